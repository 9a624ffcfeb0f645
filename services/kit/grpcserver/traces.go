package grpcserver

import (
	"context"
	"slices"
	"sync/atomic"

	"google.golang.org/grpc/stats"
)

// sampledTraces traces one in sampleEvery calls of the busy methods, and every
// call of the others.
type sampledTraces struct {
	stats.Handler
	busy []string
	seen atomic.Uint64
}

type untraced struct{}

func (s *sampledTraces) TagRPC(ctx context.Context, call *stats.RPCTagInfo) context.Context {
	if slices.Contains(s.busy, call.FullMethodName) && s.seen.Add(1)%sampleEvery != 1 {
		return context.WithValue(ctx, untraced{}, true)
	}
	return s.Handler.TagRPC(ctx, call)
}

func (s *sampledTraces) HandleRPC(ctx context.Context, event stats.RPCStats) {
	if ctx.Value(untraced{}) == nil {
		s.Handler.HandleRPC(ctx, event)
	}
}
