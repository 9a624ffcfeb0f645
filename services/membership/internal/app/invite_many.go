package app

import (
	"context"
	"errors"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/domain"
	"github.com/aval-access/aval/services/membership/internal/postgres"
)

// InviteMany invites people one by one in a transaction that they share. Who is
// refused leaves no trace, and keeps no other out.
type InviteMany struct{ Deps }

// Many is an opened batch.
type Many struct{ shared inviting }

// Begin reads what all rows share.
func (m InviteMany) Begin(ctx context.Context, tx pg.Tx, organization, inviter id.ID) (Many, error) {
	w, err := m.inviting(ctx, tx, organization, inviter)
	return Many{w}, err
}

// Preview says what would become of one row, and what looks odd about it.
func (m Many) Preview(ctx context.Context, tx pg.Tx, p Wanted) (Invited, error) {
	out, err := m.row(ctx, tx, p, m.shared.preview)
	if err == nil && out.Outcome != Linked {
		out.Warnings, err = warnings(ctx, tx, m.shared.organization.ID, out.Invitation.Invitee.EmailKey)
	}
	return out, err
}

// Invite invites one. Who is asked the same already stays as they are, and no
// mail leaves; who belongs here already is linked (R60, R96).
func (m Many) Invite(ctx context.Context, tx pg.Tx, p Wanted) (Invited, error) {
	return m.row(ctx, tx, p, m.shared.invite)
}

func (m Many) row(
	ctx context.Context, tx pg.Tx, p Wanted,
	invite func(context.Context, pg.Tx, Wanted) (domain.Invitation, Outcome, error),
) (Invited, error) {
	if err := m.shared.check(&p); err != nil {
		return Invited{}, err
	}
	organization, key := m.shared.organization.ID, p.Invitee.EmailKey
	err := refuseMember(ctx, tx, organization, key)
	if errors.Is(err, domain.ErrAlreadyMember) {
		return Invited{Outcome: Linked}, nil
	}
	if err != nil {
		return Invited{}, err
	}
	pending, err := optional(postgres.LockPending(ctx, tx, organization, key))
	if err != nil {
		return Invited{}, err
	}
	if pending != nil && pending.At(m.shared.now).State == domain.Pending && pending.Says(p.Invitee, p.Offer) {
		return Invited{Invitation: *pending, Outcome: Unchanged}, nil
	}
	out := Invited{}
	out.Invitation, out.Outcome, err = invite(ctx, tx, p)
	return out, err
}
