package app

import (
	"context"

	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/identity/internal/postgres"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// FactorNotice tells a person what became of their second factors.
const FactorNotice Letter = "factor_notice"

// FactorChange is what happened, in the words of the template.
type FactorChange struct {
	What string
	// Kind is empty where all kinds are concerned.
	Kind domain.FactorKind
	// Left is how many recovery codes are left; nil where it does not matter.
	Left *int32
}

// Factors prepares the notice.
func (u PrepareMail) Factors(ctx context.Context, user id.ID, change FactorChange) (Mail, error) {
	return u.prepare(ctx, func(ctx context.Context, tx pg.Tx) (Mail, error) {
		account, err := postgres.FindOwnAccount(ctx, tx, user)
		return Mail{Letter: FactorNotice, User: account.User, Address: account.User.Email, Factor: change}, err
	})
}
