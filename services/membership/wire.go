package membership

import (
	"context"
	"errors"
	"time"

	"google.golang.org/grpc"

	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	notificationv1 "github.com/aval-access/aval/proto/gen/aval/notification/v1"
	"github.com/aval-access/aval/services/accessclient/engine"
	"github.com/aval-access/aval/services/kit/host"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/lifecycle"
	"github.com/aval-access/aval/services/membership/internal/app"
	"github.com/aval-access/aval/services/membership/internal/domain"
	"github.com/aval-access/aval/services/membership/internal/fence"
	"github.com/aval-access/aval/services/membership/internal/replica"
	"github.com/aval-access/aval/services/membership/internal/rpc"
	"github.com/aval-access/aval/services/membership/internal/sibling"
	"github.com/aval-access/aval/services/membership/internal/worker"
	"github.com/aval-access/aval/services/peer"
)

// Run serves until ctx ends.
func Run(ctx context.Context, cfg Config) (err error) {
	h, err := host.Open(ctx, name, cfg.Config)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	decisions, err := newDecisions(h)
	if err != nil {
		return err
	}
	replicas, err := fence.New(fence.Options{DB: h.DB, Lease: engine.Lease + engine.Margin, Telemetry: h.Telemetry})
	if err != nil {
		return err
	}
	options := serverOptions(h, decisions)
	options.Around = []grpc.UnaryServerInterceptor{rpc.Settle(replicas)}
	server, err := h.Server(options)
	if err != nil {
		return err
	}
	deps := app.Deps{
		Clock: h.Clock, NewID: id.New, InvitationLife: cfg.InvitationLifetime,
		Invitations: domain.Quota{Size: cfg.InvitationsPerDay, Per: 24 * time.Hour},
	}
	register(server.GRPC(), h, deps, decisions)
	components := []lifecycle.Component{
		decisions.Component(), replicas.Component(),
		worker.EndOver(app.EndOver{Deps: deps, DB: h.DB}, h.Log),
		worker.ForgetFormer(app.ForgetFormer{
			Deps: deps, DB: h.DB, Keep: app.Keep{Invitations: cfg.KeepInvitations, Former: cfg.KeepFormer},
		}, h.Log),
	}
	for _, spec := range worker.Consumers(app.People{Deps: deps, DB: h.DB}, sibling.NewPeople(h.Conn("identity"))) {
		components = append(components, h.Consumer(spec))
	}
	return h.Run(ctx, components...)
}

func register(s *grpc.Server, h *host.Host, deps app.Deps, decisions *replica.Replica) {
	membershipv1.RegisterOrganizationServiceServer(s, &rpc.Organizations{
		DB: h.DB, NewID: deps.NewID, Create: app.CreateOrganization{Deps: deps},
	})
	membershipv1.RegisterMemberServiceServer(s, &rpc.Members{
		Deps: deps, DB: h.DB, Pages: h.Pages, People: sibling.NewPeople(h.Conn("identity")), End: app.EndMembership{Deps: deps},
	})
	membershipv1.RegisterInvitationServiceServer(s, &rpc.Invitations{
		DB:       h.DB,
		Pages:    h.Pages,
		People:   sibling.NewPeople(h.Conn("identity")),
		Mails:    sibling.NewMails(h.Conn("notification")),
		Create:   app.CreateInvitation{Deps: deps},
		Many:     app.InviteMany{Deps: deps},
		Change:   app.ChangeInvitation{Deps: deps},
		Links:    app.FollowLink{Deps: deps, DB: h.DB},
		Accept:   app.AcceptInvitation{Deps: deps},
		Over:     app.EndOver{Deps: deps, DB: h.DB},
		Decline:  app.DeclineInvitation{Deps: deps},
		Diagnose: app.DiagnoseInvitation{Deps: deps, DB: h.DB},
	})
	membershipv1.RegisterFeatureServiceServer(s, &rpc.Features{Deps: deps, DB: h.DB, Pages: h.Pages})
	membershipv1.RegisterContactServiceServer(s, &rpc.Contacts{
		Deps: deps, DB: h.DB, Pages: h.Pages, Dossiers: sibling.NewDossiers(h.Conn("partnersupport")),
	})
	membershipv1.RegisterRightsServiceServer(s, &rpc.Rights{
		Deps: deps, DB: h.DB, Pages: h.Pages, Explain: app.ExplainAccess{DB: h.DB, Decisions: decisions},
	})
	membershipv1.RegisterAccessServiceServer(s, &rpc.Access{Questions: questions(h, decisions), DB: h.DB})
	registerReplicas(s, decisions)
	people := app.People{Deps: deps, DB: h.DB}
	membershipv1.RegisterPersonServiceServer(s, &rpc.Persons{Pages: h.Pages, People: people})
	identityv1.RegisterPersonDataServiceServer(s, peer.PersonData{Read: people.Data})
	notificationv1.RegisterMailSourceServiceServer(s, &rpc.Mail{DB: h.DB, Prepare: app.PrepareMail{Deps: deps}})
}
