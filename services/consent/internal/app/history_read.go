package app

import (
	"context"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	"github.com/aval-access/aval/services/consent/internal/postgres"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/outbox"
	"github.com/aval-access/aval/services/kit/pg"
)

// ReadHistory is the platform's look at an account's history.
type ReadHistory struct{ Deps }

// Do reads a page. The first one of a look is told to the account, with the
// reason, in the transaction that reads.
func (u ReadHistory) Do(ctx context.Context, span postgres.Range, reason string) ([]postgres.NamedEntry, error) {
	return pg.InTenant(ctx, u.DB, span.AccountID, func(ctx context.Context, tx pg.Tx) ([]postgres.NamedEntry, error) {
		list, err := u.history.List(ctx, tx, span)
		if err != nil || !span.AfterID.IsZero() {
			return list, err
		}
		return list, outbox.Append(ctx, tx, outbox.Event{
			AggregateType: "history", AggregateID: id.New(), Version: 1, Tenant: span.AccountID,
			Message: &consentv1.HistoryRead{OrganizationId: span.AccountID.Text("org"), Reason: reason},
		})
	})
}

// NameAll puts in how people of both sides are called there: the account's own,
// and those who acted for a partner.
func (u ReadHistory) NameAll(ctx context.Context, list []postgres.NamedEntry) error {
	people := map[id.ID][]id.ID{}
	for _, e := range list {
		people[e.Side()] = append(people[e.Side()], e.ActorID)
	}
	for organization, users := range people {
		names, err := u.Siblings.Names(ctx, organization, users)
		if err != nil {
			return err
		}
		for i := range list {
			if e := &list[i]; e.Side() == organization && e.ActorName == "" {
				e.ActorName = names[e.ActorID]
			}
		}
	}
	return nil
}
