package app

import (
	"context"
	"errors"
	"strconv"

	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	"github.com/aval-access/aval/services/identity/internal/credential"
	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/identity/internal/limit"
	"github.com/aval-access/aval/services/identity/internal/postgres"
	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/email"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/outbox"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/token"
)

// RequestPasswordReset notes that somebody wants a new password.
type RequestPasswordReset struct {
	DB     *pg.DB
	Clock  clock.Clock
	Limits limit.Limits
}

// Do is the same work, in the same time, whether the address is anybody's or
// not: who it is, is looked up when the mail is prepared. What is no address at
// all is REASON_ADDRESS_INVALID.
func (u RequestPasswordReset) Do(ctx context.Context, typed string, from domain.Origin) error {
	address, err := email.Parse(typed)
	if err != nil {
		return fault.With(err, fault.Field("email", "email"))
	}
	key := address.Key()
	if err := u.Limits.Reserve(ctx, limit.Mail, limit.Who{Account: "address " + key, Source: from.Source}); err != nil {
		return err
	}
	request := id.New()
	return u.DB.InApp(ctx, func(ctx context.Context, tx pg.Tx) error {
		if err := postgres.InsertResetRequest(ctx, tx, request, key, u.Clock.Now()); err != nil {
			return err
		}
		return outbox.Append(ctx, tx, outbox.Event{
			AggregateType: "password_reset", AggregateID: request, Version: 1,
			Message: &identityv1.PasswordResetRequested{ResetId: request.Text("rsr")},
		})
	})
}

// ResetPassword sets a new password by a link.
type ResetPassword struct {
	DB     *pg.DB
	Clock  clock.Clock
	Hasher *credential.Hasher
	Own    OwnPassword
}

// Do uses the link up, ends all sessions and gives how many; second factors
// stay. A link that was made under another password is REASON_LINK_INVALID; a
// weak password leaves the link as it is.
func (u ResetPassword) Do(ctx context.Context, text, password string) (int64, error) {
	secret, held, err := look(ctx, u.DB, token.Reset, text)
	if err != nil {
		return 0, err
	}
	account, err := ownAccount(ctx, u.DB, held.Subject)
	if err != nil {
		return 0, linkInvalid(err)
	}
	if err := u.Own.refuseWeak(ctx, account, password); err != nil {
		return 0, err
	}
	hash, err := u.Hasher.Hash(ctx, password)
	if err != nil {
		return 0, err
	}
	return pg.InApp(ctx, u.DB, func(ctx context.Context, tx pg.Tx) (int64, error) {
		if err := u.follow(ctx, tx, secret, held); err != nil {
			return 0, err
		}
		return u.replace(ctx, tx, postgres.Password{UserID: held.Subject, Hash: hash, Now: u.Clock.Now()})
	})
}

func (u ResetPassword) follow(ctx context.Context, tx pg.Tx, secret token.Token, held postgres.Held) error {
	if err := postgres.LockUser(ctx, tx, held.Subject); err != nil {
		return err
	}
	account, err := postgres.FindOwnAccount(ctx, tx, held.Subject)
	if errors.Is(err, pg.ErrNoRows) || err == nil && held.Binding != versionOf(account) {
		return linkInvalid(err)
	}
	if err != nil {
		return err
	}
	return follow(ctx, tx, secret, held)
}

func (u ResetPassword) replace(ctx context.Context, tx pg.Tx, p postgres.Password) (int64, error) {
	if err := replacePassword(ctx, tx, p); err != nil {
		return 0, err
	}
	return postgres.EndSessions(ctx, tx, p.UserID, nil, postgres.End{Reason: domain.PasswordChanged, Now: p.Now})
}

// versionOf is what binds a link to the password that it replaces.
func versionOf(a postgres.Account) string { return strconv.FormatInt(a.Version, 10) }

// mintReset makes the link of a person's new password.
func mintReset(ctx context.Context, tx pg.Tx, a postgres.Account) (token.Token, error) {
	secret := token.New(token.Reset)
	_, err := postgres.InsertCode(ctx, tx, postgres.Code{
		ID: id.New(), Kind: token.Reset, Subject: a.User.ID, Binding: versionOf(a), Life: domain.ResetLife,
	}, secret.Hash())
	return secret, err
}
