package app

import (
	"context"
	"errors"

	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/token"
	"github.com/aval-access/aval/services/membership/internal/domain"
	"github.com/aval-access/aval/services/membership/internal/postgres"
)

// PrepareMail gathers what an invitation's mail says, and mints its link. The
// links of earlier mails stay good.
type PrepareMail struct{ Deps }

// InvitationMail is what the mail says.
type InvitationMail struct {
	Invitation   domain.Invitation
	Organization domain.Organization
	InviterName  string // empty: the operator, or somebody who left
	Link         token.Token
}

// Do answers nil where no mail is called for any more: the invitation is not
// pending, or a later renewal brings its own mail. The transaction is in the
// link's organisation.
func (p PrepareMail) Do(ctx context.Context, tx pg.Tx, l postgres.Link, generation int32) (*InvitationMail, error) {
	i, err := postgres.FindInvitation(ctx, tx, l.InvitationID)
	if errors.Is(err, pg.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if i, err = asOfNow(ctx, tx, i); err != nil {
		return nil, err
	}
	if i.State != domain.Pending || i.Generation > generation {
		return nil, nil
	}
	mail := &InvitationMail{Invitation: i, Link: token.New(token.Invitation)}
	if mail.Organization, err = postgres.FindOrganization(ctx, tx, i.OrganizationID); err != nil {
		return nil, err
	}
	if mail.InviterName, err = inviterName(ctx, tx, i); err != nil {
		return nil, err
	}
	return mail, postgres.InsertToken(ctx, tx, mail.Link, i)
}

func inviterName(ctx context.Context, tx pg.Tx, i domain.Invitation) (string, error) {
	if i.InviterID.IsZero() {
		return "", nil
	}
	inviter, err := postgres.FindMember(ctx, tx, i.OrganizationID, i.InviterID)
	if errors.Is(err, pg.ErrNoRows) {
		return "", nil
	}
	return inviter.DisplayName(), err
}
