package host

import (
	"context"
	"errors"
	"fmt"

	"google.golang.org/grpc"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

var errNoPeer = errors.New("PEERS does not name it")

// missingPeer refuses every call to a sibling whose address is not configured.
type missingPeer string

func (m missingPeer) fault() error {
	return fault.New(reasonv1.Reason_REASON_UNAVAILABLE, fault.Cause(fmt.Errorf("calling %s: %w", string(m), errNoPeer)))
}

// Invoke refuses.
func (m missingPeer) Invoke(context.Context, string, any, any, ...grpc.CallOption) error {
	return m.fault()
}

// NewStream refuses.
func (m missingPeer) NewStream(context.Context, *grpc.StreamDesc, string, ...grpc.CallOption) (grpc.ClientStream, error) {
	return nil, m.fault()
}
