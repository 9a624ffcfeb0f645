package app

import (
	"context"
	"errors"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/identity/internal/postgres"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/token"
)

// look reads what a link stands for, and uses nothing up.
// REASON_LINK_INVALID for one that is malformed, unknown, used or revoked,
// REASON_LINK_EXPIRED for one whose time is over.
func look(ctx context.Context, db *pg.DB, kind token.Kind, text string) (token.Token, postgres.Held, error) {
	secret, err := token.Parse(kind, text)
	if err != nil {
		return token.Token{}, postgres.Held{}, linkInvalid(err)
	}
	held, err := pg.InApp(ctx, db, func(ctx context.Context, tx pg.Tx) (postgres.Held, error) {
		return postgres.FindCode(ctx, tx, secret)
	})
	switch {
	case errors.Is(err, pg.ErrNoRows) || err == nil && held.Spent:
		return secret, held, linkInvalid(err)
	case err == nil && held.Late:
		return secret, held, fault.New(reasonv1.Reason_REASON_LINK_EXPIRED)
	default:
		return secret, held, err
	}
}

// follow uses a link up, in the transaction of its effect: of several at once
// one goes on.
func follow(ctx context.Context, tx pg.Tx, secret token.Token, held postgres.Held) error {
	_, err := postgres.ConsumeCode(ctx, tx, secret, held.Binding)
	if errors.Is(err, pg.ErrNoRows) {
		return linkInvalid(err)
	}
	return err
}

func linkInvalid(cause error) error {
	return fault.New(reasonv1.Reason_REASON_LINK_INVALID, fault.Cause(cause))
}
