package app

import (
	"context"
	"crypto/rand"
	"errors"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/identity/internal/passkey"
	"github.com/aval-access/aval/services/identity/internal/postgres"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// handleLen is what WebAuthn recommends: 64 random bytes.
const handleLen = 64

// StartPasskey asks a browser for a new passkey.
type StartPasskey struct{ Prove ProveFactor }

// Do answers REASON_FACTOR_EXISTS to who has as many as one may.
func (u StartPasskey) Do(ctx context.Context, h Holder) (Asked, error) {
	return pg.InApp(ctx, u.Prove.DB, func(ctx context.Context, tx pg.Tx) (Asked, error) {
		now := u.Prove.Clock.Now()
		if _, err := lockProven(ctx, tx, h, now); err != nil {
			return Asked{}, err
		}
		fresh := make([]byte, handleLen)
		_, _ = rand.Read(fresh) // never fails: the runtime ends the process instead
		if _, err := postgres.EnsureHandle(ctx, tx, h.UserID, fresh); err != nil {
			return Asked{}, err
		}
		who, err := passkeysOf(ctx, tx, h.UserID)
		if err == nil && len(who.Keys) >= domain.MaxPasskeys {
			err = fault.New(reasonv1.Reason_REASON_FACTOR_EXISTS)
		}
		if err != nil {
			return Asked{}, err
		}
		question, err := u.Prove.Party.AskNew(who)
		if err != nil {
			return Asked{}, err
		}
		kept := postgres.Challenge{Purpose: postgres.ToEnrol, UserID: h.UserID, ExpireTime: now.Add(domain.ChallengeLife)}
		return keep(ctx, tx, question, kept)
	})
}

// AddPasskey enrols what a browser answered.
type AddPasskey struct{ Prove ProveFactor }

// NewPasskey is the answer, and the person's name for the passkey.
type NewPasskey struct {
	Holder
	PasskeyAnswer
	Name string
}

// Do answers REASON_FACTOR_REFUSED for an answer that is none.
func (u AddPasskey) Do(ctx context.Context, in NewPasskey) (Enrolled, error) {
	return pg.InApp(ctx, u.Prove.DB, func(ctx context.Context, tx pg.Tx) (Enrolled, error) {
		now := u.Prove.Clock.Now()
		s, err := lockProven(ctx, tx, in.Holder, now)
		if err != nil {
			return Enrolled{}, err
		}
		asked := postgres.Challenge{ID: in.ChallengeID, Purpose: postgres.ToEnrol, UserID: in.UserID}
		state, err := takeChallenge(ctx, tx, asked, now)
		if err != nil {
			return Enrolled{}, err
		}
		key, err := u.make(ctx, tx, in, state)
		if err != nil {
			return Enrolled{}, err
		}
		f := domain.Factor{ID: id.New(), Kind: domain.Passkey, Name: in.Name, CreateTime: now, UseTime: now}
		err = postgres.InsertPasskey(ctx, tx, in.UserID, f, postgres.Passkey{CredentialID: key.ID, Stored: key.Stored})
		if pg.IsUnique(err, "factor_credential_unique") {
			err = fault.New(reasonv1.Reason_REASON_FACTOR_EXISTS)
		}
		if err != nil {
			return Enrolled{}, err
		}
		return enrol(ctx, tx, s, f)
	})
}

func (u AddPasskey) make(ctx context.Context, tx pg.Tx, in NewPasskey, state []byte) (passkey.Key, error) {
	who, err := passkeysOf(ctx, tx, in.UserID)
	if err != nil {
		return passkey.Key{}, err
	}
	if len(who.Keys) >= domain.MaxPasskeys {
		return passkey.Key{}, fault.New(reasonv1.Reason_REASON_FACTOR_EXISTS)
	}
	key, err := u.Prove.Party.Make(who, state, in.Answer)
	if errors.Is(err, passkey.ErrRefused) {
		err = factorRefused(err)
	}
	return key, err
}
