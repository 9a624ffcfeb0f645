package app

import (
	"context"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
	"github.com/aval-access/aval/services/partnersupport/internal/sibling"
)

// ClientNumber gives a collaborator a number for a client on the phone: it leads
// the client to the collaborator's own request, and nobody to anything else.
type ClientNumber struct{ Deps }

// Caller is the collaborator behind a token, and the dossier they speak of.
type Caller struct{ Partner, User, Dossier id.ID }

// Issue has the client asked, where the job that does it is late, and gives the
// number of the request that waits.
func (u ClientNumber) Issue(ctx context.Context, who Caller) (sibling.Number, error) {
	a, err := u.latest(ctx, who)
	if err != nil {
		return sibling.Number{}, err
	}
	if a.State == domain.PendingConsent && a.ConsentID.IsZero() {
		if err := RequestConsent(u).Do(ctx, who.Partner, a.ID); err != nil {
			return sibling.Number{}, err
		}
		if a, err = u.latest(ctx, who); err != nil {
			return sibling.Number{}, err
		}
	}
	if a.State != domain.PendingConsent || a.ConsentID.IsZero() {
		return sibling.Number{}, fault.New(reasonv1.Reason_REASON_CONSENT_NOT_PENDING)
	}
	return u.Consent.IssueNumber(ctx, a)
}

// Follow tells how far the request has come.
func (u ClientNumber) Follow(ctx context.Context, who Caller) (sibling.Number, error) {
	a, err := u.latest(ctx, who)
	if err != nil || a.ConsentID.IsZero() {
		return sibling.Number{}, err
	}
	return u.Consent.FollowNumber(ctx, a)
}

// latest is the caller's assignment on the dossier that waits for the client,
// else their last one. To others the dossier
// does not exist.
func (u ClientNumber) latest(ctx context.Context, who Caller) (domain.Assignment, error) {
	return pg.InTenant(ctx, u.DB, who.Partner, func(ctx context.Context, tx pg.Tx) (domain.Assignment, error) {
		c, err := postgres.CollaboratorOf(ctx, tx, who.Partner, who.User)
		if err != nil {
			return domain.Assignment{}, err
		}
		if c == nil {
			return domain.Assignment{}, domain.NotFound
		}
		a, err := postgres.WaitingAssignment(ctx, tx, *c, who.Dossier)
		if err == nil && a == nil {
			a, err = postgres.LatestAssignment(ctx, tx, *c, who.Dossier)
		}
		if err == nil && a == nil {
			err = domain.NotFound
		}
		if err != nil {
			return domain.Assignment{}, err
		}
		return *a, nil
	})
}
