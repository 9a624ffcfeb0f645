package partnersupport

import (
	"context"
	"errors"

	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	"github.com/aval-access/aval/services/kit/host"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/jobs"
	"github.com/aval-access/aval/services/kit/lifecycle"
	"github.com/aval-access/aval/services/partnersupport/internal/app"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
	"github.com/aval-access/aval/services/partnersupport/internal/rpc"
	"github.com/aval-access/aval/services/partnersupport/internal/sibling"
	"github.com/aval-access/aval/services/partnersupport/internal/worker"
	"github.com/aval-access/aval/services/peer"
)

// Run serves until ctx ends. The parts are wired in the order in which they
// start.
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
	deps := app.Deps{
		DB:         h.DB,
		Queue:      queue,
		Membership: sibling.NewMembership(h.Conn("membership")),
		Consent:    sibling.NewConsent(h.Conn("consent")),
		Identity:   sibling.NewIdentity(h.Conn("identity")),
		Decider:    peer.Decider(h.Conn("membership")),
		Clock:      h.Clock,
		NewID:      id.New,
		Limits:     cfg.limits(),
		Entry:      cfg.EntryFactor,
		Proposal:   cfg.proposal(),
	}
	worker.Handle(deps)
	server, err := h.Server(host.ServerOptions{Keys: peer.Keys(h.Conn("identity")), Decider: deps.Decider, Schema: postgres.Migrations})
	if err != nil {
		return err
	}
	rpc.Register(server.GRPC(), deps, h.Pages)
	identityv1.RegisterPersonDataServiceServer(server.GRPC(), peer.PersonData{Read: app.People{Deps: deps}.Data})
	components := []lifecycle.Component{queue.Component(), worker.Ends(app.ResumeEnds{Deps: deps}, h.Log)}
	for _, spec := range worker.Consumers(deps) {
		components = append(components, h.Consumer(spec))
	}
	return h.Run(ctx, components...)
}
