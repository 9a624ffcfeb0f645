package app

import (
	"context"

	"github.com/aval-access/aval/services/kit/inbox"
	"github.com/aval-access/aval/services/kit/jobs"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/notification/internal/domain"
)

// Receive notes a fact once, however often it is delivered.
type Receive struct {
	DB    *pg.DB
	Queue *jobs.Queue
}

// Do notes the fact and asks for its mails in one transaction. A fact that
// calls for none is nothing.
func (r Receive) Do(ctx context.Context, fact domain.Fact) error {
	owner, ok := domain.OwnerOf(fact.Subject)
	if !ok {
		return nil
	}
	return r.DB.InSystem(ctx, "noting a fact that calls for mails", func(ctx context.Context, tx pg.Tx) error {
		first, err := inbox.Once(ctx, tx, Consumer(owner), fact.EventID)
		if err != nil || !first {
			return err
		}
		return r.Queue.Insert(ctx, tx, ComposeJob{EventID: fact.EventID, Subject: fact.Subject, Payload: fact.Payload})
	})
}

// Consumer names the durable consumer of an owner's stream.
func Consumer(o domain.Owner) string { return "notification-" + string(o) }
