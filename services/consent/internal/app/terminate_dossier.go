package app

import (
	"context"

	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/consent/internal/postgres"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// TerminateDossier ends all that lies between one partner and one client, from
// either side. It is idempotent: a repetition waits again.
type TerminateDossier struct{ Deps }

// Link names both sides, and who of which ends it.
type Link struct {
	PartnerID, ClientID id.ID
	By                  domain.Actor
}

func (l Link) actor(r domain.Record) domain.Actor {
	if l.By.Party == domain.ByPartner {
		return Party{PartnerID: l.PartnerID, ActorID: l.By.ID}.actor(r)
	}
	return l.By
}

// tenant is the side that ends it.
func (l Link) tenant() id.ID {
	if l.By.Party == domain.ByClient {
		return l.ClientID
	}
	return l.PartnerID
}

// Do ends batch after batch, and waits for each.
func (u TerminateDossier) Do(ctx context.Context, l Link) (Termination, error) {
	var out Termination
	for {
		some, more, err := u.batch(ctx, l)
		if err != nil {
			return Termination{}, err
		}
		out = out.plus(some)
		if !more {
			return out, nil
		}
	}
}

func (u TerminateDossier) batch(ctx context.Context, l Link) (Termination, bool, error) {
	var out Termination
	var grants []domain.Grant
	more := false
	err := u.DB.InTenant(ctx, l.tenant(), func(ctx context.Context, tx pg.Tx) error {
		teams := postgres.Teams{ClientID: l.ClientID, PartnerID: l.PartnerID}
		if err := u.consents.EndTeams(ctx, tx, teams, u.Clock.Now()); err != nil {
			return err
		}
		open, err := u.consents.LockOpenOfDossier(ctx, tx, l.PartnerID, l.ClientID)
		if err != nil {
			return err
		}
		ends, err := u.stopAs(ctx, tx, stopping{by: l.actor, link: true}, open)
		if err != nil {
			return err
		}
		out.RequestsCancelled = cancelled(ends)
		grants, err = u.grants.UnsettledEndsOfDossier(ctx, tx, l.PartnerID, l.ClientID)
		more = len(open)+len(grants) > 0
		return err
	})
	if err != nil {
		return Termination{}, false, err
	}
	out.Ended, err = u.waitForEnd(ctx, grants)
	return out, more, err
}

func (t Termination) plus(o Termination) Termination {
	t.RequestsCancelled += o.RequestsCancelled
	t.Grants += o.Grants
	t.Visits += o.Visits
	return t
}
