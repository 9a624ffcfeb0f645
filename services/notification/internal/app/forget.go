package app

import (
	"context"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/notification/internal/postgres"
	"github.com/aval-access/aval/services/peer"
)

// PersonData is what is kept about the mails to a person: that they were, and
// what became of them. Bodies and addresses are gone once a mail is sent, after
// a day at most, those of invitations that name no person yet among them.
type PersonData struct {
	DB         *pg.DB
	Deliveries postgres.Deliveries
}

// Read gives it.
func (u PersonData) Read(ctx context.Context, user id.ID) (map[string]any, error) {
	mails, err := pg.InSystem(ctx, u.DB, "gathering a person's data", func(ctx context.Context, tx pg.Tx) ([]any, error) {
		return peer.Records(ctx, tx, u.Deliveries.OfRecipient(user.Text("usr")))
	})
	return map[string]any{"mails": mails}, err
}

// Forget empties what waits to be sent.
func (u PersonData) Forget(ctx context.Context, tx pg.Tx, user id.ID) error {
	return u.Deliveries.Forget(ctx, tx, user.Text("usr"))
}
