package notification

import (
	"context"
	"errors"
	"fmt"

	"go.opentelemetry.io/otel/metric"

	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	notificationv1 "github.com/aval-access/aval/proto/gen/aval/notification/v1"
	"github.com/aval-access/aval/services/kit/host"
	"github.com/aval-access/aval/services/kit/jobs"
	"github.com/aval-access/aval/services/kit/lifecycle"
	"github.com/aval-access/aval/services/notification/internal/app"
	"github.com/aval-access/aval/services/notification/internal/letter"
	"github.com/aval-access/aval/services/notification/internal/postgres"
	"github.com/aval-access/aval/services/notification/internal/rpc"
	"github.com/aval-access/aval/services/notification/internal/source"
	"github.com/aval-access/aval/services/notification/internal/submission"
	"github.com/aval-access/aval/services/notification/internal/worker"
	"github.com/aval-access/aval/services/peer"
)

// Run serves until ctx ends.
func Run(ctx context.Context, cfg Config) (err error) {
	h, err := host.Open(ctx, name, cfg.Config)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	queue, err := jobs.New(jobs.Options{DB: h.DB, Log: h.Log, Periodic: worker.Periodic()})
	if err != nil {
		return err
	}
	if err := register(queue, h, cfg); err != nil {
		return err
	}
	server, err := h.Server(host.ServerOptions{Keys: peer.Keys(h.Conn("identity")), Decider: peer.Decider(h.Conn("membership")), Schema: postgres.Migrations})
	if err != nil {
		return err
	}
	notificationv1.RegisterDeliveryServiceServer(server.GRPC(), &rpc.Deliveries{DB: h.DB, Pages: h.Pages})
	components := []lifecycle.Component{queue.Component()}
	held := app.PersonData{DB: h.DB}
	identityv1.RegisterPersonDataServiceServer(server.GRPC(), peer.PersonData{Read: held.Read})
	for _, spec := range worker.Consumers(app.Receive{DB: h.DB, Queue: queue}, held) {
		components = append(components, h.Consumer(spec))
	}
	return h.Run(ctx, components...)
}

// register gives the queue its use cases.
func register(queue *jobs.Queue, h *host.Host, cfg Config) error {
	letters, err := letter.New(cfg.PublicURL)
	if err != nil {
		return err
	}
	server, err := submission.Parse(cfg.SMTPURL.Reveal())
	if err != nil {
		return err
	}
	from, err := cfg.from()
	if err != nil {
		return err
	}
	count, err := h.Telemetry.Meter.Meter(name).Int64Counter("aval_notification_mail_tries_total",
		metric.WithDescription("Tries to hand over a mail, by the state that they led to."))
	if err != nil {
		return fmt.Errorf("making metric of mails: %w", err)
	}
	store := postgres.Deliveries{}
	compose := app.Compose{DB: h.DB, Queue: queue, Deliveries: store, Source: source.New(h.Conn), Letters: letters, Brands: source.NewBrands(h.Conn("partnersupport")), Clock: h.Clock, Log: h.Log}
	send := app.Send{DB: h.DB, Deliveries: store, Server: server, Compose: compose, From: from, Clock: h.Clock, Log: h.Log, Count: count}
	worker.Jobs{Compose: compose, Send: send, Purge: app.Purge{DB: h.DB, Deliveries: store, Clock: h.Clock}, Clock: h.Clock}.Register(queue)
	return nil
}
