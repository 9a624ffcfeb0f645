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
// its session ends. So does one whose time is over, for good, wherever the
// clock goes.
func (u ResolveSession) Do(ctx context.Context, text string, from domain.Origin) (Resolved, error) {
	secret, err := token.Parse(token.Session, text)
	if err != nil {
		return Resolved{}, over(err)
	}
	now := u.Clock.Now()
	out, err := pg.InApp(ctx, u.DB, func(ctx context.Context, tx pg.Tx) (Resolved, error) {
		s, err := postgres.FindSession(ctx, tx, secret.Hash())
		if errors.Is(err, pg.ErrNoRows) {
			return Resolved{}, over(err)
		}
		if err != nil {
			return Resolved{}, err
		}
		if reason := s.EndsAsShown(from.Agent, now); reason != "" {
			return Resolved{}, postgres.EndSession(ctx, tx, s.ID, postgres.End{Reason: reason, Now: now})
		}
		if !s.Live(now) {
			return Resolved{}, nil
		}
		return use(ctx, tx, s, now)
	})
	if err == nil && out.Session.ID.IsZero() {
		err = over(errors.New("the session is over, or another browser's"))
	}
	if err != nil {
		return Resolved{}, err
	}
	out.Token, err = u.Issuer.Person(out.Session, out.User, now)
	return out, err
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
