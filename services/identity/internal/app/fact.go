package app

import (
	"context"

	"google.golang.org/protobuf/proto"

	"github.com/aval-access/aval/services/identity/internal/postgres"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/outbox"
	"github.com/aval-access/aval/services/kit/pg"
)

// tell appends a fact about a person whose row is locked.
func tell(ctx context.Context, tx pg.Tx, user id.ID, fact proto.Message) error {
	version, err := postgres.NextUserVersion(ctx, tx, user)
	if err != nil {
		return err
	}
	return outbox.Append(ctx, tx, outbox.Event{
		AggregateType: "user", AggregateID: user, Version: version, Message: fact,
	})
}
