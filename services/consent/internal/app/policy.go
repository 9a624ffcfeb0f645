package app

import (
	"context"

	"google.golang.org/protobuf/types/known/emptypb"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/idempotency"
	"github.com/aval-access/aval/services/kit/outbox"
	"github.com/aval-access/aval/services/kit/pg"
)

// Policy keeps what a client decided beforehand about its accesses.
type Policy struct{ Deps }

// Of reads it.
func (u Policy) Of(ctx context.Context, client id.ID) (domain.Policy, error) {
	return pg.InTenant(ctx, u.DB, client, func(ctx context.Context, tx pg.Tx) (domain.Policy, error) {
		return u.policyOf(ctx, tx, client)
	})
}

// policyOf reads a client's policy, or the deployment's where it decided nothing.
func (d Deps) policyOf(ctx context.Context, tx pg.Tx, client id.ID) (domain.Policy, error) {
	policy, decided, err := d.policies.Of(ctx, tx, client)
	if err == nil && !decided {
		policy = d.Terms.Policy
		policy.ClientID = client
	}
	return policy, err
}

// Change replaces it. It holds for what is given, used or confirmed from then
// on.
func (u Policy) Change(ctx context.Context, p domain.Policy, by id.ID, key idempotency.Key) error {
	return u.DB.InTenant(ctx, p.ClientID, func(ctx context.Context, tx pg.Tx) error {
		_, err := idempotency.Do(ctx, tx, key, func() (*emptypb.Empty, error) {
			saved, err := u.policies.Save(ctx, tx, p)
			if err != nil {
				return nil, err
			}
			return &emptypb.Empty{}, outbox.Append(ctx, tx, outbox.Event{
				AggregateType: "consent_policy", AggregateID: p.ClientID, Version: saved.Version, Tenant: p.ClientID,
				Message: &consentv1.ConsentPolicyChanged{ClientId: p.ClientID.Text("org"), ActorId: by.Text("usr")},
			})
		})
		return err
	})
}
