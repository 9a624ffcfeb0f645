// Package app holds what notification does: it notes a fact that calls for
// mails, composes them with the fact's owner, and sends them.
package app

import (
	"context"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/notification/internal/domain"
	"github.com/aval-access/aval/services/notification/internal/letter"
)

// Source asks the owner of a fact what to say to whom. Each call mints fresh
// links; none is asked for while a transaction is open.
type Source interface {
	PrepareMail(ctx context.Context, fact domain.Fact) ([]Prepared, error)
}

// Prepared is one mail that a fact calls for.
type Prepared struct {
	Tenant       id.ID
	RecipientRef string
	Address      string
	Letter       letter.Letter
	// Brand is the partner whose brand the mail wears; zero: none (R8).
	Brand id.ID
}

// Brands tells what a partner's mails look like.
type Brands interface {
	Of(ctx context.Context, partner id.ID) (letter.Brand, error)
}
