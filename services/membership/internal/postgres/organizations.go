// Package postgres holds the tables of membership: the SQL beside the Go that
// runs it. Every function works inside the transaction it is given, whose
// scope decides what it sees; rules are the domain's.
package postgres

import (
	"context"
	"embed"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/domain"
)

// Migrations are the schema's files.
//
//go:embed migrations/*.sql
var Migrations embed.FS

const organizationColumns = `o.id, o.kind, o.legal_name, o.registration_number, o.postal_address, o.contact_email,
       o.contact_phone, o.locale, o.level1_support, o.state, o.create_time`

// InsertOrganization stores a new organisation.
func InsertOrganization(ctx context.Context, tx pg.Tx, o domain.Organization) error {
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "storing organization", SQL: `
INSERT INTO organization (id, kind, legal_name, registration_number, postal_address, contact_email,
  contact_phone, locale, level1_support, state, create_time)
VALUES (@id, @kind, @name, @number, @address, @email, @phone, @locale, @level1, @state, @created)`, Args: pgx.NamedArgs{
		"id": o.ID, "kind": o.Kind, "name": o.Identification.LegalName,
		"number": o.Identification.RegistrationNumber, "address": o.Identification.PostalAddress,
		"email": o.Identification.ContactEmail, "phone": o.Identification.ContactPhone,
		"locale": o.Locale, "level1": o.Level1Support, "state": o.State, "created": o.CreateTime,
	}})
	return err
}

// FindOrganization reads one; pg.ErrNoRows when there is none in sight.
func FindOrganization(ctx context.Context, tx pg.Tx, organization id.ID) (domain.Organization, error) {
	return pg.One(ctx, tx, pg.Statement{Doing: "reading organization", SQL: "SELECT " + organizationColumns + `
FROM organization o
WHERE o.id = @id`, Args: pgx.NamedArgs{"id": organization}}, organizationFromRow)
}

func organizationFromRow(row pgx.CollectableRow) (o domain.Organization, err error) {
	return o, row.Scan(organizationFields(&o)...)
}

// organizationFields are where the columns go, in their order.
func organizationFields(o *domain.Organization) []any {
	return []any{
		&o.ID, &o.Kind, &o.Identification.LegalName, &o.Identification.RegistrationNumber,
		&o.Identification.PostalAddress, &o.Identification.ContactEmail, &o.Identification.ContactPhone,
		&o.Locale, &o.Level1Support, &o.State, &o.CreateTime,
	}
}
