package worker_test

import (
	"context"
	"log/slog"
	"net/mail"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/metric/noop"
	"google.golang.org/protobuf/proto"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/kit/bus"
	"github.com/aval-access/aval/services/kit/bustest"
	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/jobs"
	"github.com/aval-access/aval/services/kit/lifecycle"
	"github.com/aval-access/aval/services/kit/mailbox"
	"github.com/aval-access/aval/services/kit/pgtest"
	"github.com/aval-access/aval/services/notification/internal/app"
	"github.com/aval-access/aval/services/notification/internal/domain"
	"github.com/aval-access/aval/services/notification/internal/letter"
	"github.com/aval-access/aval/services/notification/internal/postgres"
	"github.com/aval-access/aval/services/notification/internal/submission"
	"github.com/aval-access/aval/services/notification/internal/worker"
)

const patience = 15 * time.Second

func TestMain(m *testing.M) { pgtest.Main(m) }

// source answers as membership would for an invitation, one address per fact.
type source struct{ tenant id.ID }

func (s source) PrepareMail(_ context.Context, fact domain.Fact) ([]app.Prepared, error) {
	var invited membershipv1.InvitationCreated
	if err := proto.Unmarshal(fact.Payload, &invited); err != nil {
		return nil, err
	}
	return []app.Prepared{{
		Tenant: s.tenant, RecipientRef: invited.GetInvitationId(), Address: invited.GetInvitationId() + "@client.test",
		Letter: letter.Letter{Template: "collaborator_invitation", Locale: "fr", ActionPath: "/i/avl_inv1_x"},
	}}, nil
}

type bundle struct {
	box   *mailbox.Mailbox
	bus   *bus.Conn
	specs []bus.Spec
}

// setup runs consumers and jobs as the service does.
func setup(t *testing.T) *bundle {
	t.Helper()
	db := pgtest.DB(t, "notification", postgres.Migrations, jobs.Migrate)
	box, err := mailbox.Start(mailbox.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, box.Close()) })
	log := slog.New(slog.DiscardHandler)
	queue, err := jobs.New(jobs.Options{DB: db, Log: log, Periodic: worker.Periodic()})
	require.NoError(t, err)
	letters, err := letter.New("https://aval.example")
	require.NoError(t, err)
	server, err := submission.Parse(box.URL())
	require.NoError(t, err)
	compose := app.Compose{DB: db, Queue: queue, Source: source{tenant: id.New()}, Letters: letters, Clock: clock.System{}, Log: log}
	send := app.Send{DB: db, Server: server, Compose: compose, From: mail.Address{Address: "aval@example.test"},
		Clock: clock.System{}, Log: log, Count: noop.Int64Counter{}}
	worker.Jobs{Compose: compose, Send: send, Purge: app.Purge{DB: db, Clock: clock.System{}}, Clock: clock.System{}}.Register(queue)
	b := &bundle{box: box, bus: bustest.Start(t), specs: worker.Consumers(app.Receive{DB: db, Queue: queue}, app.PersonData{DB: db})}
	require.NoError(t, bus.Consumers(t.Context(), b.bus.JS(), b.specs...))
	components := []lifecycle.Component{queue.Component()}
	for _, spec := range b.specs {
		components = append(components, bus.Consume(b.bus.JS(), spec))
	}
	run(t, components)
	return b
}

func run(t *testing.T, components []lifecycle.Component) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- lifecycle.Run(ctx, 10*time.Second, components...) }()
	t.Cleanup(func() {
		cancel()
		require.NoError(t, <-ended)
	})
}

func invited(name string) *membershipv1.InvitationCreated {
	return &membershipv1.InvitationCreated{InvitationId: name, OrganizationId: "org_x"}
}

func (b *bundle) publish(t *testing.T, m proto.Message) id.ID {
	t.Helper()
	payload, err := proto.Marshal(m)
	require.NoError(t, err)
	subject, err := bus.SubjectOf(m)
	require.NoError(t, err)
	e := bus.Envelope{ID: id.New(), Subject: subject, Source: "/aval/membership", Time: time.Now().UTC(),
		AggregateType: "invitation", AggregateID: id.New(), Version: 1, Tenant: id.New(), Payload: payload}
	future, err := bus.PublishAsync(b.bus.JS(), e)
	require.NoError(t, err)
	select {
	case <-future.Ok():
	case err := <-future.Err():
		require.NoError(t, err)
	}
	return e.ID
}

// deliverAgain is a broker that lost the acknowledgement.
func (b *bundle) deliverAgain(t *testing.T, event id.ID, m proto.Message) {
	t.Helper()
	subject, err := bus.SubjectOf(m)
	require.NoError(t, err)
	require.NoError(t, b.specs[0].Handler(t.Context(), bus.Event{ID: event, Subject: subject, Message: m}))
}

func (b *bundle) await(t *testing.T, to string) mailbox.Message {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	msg, err := b.box.Wait(ctx, func(m mailbox.Message) bool { return m.To == to })
	require.NoError(t, err)
	return msg
}

func TestOneFactIsOneMailHoweverOftenDelivered(t *testing.T) { // R15
	t.Parallel()
	b := setup(t)
	event := b.publish(t, invited("ana"))
	msg := b.await(t, "ana@client.test")
	require.Equal(t, "https://aval.example/i/avl_inv1_x", msg.Link("/i/"))
	b.deliverAgain(t, event, invited("ana"))
	b.deliverAgain(t, event, invited("ana"))
	b.publish(t, invited("bob"))
	b.await(t, "bob@client.test")
	require.Len(t, b.box.Messages(), 2)
}

func TestFactsWithoutMailsAreNotEvenHeard(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.publish(t, &membershipv1.MembershipStarted{MemberId: "mbr_x"})
	b.publish(t, invited("ana"))
	b.await(t, "ana@client.test")
	require.Len(t, b.box.Messages(), 1)
}

func TestEveryStreamHasItsConsumer(t *testing.T) {
	t.Parallel()
	specs := worker.Consumers(app.Receive{}, app.PersonData{})
	require.Len(t, specs, len(domain.Owners())+1, "and the one that forgets people")
	for _, s := range specs {
		require.NotEmpty(t, s.Stream)
		for _, subject := range s.Subjects {
			stream, err := bus.StreamOf(subject)
			require.NoError(t, err)
			require.Equal(t, s.Stream, stream)
		}
	}
}
