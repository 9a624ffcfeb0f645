package app

import (
	"context"
	"errors"
	"time"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/identity/internal/issuer"
	"github.com/aval-access/aval/services/identity/internal/postgres"
	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/token"
)

// ResolveSession exchanges a browser's token for one that services verify.
type ResolveSession struct {
	DB     *pg.DB
	Clock  clock.Clock
	Issuer *issuer.Issuer
}

// Resolved is a live session with its person and their token.
type Resolved struct {
	Token   issuer.Token
	Session domain.Session
	User    domain.User
}

// Do marks the session as used. REASON_SESSION_EXPIRED for a token that is
// malformed, unknown, ended or out of time: which of them is nobody's business.
// One that is shown by a browser of another family than signed in was copied:
// its session ends.
func (u ResolveSession) Do(ctx context.Context, text string, from domain.Origin) (Resolved, error) {
	secret, err := token.Parse(token.Session, text)
	if err != nil {
		return Resolved{}, over(err)
	}
	now := u.Clock.Now()
	out, err := pg.InApp(ctx, u.DB, func(ctx context.Context, tx pg.Tx) (Resolved, error) {
		s, err := findLive(ctx, tx, secret, now)
		if err == nil && !s.Fits(from.Agent) {
			return Resolved{}, postgres.EndSession(ctx, tx, s.ID, postgres.End{Reason: domain.AgentChanged, Now: now})
		}
		if err != nil {
			return Resolved{}, err
		}
		return use(ctx, tx, s, now)
	})
	if err == nil && out.Session.ID.IsZero() {
		err = over(errors.New("the session belongs to another browser"))
	}
	if err != nil {
		return Resolved{}, err
	}
	out.Token, err = u.Issuer.Person(out.Session, out.User, now)
	return out, err
}

func findLive(ctx context.Context, tx pg.Tx, secret token.Token, now time.Time) (domain.Session, error) {
	s, err := postgres.FindSession(ctx, tx, secret.Hash())
	if errors.Is(err, pg.ErrNoRows) || err == nil && !s.Live(now) {
		return domain.Session{}, over(err)
	}
	return s, err
}

func use(ctx context.Context, tx pg.Tx, s domain.Session, now time.Time) (Resolved, error) {
	user, err := postgres.FindUser(ctx, tx, s.UserID)
	if err != nil {
		return Resolved{}, err
	}
	if s, err = owing(ctx, tx, s); err != nil {
		return Resolved{}, err
	}
	if s.NeedsTouch(now) {
		err = postgres.TouchSession(ctx, tx, s.ID, now)
	}
	return Resolved{Session: s, User: user}, err
}

func over(cause error) error {
	return fault.New(reasonv1.Reason_REASON_SESSION_EXPIRED, fault.Cause(cause))
}
