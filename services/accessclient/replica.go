package accessclient

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/proto/typeid"
	"github.com/aval-access/aval/services/accessclient/engine"
)

// retryPause is about the time before a lost stream is opened again.
const retryPause = 200 * time.Millisecond

// ReplicaOptions are what a Replica needs.
type ReplicaOptions struct {
	// Conn reaches membership; Client.Conn has one.
	Conn grpc.ClientConnInterface
	// Fallback answers while there is no lease, a Client for example; nil:
	// there is no answer then.
	Fallback Checker
	// Log hears of lost streams; nil: slog.Default.
	Log *slog.Logger
	// Now is the machine's clock, with its monotonic reading; nil: time.Now.
	Now func() time.Time
}

// Replica answers from a copy of everything that decisions are made of, kept in
// this process: no call is made for a check. It hangs on a replica of
// membership by a stream, and answers for as long as a lease from there lasts,
// at most two seconds; who takes access away waits for that lease or for the
// copy. It holds about 50 bytes a membership or grant.
type Replica struct {
	options ReplicaOptions
	current atomic.Pointer[follower]
	ready   chan struct{}
}

// NewReplica makes a replica that knows nothing yet: Run follows.
func NewReplica(o ReplicaOptions) (*Replica, error) {
	if o.Conn == nil {
		return nil, errors.New("making a replica: no connection")
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Replica{options: o, ready: make(chan struct{})}, nil
}

// Ready is closed once the replica has answered from its copy for the first
// time.
func (r *Replica) Ready() <-chan struct{} { return r.ready }

// Run follows until ctx ends. A lost stream is opened again, and goes on where
// it was.
func (r *Replica) Run(ctx context.Context) {
	f := r.follow(ctx, memory{})
	for {
		err := <-f.done
		if ctx.Err() != nil {
			return
		}
		if f = r.successor(ctx, f, err); f == nil {
			return
		}
	}
}

// successor goes on after a follower that ended: the one that took its place, or
// one with its memory.
func (r *Replica) successor(ctx context.Context, ended *follower, err error) *follower {
	if heir := r.current.Load(); heir != nil && heir == ended.heir {
		return heir
	}
	r.options.Log.WarnContext(ctx, "the copy of access decisions lost its stream", slog.Any("error", err))
	select {
	case <-time.After(retryPause/2 + rand.N(retryPause)):
		return r.follow(ctx, ended.memory)
	case <-ctx.Done():
		return nil
	}
}

// Check answers one question: the clock, then the lease, then the copy (17).
func (r *Replica) Check(ctx context.Context, q Question) (Decision, error) {
	now := r.options.Now()
	s := r.standing()
	if !s.Valid(now) {
		return r.elsewhere(ctx, q)
	}
	asked, err := q.parse()
	if err != nil {
		return Decision{}, err
	}
	at := s.At(now)
	return decisionOf(s.View.Decide(&asked, at), at), nil
}

func (r *Replica) standing() *engine.Standing {
	f := r.current.Load()
	if f == nil {
		return nil
	}
	return f.standing.Load()
}

func (r *Replica) elsewhere(ctx context.Context, q Question) (Decision, error) {
	if r.options.Fallback == nil {
		return Decision{}, fmt.Errorf("the copy has no lease: %w", ErrUnavailable)
	}
	return r.options.Fallback.Check(ctx, q)
}

func decisionOf(a engine.Answer, now int64) Decision {
	if a.Denial != engine.Allowed {
		return Decision{Reason: reasons[a.Denial]}
	}
	d := Decision{Allowed: true, Source: ByMembership}
	if a.ByGrant {
		d.Source, d.GrantID, d.ConsentID = ByGrant, typeid.Format("grt", a.Grant), typeid.Format("cns", a.Consent)
	}
	if a.Until != engine.Forever {
		d.ValidFor = time.Duration(a.Until-now) * time.Microsecond
	}
	return d
}

var reasons = [...]DenyReason{
	engine.Allowed:          membershipv1.DenyReason_DENY_REASON_UNSPECIFIED,
	engine.NoAccess:         NoAccess,
	engine.LevelTooLow:      LevelTooLow,
	engine.SessionRequired:  SupportSessionRequired,
	engine.Excluded:         Excluded,
	engine.FeatureUnknown:   FeatureUnknown,
	engine.AccountSuspended: AccountSuspended,
}
