package app

import (
	"context"
	"fmt"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/outbox"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/domain"
	"github.com/aval-access/aval/services/membership/internal/postgres"
)

// RegisterFeatures puts a version of a namespace's tree into the catalogue. Its
// transaction is the system's: the catalogue belongs to no tenant.
type RegisterFeatures struct{ Deps }

// Do answers what changed; repeating a version with the same tree changes
// nothing.
func (u RegisterFeatures) Do(ctx context.Context, tx pg.Tx, r domain.Registration) (domain.Registered, error) {
	held, current, err := postgres.LockNamespace(ctx, tx, r.Namespace)
	if err != nil {
		return domain.Registered{}, err
	}
	changes, err := r.Against(held, current, u.Clock.Now())
	if err != nil {
		return changes, err
	}
	if held != nil && held.Version == r.Version {
		return changes, nil
	}
	if err := postgres.StoreRegistered(ctx, tx, r, changes); err != nil {
		return changes, err
	}
	err = outbox.Append(ctx, tx, outbox.Event{
		AggregateType: "catalogue", AggregateID: u.NewID(), Version: r.Version,
		Message: &membershipv1.FeaturesRegistered{
			Namespace: r.Namespace, Version: r.Version,
			Added: pathsOf(changes.Added), Changed: pathsOf(changes.Changed), Retired: pathsOf(changes.Retired),
		},
	})
	if err != nil {
		return changes, fmt.Errorf("announcing: %w", err)
	}
	return changes, nil
}

func pathsOf(c domain.Catalogue) []string {
	return fields.Each(c, func(f domain.Feature) string { return f.Path })
}
