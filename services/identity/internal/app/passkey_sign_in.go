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
		if user.IsZero() {
			question, err := u.Prove.Party.AskAnybody()
			return keep(ctx, tx, question, err, postgres.Challenge{Purpose: postgres.ToSignIn, ExpireTime: u.Prove.Clock.Now()})
		}
		who, err := passkeysOf(ctx, tx, user)
		if err == nil && len(who.Keys) == 0 {
			err = fault.NotFound()
		}
		if err != nil {
			return Asked{}, err
		}
		question, err := u.Prove.Party.Ask(who)
		return keep(ctx, tx, question, err, postgres.Challenge{Purpose: postgres.ToVerify, UserID: user, ExpireTime: u.Prove.Clock.Now()})
	})
}

// keep stores a question until it is answered; c's expire time is now.
func keep(ctx context.Context, tx pg.Tx, q passkey.Question, err error, c postgres.Challenge) (Asked, error) {
	if err != nil {
		return Asked{}, err
	}
	c.ID, c.State, c.ExpireTime = id.New(), q.State, c.ExpireTime.Add(domain.ChallengeLife)
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
		asked := postgres.Challenge{ID: in.ChallengeID, Purpose: postgres.ToSignIn}
		return opened, u.Prove.answer(ctx, tx, asked, in.Answer, user, now)
	})
	if err != nil {
		return Opened{}, err
	}
	known := u.Prove.Check.identify(Try{Account: postgres.Account{User: domain.User{ID: opened.Session.UserID}}, Origin: origin})
	opened.DeviceToken, err = u.Prove.Check.Known(opened.Session.UserID, known)
	return opened, err
}
