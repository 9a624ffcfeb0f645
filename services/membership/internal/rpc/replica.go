package rpc

import (
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/membership/internal/replica"
)

// Replicas implements ReplicaService.
type Replicas struct {
	membershipv1.UnimplementedReplicaServiceServer
	Replica *replica.Replica
}

// FollowAccess feeds a copy of the decision until either side ends it.
func (s Replicas) FollowAccess(feed replica.Feed) error { return s.Replica.Serve(feed) }
