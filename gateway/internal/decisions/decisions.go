// Package decisions answers checks from a copy of all access decisions in the
// gateway's own process, where the gateway keeps one: no call is made for them,
// and they are as revocable as any other.
package decisions

import (
	"context"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/timestamppb"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/accessclient"
	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/lifecycle"
)

// Copy is AccessService, of which CheckAccess is answered from memory while the
// copy has a lease. Everything else, and every question that the copy has no
// answer to, goes to the service.
type Copy struct {
	membershipv1.AccessServiceClient
	replica *accessclient.Replica
	clock   clock.Clock
}

// NewCopy makes a copy that knows nothing until its component runs.
func NewCopy(membership grpc.ClientConnInterface, c clock.Clock) (*Copy, error) {
	replica, err := accessclient.NewReplica(accessclient.ReplicaOptions{Conn: membership})
	return &Copy{AccessServiceClient: membershipv1.NewAccessServiceClient(membership), replica: replica, clock: c}, err
}

// Component follows membership. It is ready at once: until the copy is, the
// service answers.
func (c *Copy) Component() lifecycle.Component {
	return lifecycle.Component{Name: "copy of access decisions", Run: func(ctx context.Context, ready func()) error {
		ready()
		c.replica.Run(ctx)
		return nil
	}}
}

// CheckAccess asks the copy; a malformed question is the service's to refuse.
func (c *Copy) CheckAccess(
	ctx context.Context, q *membershipv1.CheckAccessRequest, o ...grpc.CallOption,
) (*membershipv1.CheckAccessResponse, error) {
	asked := c.clock.Now()
	d, err := c.replica.Check(ctx, accessclient.Question{
		Subject: q.GetSubjectId(), Account: q.GetAccountId(), Feature: q.GetFeature(), Level: q.GetLevel(), SupportSession: q.GetSupportSessionId(),
	})
	if err != nil {
		return c.AccessServiceClient.CheckAccess(ctx, q, o...)
	}
	answer := &membershipv1.CheckAccessResponse{
		Allowed: d.Allowed, DenyReason: d.Reason, Source: d.Source, GrantId: d.GrantID, ConsentId: d.ConsentID,
	}
	if d.ValidFor != 0 {
		answer.ValidUntil = timestamppb.New(asked.Add(d.ValidFor))
	}
	return answer, nil
}
