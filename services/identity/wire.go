package identity

import (
	"context"
	"errors"

	"google.golang.org/grpc"

	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	notificationv1 "github.com/aval-access/aval/proto/gen/aval/notification/v1"
	"github.com/aval-access/aval/services/identity/internal/app"
	"github.com/aval-access/aval/services/identity/internal/blocklist"
	"github.com/aval-access/aval/services/identity/internal/credential"
	"github.com/aval-access/aval/services/identity/internal/device"
	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/identity/internal/issuer"
	"github.com/aval-access/aval/services/identity/internal/limit"
	"github.com/aval-access/aval/services/identity/internal/passkey"
	"github.com/aval-access/aval/services/identity/internal/postgres"
	"github.com/aval-access/aval/services/identity/internal/rpc"
	"github.com/aval-access/aval/services/identity/internal/sibling"
	"github.com/aval-access/aval/services/identity/internal/worker"
	"github.com/aval-access/aval/services/kit/host"
	"github.com/aval-access/aval/services/kit/lifecycle"
)

// Run serves until ctx ends.
func Run(ctx context.Context, cfg Config) (err error) {
	keys, err := issuer.New(cfg.Issuer, cfg.SigningKeysDir)
	if err != nil {
		return err
	}
	h, err := host.Open(ctx, name, cfg.Config)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	// No method of identity asks for a permission, so that it needs no decider.
	server, err := h.Server(host.ServerOptions{Keys: keys, Schema: postgres.Migrations})
	if err != nil {
		return err
	}
	s, err := newService(h, cfg, keys)
	if err != nil {
		return err
	}
	s.register(server.GRPC())
	sweep := worker.Sweep{DB: h.DB, Clock: h.Clock, Log: h.Log}
	components := []lifecycle.Component{worker.ReloadKeys(keys.Reload, h.Log), sweep.Component()}
	components = append(components, h.Consumer(worker.Leavers(app.EndSessions{DB: h.DB, Clock: h.Clock})))
	for _, spec := range worker.Consumers(app.ConfirmErasure{DB: h.DB, Clock: h.Clock}) {
		components = append(components, h.Consumer(spec))
	}
	return h.Run(ctx, components...)
}

// service is what the use cases share.
type service struct {
	*host.Host
	keys       *issuer.Issuer
	check      app.CheckPassword
	vault      credential.Vault
	party      *passkey.Party
	policy     domain.FactorPolicy
	rules      domain.PasswordRules
	membership *sibling.Membership
	edge       rpc.Edge
}

func newService(h *host.Host, cfg Config, keys *issuer.Issuer) (*service, error) {
	peppers, err := credential.ParsePeppers(cfg.Pepper.Reveal())
	if err != nil {
		return nil, err
	}
	key, err := cfg.SealingKey()
	if err != nil {
		return nil, err
	}
	devices, err := device.NewSealer(key, h.Clock)
	if err != nil {
		return nil, err
	}
	limits, err := limit.New(h.DB, h.Clock, key, cfg.limits())
	if err != nil {
		return nil, err
	}
	vault, err := credential.NewVault(peppers, "aval/totp/v1")
	if err != nil {
		return nil, err
	}
	party, err := passkey.New(cfg.PublicURL)
	if err != nil {
		return nil, err
	}
	return &service{
		Host:   h,
		keys:   keys,
		vault:  vault,
		party:  party,
		policy: cfg.FactorPolicy,
		check: app.CheckPassword{
			Hasher:  credential.NewHasher(peppers),
			Limits:  limits,
			Devices: devices,
		},
		rules:      domain.PasswordRules{Known: blocklist.New().Has, Brand: []string{"aval"}},
		membership: sibling.NewMembership(h.Conn("membership")),
		edge:       rpc.Edge(h.TLS.ServiceID("gateway")),
	}, nil
}

func (s *service) register(server *grpc.Server) {
	identityv1.RegisterAuthServiceServer(server, s.auth())
	identityv1.RegisterUserServiceServer(server, &rpc.User{
		DB: s.DB, EndSessionsCase: app.EndSessions{DB: s.DB, Clock: s.Clock},
	})
	identityv1.RegisterTokenServiceServer(server, s.token())
	s.registerFactors(server)
	identityv1.RegisterAccountServiceServer(server, s.account())
	identityv1.RegisterSessionServiceServer(server, &rpc.Sessions{
		Pages: s.Pages, Own: app.OwnSessions{DB: s.DB, Clock: s.Clock},
	})
	identityv1.RegisterRecoveryServiceServer(server, &rpc.Recovery{
		Edge:    s.edge,
		Request: app.RequestPasswordReset{DB: s.DB, Clock: s.Clock, Limits: s.check.Limits},
		Reset:   app.ResetPassword{DB: s.DB, Clock: s.Clock, Hasher: s.check.Hasher, Own: s.ownPassword()},
	})
	identityv1.RegisterEmailChangeServiceServer(server, &rpc.EmailChanges{
		Edge:   s.edge,
		Start:  app.StartEmailChange{DB: s.DB, Clock: s.Clock, Limits: s.check.Limits},
		Follow: app.FollowEmailChange{DB: s.DB, Clock: s.Clock, Check: s.check},
	})
	notificationv1.RegisterMailSourceServiceServer(server, &rpc.Mail{
		Prepare: app.PrepareMail{DB: s.DB, Clock: s.Clock},
	})
}

func (s *service) account() *rpc.Account {
	siblings := map[string]app.PersonData{}
	for _, name := range app.Erasers() {
		siblings[name] = sibling.NewPersonData(s.Conn(name))
	}
	return &rpc.Account{
		DB:                  s.DB,
		Edge:                s.edge,
		ConfirmIdentityCase: app.ConfirmIdentity{DB: s.DB, Clock: s.Clock, Check: s.check},
		ChangePasswordCase:  app.ChangePassword{DB: s.DB, Clock: s.Clock, Check: s.check, Own: s.ownPassword()},
		ExportCase:          app.Export{DB: s.DB, Clock: s.Clock, Siblings: siblings},
		EraseCase:           app.RequestErasure{DB: s.DB, Clock: s.Clock, Membership: s.membership},
	}
}

func (s *service) ownPassword() app.OwnPassword {
	return app.OwnPassword{DB: s.DB, Rules: s.rules, Membership: s.membership}
}

func (s *service) auth() *rpc.Auth {
	return &rpc.Auth{
		Edge:       s.edge,
		SignInCase: app.SignIn{DB: s.DB, Clock: s.Clock, Check: s.check, Log: s.Log},
		RegisterCase: app.RegisterWithInvitation{
			Membership: s.membership,
			Register: app.Register{
				DB: s.DB, Clock: s.Clock, Hasher: s.check.Hasher, Rules: s.rules, Devices: s.check.Devices,
			},
		},
		SelectContextCase: app.SelectContext{
			Membership: s.membership,
			Policy:     s.policy,
			Rotate:     app.Rotate{DB: s.DB, Clock: s.Clock},
		},
		SignOutCase:        app.SignOut{DB: s.DB, Clock: s.Clock},
		ResolveSessionCase: app.ResolveSession{DB: s.DB, Clock: s.Clock, Issuer: s.keys},
	}
}

func (s *service) token() *rpc.Token {
	codes := app.SupportCodes{DB: s.DB}
	return &rpc.Token{
		Keys:  s.keys,
		Codes: codes,
		Tokens: app.SupportTokens{
			Codes:          codes,
			PartnerSupport: sibling.NewPartnerSupport(s.Conn("partnersupport")),
			Issuer:         s.keys,
			Clock:          s.Clock,
		},
	}
}
