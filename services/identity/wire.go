package identity

import (
	"context"
	"errors"

	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	"github.com/aval-access/aval/services/identity/internal/app"
	"github.com/aval-access/aval/services/identity/internal/blocklist"
	"github.com/aval-access/aval/services/identity/internal/credential"
	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/identity/internal/issuer"
	"github.com/aval-access/aval/services/identity/internal/postgres"
	"github.com/aval-access/aval/services/identity/internal/rpc"
	"github.com/aval-access/aval/services/identity/internal/sibling"
	"github.com/aval-access/aval/services/identity/internal/worker"
	"github.com/aval-access/aval/services/kit/host"
)

// Run serves until ctx ends.
func Run(ctx context.Context, cfg Config) (err error) {
	peppers, err := credential.ParsePeppers(cfg.Pepper.Reveal())
	if err != nil {
		return err
	}
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
	hasher := credential.NewHasher(peppers)
	identityv1.RegisterAuthServiceServer(server.GRPC(), newAuth(h, hasher, keys))
	identityv1.RegisterUserServiceServer(server.GRPC(), &rpc.User{
		DB: h.DB, EndSessionsCase: app.EndSessions{DB: h.DB, Clock: h.Clock},
	})
	identityv1.RegisterTokenServiceServer(server.GRPC(), newToken(h, keys))
	sweep := worker.Sweep{DB: h.DB, Clock: h.Clock, Log: h.Log}
	return h.Run(ctx, worker.ReloadKeys(keys.Reload, h.Log), sweep.Component())
}

func newAuth(h *host.Host, hasher *credential.Hasher, keys *issuer.Issuer) *rpc.Auth {
	membership := sibling.NewMembership(h.Conn("membership"))
	rules := domain.PasswordRules{Known: blocklist.New().Has, Brand: []string{"aval"}}
	return &rpc.Auth{
		SignInCase: app.SignIn{DB: h.DB, Clock: h.Clock, Hasher: hasher, Log: h.Log},
		RegisterCase: app.RegisterWithInvitation{
			Membership: membership,
			Register:   app.Register{DB: h.DB, Clock: h.Clock, Hasher: hasher, Rules: rules},
		},
		SelectContextCase: app.SelectContext{
			Membership: membership,
			Rotate:     app.Rotate{DB: h.DB, Clock: h.Clock},
		},
		SignOutCase:        app.SignOut{DB: h.DB, Clock: h.Clock},
		ResolveSessionCase: app.ResolveSession{DB: h.DB, Clock: h.Clock, Issuer: keys},
	}
}

func newToken(h *host.Host, keys *issuer.Issuer) *rpc.Token {
	codes := app.SupportCodes{DB: h.DB}
	return &rpc.Token{
		Keys:  keys,
		Codes: codes,
		Tokens: app.SupportTokens{
			Codes:          codes,
			PartnerSupport: sibling.NewPartnerSupport(h.Conn("partnersupport")),
			Issuer:         keys,
			Clock:          h.Clock,
		},
	}
}
