package app

import (
	"context"
	"fmt"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/kit/outbox"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/domain"
	"github.com/aval-access/aval/services/membership/internal/postgres"
)

// AssignNamespace gives a part of the catalogue to a platform team. What is
// registered in it stays, and so do everybody's rights.
type AssignNamespace struct{ Deps }

// Do answers the part as it is then; repeating it changes nothing.
func (a AssignNamespace) Do(ctx context.Context, tx pg.Tx, name, owner string) (domain.Namespace, error) {
	held, _, err := postgres.LockNamespace(ctx, tx, name)
	if err != nil {
		return domain.Namespace{}, err
	}
	n := domain.Namespace{Name: name}
	if held != nil {
		n = *held
	}
	changed, err := n.Assign(owner)
	if err != nil || !changed && held != nil {
		return n, err
	}
	if n, err = postgres.StoreNamespace(ctx, tx, n); err != nil {
		return n, err
	}
	err = outbox.Append(ctx, tx, outbox.Event{
		AggregateType: "catalogue", AggregateID: a.NewID(), Version: 1,
		Message: &membershipv1.NamespaceAssigned{Namespace: name, Owner: owner},
	})
	if err != nil {
		return n, fmt.Errorf("announcing: %w", err)
	}
	return n, nil
}
