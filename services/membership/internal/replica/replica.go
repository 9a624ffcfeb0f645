// Package replica answers decisions from memory for as long as a lease lets it:
// it follows the tables of the decision, and holds in the database the lease
// that whoever takes access away waits for (package fence). Without a valid
// lease it asks the database instead; when that has no answer either, there is
// none.
//
// The numbers in comments are the rules of the revocation protocol
// (deploy/docs/adr/0017-decisions-from-memory.md).
package replica

import (
	"context"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/metric"

	"github.com/aval-access/aval/services/accessclient/engine"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/telemetry"
	"github.com/aval-access/aval/services/membership/internal/app"
	"github.com/aval-access/aval/services/membership/internal/domain"
)

// pause is the time between two renewals.
const pause = 500 * time.Millisecond

// Options are what a Replica needs.
type Options struct {
	DB *pg.DB
	// Tables answer while there is no lease, after a commit of their own (19).
	Tables    app.Decisions
	Telemetry *telemetry.Telemetry
	// Now is the machine's clock, with its monotonic reading.
	Now func() time.Time
}

// Replica is one process's memory of the decision. Safe for concurrent use.
type Replica struct {
	Options

	id       id.ID // of the lease; random, never used by another process (16)
	standing atomic.Pointer[engine.Standing]
	memory   memory
	children children
	joining  chan *joining
	settling sync.WaitGroup      // fences that wait for children
	asked    metric.Int64Counter // of the tables
}

// New makes a replica that knows nothing yet; its Component follows.
func New(o Options) (*Replica, error) {
	r := &Replica{Options: o, id: id.New(), memory: memory{seed: rand.Uint64()}, joining: make(chan *joining)}
	r.children.init()
	return r, r.measure()
}

// Decide answers one question: the clock, then the lease, then memory (17).
func (r *Replica) Decide(ctx context.Context, q domain.Question) (domain.Answer, error) {
	now, s := r.Now(), r.standing.Load()
	if !s.Valid(now) {
		r.asked.Add(ctx, 1)
		return r.Tables.Decide(ctx, q)
	}
	return decide(s, q, now), nil
}

// DecideAll answers in the order of the questions, at one instant.
func (r *Replica) DecideAll(ctx context.Context, questions []domain.Question) ([]domain.Answer, error) {
	now, s := r.Now(), r.standing.Load()
	if !s.Valid(now) {
		r.asked.Add(ctx, int64(len(questions)))
		return r.Tables.DecideAll(ctx, questions)
	}
	answers := make([]domain.Answer, len(questions))
	for i, q := range questions {
		answers[i] = decide(s, q, now)
	}
	return answers, nil
}

func decide(s *engine.Standing, q domain.Question, now time.Time) domain.Answer {
	return answerOf(s.View.Decide(&engine.Question{
		Account: engine.ID(q.AccountID), Subject: engine.ID(q.SubjectID), Feature: q.Feature,
		Level: uint8(q.Level), Session: engine.ID(q.SupportSessionID),
	}, s.At(now)))
}

func answerOf(a engine.Answer) domain.Answer {
	out := domain.Answer{Denial: denials[a.Denial]}
	if a.Denial != engine.Allowed {
		return out
	}
	out.Source = domain.FromMembership
	if a.ByGrant {
		out.Source, out.GrantID, out.ConsentID = domain.FromGrant, id.ID(a.Grant), id.ID(a.Consent)
	}
	if a.Until != engine.Forever {
		out.ValidUntil = time.UnixMicro(a.Until).UTC()
	}
	return out
}

var denials = [...]domain.Denial{
	engine.Allowed:          "",
	engine.NoAccess:         domain.NoAccess,
	engine.LevelTooLow:      domain.LevelTooLow,
	engine.SessionRequired:  domain.SupportSessionRequired,
	engine.Excluded:         domain.Excluded,
	engine.FeatureUnknown:   domain.FeatureUnknown,
	engine.AccountSuspended: domain.AccountSuspended,
}
