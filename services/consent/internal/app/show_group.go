package app

import (
	"context"

	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/consent/internal/postgres"
	"github.com/aval-access/aval/services/kit/pg"
)

// maxGrouped bounds the requests that one page shows.
const maxGrouped = 50

// ShowGroup reads what the page of several requests shows. It stores nothing.
type ShowGroup struct{ Deps }

// Do leaves out what the recipient may not answer any more; a link to nothing
// else opens nothing.
func (u ShowGroup) Do(ctx context.Context, link postgres.Link) ([]Shown, error) {
	taken, err := pg.InApp(ctx, u.DB, func(ctx context.Context, tx pg.Tx) (domain.Departure, error) {
		return u.departures.ByID(ctx, tx, link.DepartureID)
	})
	if err != nil {
		return nil, err
	}
	records, err := pg.InTenant(ctx, u.DB, taken.PartnerID, func(ctx context.Context, tx pg.Tx) ([]domain.Record, error) {
		return u.consents.OfDeparture(ctx, tx, taken, maxGrouped)
	})
	if err != nil {
		return nil, err
	}
	var out []Shown
	for _, r := range records {
		shown, err := Show(u).Do(ctx, Viewer{ClientID: r.ClientID, ConsentID: r.ID, UserID: link.RecipientID, MustAnswer: true})
		if err == domain.NotAnApprover {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, shown)
	}
	if len(out) == 0 {
		return nil, domain.NotAnApprover
	}
	return out, nil
}
