package app

import (
	"context"
	"errors"
	"time"

	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/identity/internal/passkey"
	"github.com/aval-access/aval/services/identity/internal/postgres"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// AskPasskey asks a browser for a passkey.
type AskPasskey struct{ Prove ProveFactor }

// Asked is a question as the browser gets it.
type Asked struct {
	ID         id.ID
	Options    []byte
	ExpireTime time.Time
}

// Do asks for a passkey of the person, or of anybody where user is zero;
// REASON_NOT_FOUND for a person who has none.
func (u AskPasskey) Do(ctx context.Context, user id.ID) (Asked, error) {
	return pg.InApp(ctx, u.Prove.DB, func(ctx context.Context, tx pg.Tx) (Asked, error) {
		question, err := u.question(ctx, tx, user)
		if err != nil {
			return Asked{}, err
		}
		kept := postgres.Challenge{Purpose: postgres.ToVerify, UserID: user, ExpireTime: u.Prove.Clock.Now().Add(domain.ChallengeLife)}
		if user.IsZero() {
			kept.Purpose = postgres.ToSignIn
		}
		return keep(ctx, tx, question, kept)
	})
}

func (u AskPasskey) question(ctx context.Context, tx pg.Tx, user id.ID) (passkey.Question, error) {
	if user.IsZero() {
		return u.Prove.Party.AskAnybody()
	}
	who, err := passkeysOf(ctx, tx, user)
	if err == nil && len(who.Keys) == 0 {
		err = fault.NotFound()
	}
	if err != nil {
		return passkey.Question{}, err
	}
	return u.Prove.Party.Ask(who)
}

// keep stores a question until it is answered.
func keep(ctx context.Context, tx pg.Tx, q passkey.Question, c postgres.Challenge) (Asked, error) {
	c.ID, c.State = id.New(), q.State
	return Asked{ID: c.ID, Options: q.Options, ExpireTime: c.ExpireTime}, postgres.InsertChallenge(ctx, tx, c)
}

// SignInWithPasskey opens an intermediate session for whom a passkey names: it
// is two factors by itself, the device and what unlocks it.
type SignInWithPasskey struct{ Prove ProveFactor }

// Do answers REASON_FACTOR_REFUSED alike for a wrong answer and for a passkey
// that nobody has any more.
func (u SignInWithPasskey) Do(ctx context.Context, in PasskeyAnswer, origin domain.Origin) (Opened, error) {
	handle, err := passkey.HandleIn(in.Answer)
	if err != nil {
		return Opened{}, factorRefused(err)
	}
	opened, err := pg.InApp(ctx, u.Prove.DB, func(ctx context.Context, tx pg.Tx) (Opened, error) {
		now := u.Prove.Clock.Now()
		user, err := postgres.FindUserByHandle(ctx, tx, handle)
		if errors.Is(err, pg.ErrNoRows) {
			return Opened{}, factorRefused(err)
		}
		if err != nil {
			return Opened{}, err
		}
		signedIn := domain.SignedIn{UserID: user, By: domain.MethodsOf(domain.Passkey), Origin: origin, Now: now}
		opened, err := open(ctx, tx, signedIn)
		if err != nil {
			return Opened{}, err
		}
		return opened, u.Prove.answer(ctx, tx, answered{
			asked: postgres.Challenge{ID: in.ChallengeID, Purpose: postgres.ToSignIn}, answer: in.Answer, user: user, now: now,
		})
	})
	if err != nil {
		return Opened{}, err
	}
	known := u.Prove.Check.identify(Try{Account: postgres.Account{User: domain.User{ID: opened.Session.UserID}}, Origin: origin})
	opened.DeviceToken, err = u.Prove.Check.Known(opened.Session.UserID, known)
	return opened, err
}
