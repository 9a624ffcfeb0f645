package rpc

import (
	"context"

	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/kit/authn"
)

// Edge is the SPIFFE id of the gateway, the only workload that browsers come
// through.
type Edge string

// originOf believes the gateway alone; another workload is counted by its
// certificate, and known by none of its devices.
func (e Edge) originOf(ctx context.Context, in *identityv1.Origin) domain.Origin {
	caller := authn.FromContext(ctx)
	if caller.SPIFFE != string(e) {
		return domain.Origin{Source: caller.SPIFFE}
	}
	return domain.Origin{
		Network: in.GetNetwork(), Source: in.GetSource(), Agent: in.GetAgent(), DeviceToken: in.GetDeviceToken(),
	}
}
