package peer

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"

	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	"github.com/aval-access/aval/services/kit/bus"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/inbox"
	"github.com/aval-access/aval/services/kit/outbox"
	"github.com/aval-access/aval/services/kit/pg"
)

// Erasure is how a context forgets a person who asked identity for it.
type Erasure struct {
	DB *pg.DB
	// Context is its name, such as "consent".
	Context string
	// Forget removes what the context holds about the person, or restricts it
	// until its term; over all tenants, and again without harm.
	Forget func(ctx context.Context, tx pg.Tx, user id.ID) error
	// Completed is the context's own fact.
	Completed func(user string) proto.Message
}

// Consumer hears that a person wants to be forgotten.
func (e Erasure) Consumer() bus.Spec {
	return bus.Spec{
		Name:     e.Context + "-erasure",
		Stream:   bus.StreamIdentity,
		Subjects: []string{"aval.identity.v1.user.erasure_requested"},
		Handler: func(ctx context.Context, event bus.Event) error {
			asked, ok := event.Message.(*identityv1.UserErasureRequested)
			if !ok {
				return bus.Permanent(fmt.Errorf("no use for an event of %s", event.Subject))
			}
			user, err := id.Parse("usr", asked.GetUserId())
			if err != nil {
				return bus.Permanent(err)
			}
			return e.Do(ctx, event.ID, user)
		},
	}
}

// Do forgets the person and says so, in one transaction.
func (e Erasure) Do(ctx context.Context, event, user id.ID) error {
	return e.DB.InSystem(ctx, "forgetting a person", func(ctx context.Context, tx pg.Tx) error {
		first, err := inbox.Once(ctx, tx, e.Context+"-erasure", event)
		if err != nil || !first {
			return err
		}
		if err := e.Forget(ctx, tx, user); err != nil {
			return fmt.Errorf("forgetting a person: %w", err)
		}
		return outbox.Append(ctx, tx, outbox.Event{
			AggregateType: "erasure", AggregateID: user, Version: 1, Message: e.Completed(user.Text("usr")),
		})
	})
}

// PersonData serves PersonDataService: what a context holds about a person, as
// lists of records by kind.
type PersonData struct {
	identityv1.UnimplementedPersonDataServiceServer

	Read func(ctx context.Context, user id.ID) (map[string]any, error)
}

// ExportPerson implements PersonDataService.
func (s PersonData) ExportPerson(
	ctx context.Context, req *identityv1.ExportPersonRequest,
) (*identityv1.ExportPersonResponse, error) {
	var read fields.Reader
	user := read.ID("usr", "user_id", req.GetUserId())
	if read.Err() != nil {
		return nil, read.Err()
	}
	held, err := s.Read(ctx, user)
	if err != nil {
		return nil, err
	}
	data, err := structpb.NewStruct(held)
	if err != nil {
		return nil, fmt.Errorf("writing a person's data: %w", err)
	}
	return &identityv1.ExportPersonResponse{Data: data}, nil
}

// Records gives rows as a person's data holds them. The statement selects each
// row as one column of JSON.
func Records(ctx context.Context, tx pg.Tx, s pg.Statement) ([]any, error) {
	rows, err := pg.Many(ctx, tx, s, pgx.RowTo[map[string]any])
	return fields.Each(rows, func(row map[string]any) any { return row }), err
}
