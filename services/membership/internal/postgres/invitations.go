package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/domain"
)

const invitationColumns = `i.id, i.organization_id, i.inviter_id, i.email, i.email_key, i.given_name, i.family_name,
       i.role, i.partner_role, i.rights, i.state, i.create_time, i.expire_time, i.generation, i.member_id, i.version`

// InsertInvitation stores a new one. It answers false when another is pending
// for the same organisation and address; that one is then in sight.
func InsertInvitation(ctx context.Context, tx pg.Tx, i domain.Invitation) (bool, error) {
	changed, err := pg.Exec(ctx, tx, pg.Statement{Doing: "storing invitation", SQL: `
INSERT INTO invitation (id, organization_id, inviter_id, email, email_key, given_name, family_name,
  role, partner_role, rights, state, create_time, expire_time, generation, version)
VALUES (@id, @organization, @inviter, @email, @key, @given, @family,
  @role, @partner_role, @rights, @state, @created, @expires, @generation, @version)
ON CONFLICT (organization_id, email_key) WHERE state = 'PENDING' DO NOTHING`, Args: invitationArgs(i)})
	return changed == 1, err
}

// UpdateInvitation stores what a transition changed; the row is locked by the
// caller.
func UpdateInvitation(ctx context.Context, tx pg.Tx, i domain.Invitation) error {
	tag, err := tx.Exec(ctx, `
UPDATE invitation
SET inviter_id = @inviter,
    email = @email,
    given_name = @given,
    family_name = @family,
    role = @role,
    partner_role = @partner_role,
    rights = @rights,
    state = @state,
    expire_time = @expires,
    generation = @generation,
    member_id = @member,
    version = @version
WHERE id = @id
  AND version = @version - 1`, invitationArgs(i))
	if err != nil {
		return fmt.Errorf("storing invitation: %w", err)
	}
	if tag.RowsAffected() != 1 {
		return errors.New("storing invitation: it changed meanwhile")
	}
	return nil
}

func invitationArgs(i domain.Invitation) pgx.NamedArgs {
	return pgx.NamedArgs{
		"id": i.ID, "organization": i.OrganizationID, "inviter": i.InviterID,
		"email": i.Invitee.Email, "key": i.Invitee.EmailKey,
		"given": i.Invitee.GivenName, "family": i.Invitee.FamilyName,
		"role": i.Offer.Role, "partner_role": i.Offer.PartnerRole, "rights": i.Offer.Rights,
		"state": i.State, "created": i.CreateTime, "expires": i.ExpireTime,
		"generation": i.Generation, "member": i.MemberID, "version": i.Version,
	}
}

// FindInvitation reads one by its id; pg.ErrNoRows when there is none in sight.
func FindInvitation(ctx context.Context, tx pg.Tx, invitation id.ID) (domain.Invitation, error) {
	return oneInvitation(ctx, tx, "WHERE i.id = @id", pgx.NamedArgs{"id": invitation})
}

// LockInvitation is FindInvitation with the row locked until the end of the
// transaction.
func LockInvitation(ctx context.Context, tx pg.Tx, invitation id.ID) (domain.Invitation, error) {
	return oneInvitation(ctx, tx, "WHERE i.id = @id FOR UPDATE", pgx.NamedArgs{"id": invitation})
}

// LockPending locks the one that is pending for an address, its time over or
// not; pg.ErrNoRows when there is none.
func LockPending(ctx context.Context, tx pg.Tx, organization id.ID, emailKey string) (domain.Invitation, error) {
	return oneInvitation(ctx, tx, `WHERE i.organization_id = @organization
  AND i.email_key = @key
  AND i.state = 'PENDING'
FOR UPDATE`, pgx.NamedArgs{"organization": organization, "key": emailKey})
}

// FindLatest reads the newest for an address: the one that older links lead
// to.
func FindLatest(ctx context.Context, tx pg.Tx, organization id.ID, emailKey string) (domain.Invitation, error) {
	return oneInvitation(ctx, tx, `WHERE i.organization_id = @organization
  AND i.email_key = @key
ORDER BY i.create_time DESC, i.id DESC
LIMIT 1`, pgx.NamedArgs{"organization": organization, "key": emailKey})
}

// InvitationFilter narrows a list; the empty state means all.
type InvitationFilter struct {
	OrganizationID id.ID
	State          domain.InvitationState
	Now            time.Time
}

// ListInvitations lists an organisation's invitations, newest first (R51), as
// they are at filter.Now.
func ListInvitations(ctx context.Context, tx pg.Tx, f InvitationFilter, s Slice) ([]domain.Invitation, error) {
	list, err := manyInvitations(ctx, tx, `
FROM invitation i
WHERE i.organization_id = @organization
  AND (@state = '' OR @state = CASE WHEN i.state = 'PENDING' AND i.expire_time <= @now THEN 'EXPIRED' ELSE i.state END)
  AND (@first OR (i.create_time, i.id) < (@after_time, @after_id::uuid))
ORDER BY i.create_time DESC, i.id DESC
LIMIT @limit`, s.args(pgx.NamedArgs{"organization": f.OrganizationID, "state": string(f.State), "now": f.Now}))
	for n := range list {
		list[n] = list[n].At(f.Now)
	}
	return list, err
}

func oneInvitation(ctx context.Context, tx pg.Tx, where string, args pgx.NamedArgs) (domain.Invitation, error) {
	return pg.One(ctx, tx, pg.Statement{
		Doing: "reading invitation", SQL: "SELECT " + invitationColumns + "\nFROM invitation i\n" + where, Args: args,
	}, invitationFromRow)
}

func manyInvitations(ctx context.Context, tx pg.Tx, from string, args pgx.NamedArgs) ([]domain.Invitation, error) {
	return pg.Many(ctx, tx, pg.Statement{
		Doing: "listing invitations", SQL: "SELECT " + invitationColumns + from, Args: args,
	}, invitationFromRow)
}

func invitationFromRow(row pgx.CollectableRow) (i domain.Invitation, err error) {
	return i, row.Scan(invitationFields(&i)...)
}

// invitationFields are where the columns go, in their order.
func invitationFields(i *domain.Invitation) []any {
	return []any{
		&i.ID, &i.OrganizationID, &i.InviterID, &i.Invitee.Email, &i.Invitee.EmailKey,
		&i.Invitee.GivenName, &i.Invitee.FamilyName, &i.Offer.Role, &i.Offer.PartnerRole, &i.Offer.Rights,
		&i.State, &i.CreateTime, &i.ExpireTime, &i.Generation, &i.MemberID, &i.Version,
	}
}
