// Package peer holds the two questions that every context asks of its
// siblings: identity's public keys, and membership's decision. Whoever asks
// more makes the generated client itself.
package peer

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/go-jose/go-jose/v4"
	"google.golang.org/grpc"

	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/authz"
)

// Keys asks identity for the keys that people's tokens are verified with.
func Keys(identity grpc.ClientConnInterface) authn.KeySource {
	client := identityv1.NewTokenServiceClient(identity)
	return authn.KeySourceFunc(func(ctx context.Context) (jose.JSONWebKeySet, error) {
		answer, err := client.GetJwks(ctx, &identityv1.GetJwksRequest{})
		if err != nil {
			return jose.JSONWebKeySet{}, fmt.Errorf("asking identity for its keys: %w", err)
		}
		var set jose.JSONWebKeySet
		if err := json.Unmarshal([]byte(answer.GetJwksJson()), &set); err != nil {
			return jose.JSONWebKeySet{}, fmt.Errorf("reading identity's keys: %w", err)
		}
		return set, nil
	})
}

// Decider asks membership whether a person holds a right in an organisation.
func Decider(membership grpc.ClientConnInterface) authz.Decider {
	client := membershipv1.NewAccessServiceClient(membership)
	return authz.DeciderFunc(func(ctx context.Context, q authz.Question) (bool, error) {
		answer, err := client.CheckAccess(ctx, &membershipv1.CheckAccessRequest{
			SubjectId: q.UserID.Text("usr"),
			AccountId: q.OrganizationID.Text("org"),
			Feature:   q.Feature,
			Level:     q.Level,
		})
		if err != nil {
			return false, fmt.Errorf("asking membership for a decision: %w", err)
		}
		return answer.GetAllowed() && answer.GetSource() == membershipv1.AccessSource_ACCESS_SOURCE_MEMBERSHIP, nil
	})
}
