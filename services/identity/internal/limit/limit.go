// Package limit bounds how often something may be tried: by account, whether
// there is one or not, and by network. A try is counted, and the count is
// committed, before anything is verified, so that tries at once are not more
// tries. What is tried is for the use cases to say.
package limit

import (
	"context"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"time"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/identity/internal/postgres"
	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/pg"
)

// Flow is what is tried. Password, second factor and recovery code are one
// flow, with one count.
type Flow string

// The flows.
const (
	SignIn Flow = "sign-in"
	Mail   Flow = "mail"
)

// Rules are the bounds.
type Rules struct {
	// SignInTries pass before one waits; SignInsPerNetwork in 10 minutes.
	SignInTries, SignInsPerNetwork int
	// MailsPerHour and MailsPerDay to one account, MailsPerNetwork in an hour.
	MailsPerHour, MailsPerDay, MailsPerNetwork int
}

const (
	signInWindow  = 10 * time.Minute
	longestWait   = 15 * time.Minute
	forgetSignIns = time.Hour
)

// Who tries.
type Who struct {
	// Account is the key of the address that was typed, or a device that the
	// person is known by: it has a count of its own, so that nobody else can
	// use it up.
	Account string
	// Source is the network; empty for callers that are no browsers.
	Source string
}

// Limits counts tries.
type Limits struct {
	db    *pg.DB
	clock clock.Clock
	key   []byte
	rules Rules
}

// New derives the key under which names are hashed from one that serves other
// purposes too.
func New(db *pg.DB, c clock.Clock, key []byte, r Rules) (Limits, error) {
	derived, err := hkdf.Key(sha256.New, key, nil, "aval/limit/v1", sha256.Size)
	if err != nil {
		return Limits{}, fmt.Errorf("deriving the key of limits: %w", err)
	}
	return Limits{db: db, clock: c, key: derived, rules: r}, nil
}

// Reserve counts a try, in a transaction of its own. REASON_TOO_MANY_ATTEMPTS,
// with the time to wait, when there have been too many: then nothing may be
// verified.
func (l Limits) Reserve(ctx context.Context, flow Flow, who Who) error {
	wait, err := pg.InApp(ctx, l.db, func(ctx context.Context, tx pg.Tx) (time.Duration, error) {
		if wait, err := l.ofNetwork(ctx, tx, flow, who.Source); wait > 0 || err != nil {
			return wait, err
		}
		return l.ofAccount(ctx, tx, flow, who.Account)
	})
	if err != nil {
		return err
	}
	if wait > 0 {
		return fault.New(reasonv1.Reason_REASON_TOO_MANY_ATTEMPTS, fault.RetryAfter(max(wait, time.Second)))
	}
	return nil
}

// Forgive takes the tries of an account back, and this one of its network: the
// person has proved who they are, by every factor that they have.
func (l Limits) Forgive(ctx context.Context, tx pg.Tx, flow Flow, who Who) error {
	if who.Source != "" {
		if err := postgres.ReturnToBucket(ctx, tx, l.hash(flow, "network", who.Source), l.network(flow)); err != nil {
			return err
		}
	}
	return postgres.ForgetAttempts(ctx, tx, l.hash(flow, "account", who.Account))
}

func (l Limits) ofNetwork(ctx context.Context, tx pg.Tx, flow Flow, source string) (time.Duration, error) {
	if source == "" {
		return 0, nil
	}
	return postgres.TakeFromBucket(ctx, tx, l.hash(flow, "network", source), l.network(flow), l.clock.Now())
}

func (l Limits) network(flow Flow) postgres.Bucket {
	if flow == Mail {
		return postgres.Bucket{Size: l.rules.MailsPerNetwork, Per: time.Hour}
	}
	return postgres.Bucket{Size: l.rules.SignInsPerNetwork, Per: signInWindow}
}

func (l Limits) ofAccount(ctx context.Context, tx pg.Tx, flow Flow, account string) (time.Duration, error) {
	now := l.clock.Now()
	if flow == SignIn {
		rule := postgres.Backoff{Free: l.rules.SignInTries, Longest: longestWait, Forget: forgetSignIns}
		return postgres.CountBackoff(ctx, tx, l.hash(flow, "account", account), rule, now)
	}
	perDay := postgres.Bucket{Size: l.rules.MailsPerDay, Per: 24 * time.Hour}
	wait, err := postgres.TakeFromBucket(ctx, tx, l.hash(flow, "account by day", account), perDay, now)
	if wait > 0 || err != nil {
		return wait, err
	}
	perHour := postgres.Bucket{Size: l.rules.MailsPerHour, Per: time.Hour}
	return postgres.TakeFromBucket(ctx, tx, l.hash(flow, "account by hour", account), perHour, now)
}

// hash hides whose row it is.
func (l Limits) hash(flow Flow, scope, name string) []byte {
	mac := hmac.New(sha256.New, l.key)
	for _, part := range []string{string(flow), scope, name} {
		mac.Write([]byte(part))
		mac.Write([]byte{0})
	}
	return mac.Sum(nil)
}
