package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
)

const collaboratorColumns = `c.partner_id, c.id, c.invitation_id, c.user_id, c.given_name, c.family_name,
  c.email, c.partner_role, c.state, c.version, c.create_time, c.leave_time, c.suspend_time, c.member_id`

// AddCollaborator stores a collaborator unless the invitation has one already,
// and gives whichever row there is then, locked.
func AddCollaborator(ctx context.Context, tx pg.Tx, c domain.Collaborator) (domain.Collaborator, error) {
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "storing collaborator", SQL: `
INSERT INTO collaborator (partner_id, id, invitation_id, user_id, given_name, family_name,
  email, email_key, canonical_key, search_text, partner_role, state, version, create_time, leave_time)
VALUES (@partner_id, @id, @invitation_id, @user_id, @given_name, @family_name,
  @email, @email_key, @canonical_key, @search_text, @partner_role, @state, @version, @create_time, @leave_time)
ON CONFLICT ON CONSTRAINT collaborator_invitation_unique DO NOTHING`, Args: collaboratorArgs(c)})
	if err != nil {
		return domain.Collaborator{}, err
	}
	return one[domain.Collaborator](ctx, tx, pg.Statement{Doing: "reading collaborator by invitation", SQL: `
SELECT ` + collaboratorColumns + `
FROM collaborator c
WHERE c.partner_id = @partner_id
  AND c.invitation_id = @invitation_id
FOR UPDATE`, Args: collaboratorArgs(c)})
}

// SaveCollaborator writes what may change of one.
func SaveCollaborator(ctx context.Context, tx pg.Tx, c domain.Collaborator) error {
	return update(ctx, tx, pg.Statement{Doing: "saving collaborator", SQL: `
UPDATE collaborator
SET user_id = @user_id,
    given_name = @given_name,
    family_name = @family_name,
    email = @email,
    email_key = @email_key,
    canonical_key = @canonical_key,
    search_text = @search_text,
    partner_role = @partner_role,
    state = @state,
    version = @version,
    leave_time = @leave_time,
    suspend_time = @suspend_time,
    member_id = @member_id
WHERE partner_id = @partner_id
  AND id = @id`, Args: collaboratorArgs(c)})
}

func collaboratorArgs(c domain.Collaborator) pgx.NamedArgs {
	key, canonical := addressKeys(c.Email)
	return pgx.NamedArgs{
		"email_key": key, "canonical_key": canonical, "search_text": domain.Fold(c.Name() + " " + c.Email),
		"partner_id": c.PartnerID, "id": c.ID, "invitation_id": c.InvitationID, "user_id": c.UserID,
		"given_name": c.GivenName, "family_name": c.FamilyName, "email": c.Email,
		"partner_role": c.PartnerRole, "state": c.State, "version": c.Version,
		"create_time": c.CreateTime, "leave_time": c.LeaveTime,
		"suspend_time": c.SuspendTime, "member_id": c.MemberID,
	}
}

// LockCollaborator finds one and keeps it from changing: whoever assigns or
// removes holds this lock, and so they wait for each other.
func LockCollaborator(ctx context.Context, tx pg.Tx, partner, collaborator id.ID) (domain.Collaborator, error) {
	return one[domain.Collaborator](ctx, tx, pg.Statement{Doing: "locking collaborator", SQL: `
SELECT ` + collaboratorColumns + `
FROM collaborator c
WHERE c.partner_id = @partner
  AND c.id = @id
FOR UPDATE`, Args: pgx.NamedArgs{"partner": partner, "id": collaborator}})
}

// LockInvited is LockCollaborator by the invitation; nil when it is no
// collaborator's.
func LockInvited(ctx context.Context, tx pg.Tx, partner, invitation id.ID) (*domain.Collaborator, error) {
	return maybe[domain.Collaborator](ctx, tx, pg.Statement{Doing: "locking collaborator by invitation", SQL: `
SELECT ` + collaboratorColumns + `
FROM collaborator c
WHERE c.partner_id = @partner
  AND c.invitation_id = @invitation
FOR UPDATE`, Args: pgx.NamedArgs{"partner": partner, "invitation": invitation}})
}

// Collaborator finds one.
func Collaborator(ctx context.Context, tx pg.Tx, partner, collaborator id.ID) (domain.Collaborator, error) {
	return one[domain.Collaborator](ctx, tx, pg.Statement{Doing: "reading collaborator", SQL: `
SELECT ` + collaboratorColumns + `
FROM collaborator c
WHERE c.partner_id = @partner
  AND c.id = @id`, Args: pgx.NamedArgs{"partner": partner, "id": collaborator}})
}

// CollaboratorOf finds the present collaborator behind a person; nil when the
// person is none, or left.
func CollaboratorOf(ctx context.Context, tx pg.Tx, partner, user id.ID) (*domain.Collaborator, error) {
	return maybe[domain.Collaborator](ctx, tx, pg.Statement{Doing: "reading collaborator by person", SQL: `
SELECT ` + collaboratorColumns + `
FROM collaborator c
WHERE c.partner_id = @partner
  AND c.user_id = @user
  AND c.state <> 'LEFT'`, Args: pgx.NamedArgs{"partner": partner, "user": user}})
}
