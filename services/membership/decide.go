package membership

import (
	"context"
	"errors"
	"time"

	"google.golang.org/grpc"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/kit/host"
	"github.com/aval-access/aval/services/membership/internal/app"
	"github.com/aval-access/aval/services/membership/internal/postgres"
	"github.com/aval-access/aval/services/membership/internal/replica"
	"github.com/aval-access/aval/services/membership/internal/rpc"
	"github.com/aval-access/aval/services/peer"
)

// Decide answers questions until ctx ends, and does nothing else: it holds a
// lease of its own, tells the broker nothing, and any number of such processes
// may stand beside those of Run. Of the database it needs the system role alone.
func Decide(ctx context.Context, cfg Config) (err error) {
	h, err := host.OpenWithoutBus(ctx, name, cfg.Config)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	decisions, err := newDecisions(h)
	if err != nil {
		return err
	}
	server, err := h.Server(serverOptions(h, decisions))
	if err != nil {
		return err
	}
	membershipv1.RegisterAccessServiceServer(server.GRPC(), questions(h, decisions))
	registerReplicas(server.GRPC(), decisions)
	return h.Serve(ctx, decisions.Component())
}

func newDecisions(h *host.Host) (*replica.Replica, error) {
	return replica.New(replica.Options{DB: h.DB, Tables: postgres.NewDecisions(h.DB), Telemetry: h.Telemetry, Now: time.Now})
}

// serverOptions are what every process of membership asks of its server.
func serverOptions(h *host.Host, decisions *replica.Replica) host.ServerOptions {
	return host.ServerOptions{
		Keys: peer.Keys(h.Conn("identity")), Decider: app.CheckAccess{Decisions: decisions}, Schema: postgres.Migrations,
		Busy: rpc.Busy(),
	}
}

func questions(h *host.Host, decisions *replica.Replica) *rpc.Questions {
	return &rpc.Questions{Pages: h.Pages, Check: app.CheckAccess{Decisions: decisions}, Reaches: decisions}
}

func registerReplicas(s *grpc.Server, decisions *replica.Replica) {
	membershipv1.RegisterReplicaServiceServer(s, rpc.Replicas{Replica: decisions})
}
