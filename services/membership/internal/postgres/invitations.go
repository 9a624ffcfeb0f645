package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/domain"
)

const invitationColumns = `i.id, i.organization_id, i.inviter_id, i.email, i.email_key, i.given_name, i.family_name,
       i.role, i.partner_role, i.rights, i.member_valid_until, i.state, i.create_time, i.valid_days, i.expire_time,
       i.renew_time, i.end_time, i.generation, i.member_id, i.version`

// InsertInvitation stores a new one. It answers false when another is pending
// for the same organisation and address; that one is then in sight.
func InsertInvitation(ctx context.Context, tx pg.Tx, i domain.Invitation) (bool, error) {
	changed, err := pg.Exec(ctx, tx, pg.Statement{Doing: "storing invitation", SQL: `
INSERT INTO invitation (id, organization_id, inviter_id, email, email_key, given_name, family_name,
  role, partner_role, rights, member_valid_until, state, create_time, valid_days, expire_time, generation, version)
VALUES (@id, @organization, @inviter, @email, @key, @given, @family,
  @role, @partner_role, @rights, @until, @state, @created, @days, @expires, @generation, @version)
ON CONFLICT (organization_id, email_key) WHERE state = 'PENDING' DO NOTHING`, Args: invitationArgs(i)})
	return changed == 1, err
}

// UpdateInvitation stores what a transition changed; the row is locked by the
// caller.
func UpdateInvitation(ctx context.Context, tx pg.Tx, i domain.Invitation) error {
	changed, err := pg.Exec(ctx, tx, pg.Statement{Doing: "storing invitation", SQL: `
UPDATE invitation
SET inviter_id = @inviter,
    email = @email,
    given_name = @given,
    family_name = @family,
    role = @role,
    partner_role = @partner_role,
    rights = @rights,
    member_valid_until = @until,
    state = @state,
    valid_days = @days,
    expire_time = @expires,
    renew_time = @renewed,
    end_time = @ended,
    generation = @generation,
    member_id = @member,
    version = @version
WHERE id = @id
  AND version = @version - 1`, Args: invitationArgs(i)})
	if err == nil && changed != 1 {
		err = errors.New("storing invitation: it changed meanwhile")
	}
	return err
}

func invitationArgs(i domain.Invitation) pgx.NamedArgs {
	return pgx.NamedArgs{
		"id": i.ID, "organization": i.OrganizationID, "inviter": i.InviterID,
		"email": i.Invitee.Email, "key": i.Invitee.EmailKey,
		"given": i.Invitee.GivenName, "family": i.Invitee.FamilyName,
		"role": i.Offer.Role, "partner_role": i.Offer.PartnerRole, "rights": i.Offer.Rights,
		"until": pg.NullTime(i.Offer.ValidUntil), "days": i.ValidDays,
		"state": i.State, "created": i.CreateTime, "expires": i.ExpireTime,
		"renewed": pg.NullTime(i.RenewTime), "ended": pg.NullTime(i.EndTime),
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

// Now is the database's clock, by which invitations begin and end. It runs on
// while a transaction waits for a lock.
func Now(ctx context.Context, tx pg.Tx) (time.Time, error) {
	return pg.One(ctx, tx, pg.Statement{Doing: "reading the clock", SQL: "SELECT clock_timestamp()"}, pgx.RowTo[time.Time])
}

// InvitationFilter narrows a list; the empty state means all.
type InvitationFilter struct {
	OrganizationID id.ID
	State          domain.InvitationState
}

// ListInvitations lists an organisation's invitations as they are now, newest
// first (R51).
func ListInvitations(ctx context.Context, tx pg.Tx, f InvitationFilter, s Slice) ([]domain.Invitation, error) {
	now, err := Now(ctx, tx)
	if err != nil {
		return nil, err
	}
	list, err := pg.Many(ctx, tx, pg.Statement{Doing: "listing invitations", SQL: "SELECT " + invitationColumns + `
FROM invitation i
WHERE i.organization_id = @organization
  AND i.role <> 'CONTACT'
  AND (@state = '' OR @state = CASE WHEN i.state = 'PENDING' AND i.expire_time <= @now THEN 'EXPIRED' ELSE i.state END)
  AND (@first OR (i.create_time, i.id) < (@after_time, @after_id::uuid))
ORDER BY i.create_time DESC, i.id DESC
LIMIT @limit`, Args: s.args(pgx.NamedArgs{"organization": f.OrganizationID, "state": string(f.State), "now": now})}, invitationFromRow)
	for n := range list {
		list[n] = list[n].At(now)
	}
	return list, err
}

func oneInvitation(ctx context.Context, tx pg.Tx, where string, args pgx.NamedArgs) (domain.Invitation, error) {
	return pg.One(ctx, tx, pg.Statement{
		Doing: "reading invitation", SQL: "SELECT " + invitationColumns + "\nFROM invitation i\n" + where, Args: args,
	}, invitationFromRow)
}

func invitationFromRow(row pgx.CollectableRow) (i domain.Invitation, err error) {
	return i, row.Scan(invitationFields(&i)...)
}

// invitationFields are where the columns go, in their order.
func invitationFields(i *domain.Invitation) []any {
	return []any{
		&i.ID, &i.OrganizationID, &i.InviterID, &i.Invitee.Email, &i.Invitee.EmailKey,
		&i.Invitee.GivenName, &i.Invitee.FamilyName,
		&i.Offer.Role, &i.Offer.PartnerRole, &i.Offer.Rights, pg.Zeroed(&i.Offer.ValidUntil),
		&i.State, &i.CreateTime, &i.ValidDays, &i.ExpireTime, pg.Zeroed(&i.RenewTime), pg.Zeroed(&i.EndTime),
		&i.Generation, &i.MemberID, &i.Version,
	}
}
