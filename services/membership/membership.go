// Package membership answers who belongs where and what they may do: it keeps
// organisations, members, invitations, the feature tree and the access entries
// that the decision reads. Who a person is, is identity's; what a client
// consented to, consent's.
package membership

import (
	"context"
	"errors"
	"time"

	"github.com/aval-access/aval/services/kit/host"
	"github.com/aval-access/aval/services/membership/internal/app"
	"github.com/aval-access/aval/services/membership/internal/postgres"
	"github.com/aval-access/aval/services/membership/internal/sibling"
	"github.com/aval-access/aval/services/membership/internal/worker"
)

const name = "membership"

// Config is membership's configuration; its variables begin with
// AVAL_MEMBERSHIP_.
type Config struct {
	host.Config

	InvitationLifetime time.Duration `env:"INVITATION_LIFETIME" envDefault:"168h" doc:"How long an invitation is live, from 24h to 720h."`
	InvitationsPerDay  int           `env:"INVITATIONS_PER_DAY" envDefault:"1000" doc:"How many invitations one organisation sends in a day, renewals and lists included."`

	KeepInvitations time.Duration `env:"KEEP_INVITATIONS" envDefault:"4392h" doc:"How long an invitation that was never accepted keeps whom it was meant for, from the end of its link on. 0: for ever."`
	KeepFormer      time.Duration `env:"KEEP_FORMER" envDefault:"26304h" doc:"How long the names of former members and contacts are kept. 0: for ever."`
}

const (
	minInvitationLifetime = 24 * time.Hour
	maxInvitationLifetime = 30 * 24 * time.Hour
)

// Validate refuses what is out of bounds.
func (c Config) Validate() error {
	if c.InvitationLifetime < minInvitationLifetime || c.InvitationLifetime > maxInvitationLifetime {
		return errors.New("reading INVITATION_LIFETIME: it must be from 24h to 720h")
	}
	if c.InvitationsPerDay < 1 {
		return errors.New("reading INVITATIONS_PER_DAY: it must be 1 at least")
	}
	if min(c.KeepInvitations, c.KeepFormer) < 0 {
		return errors.New("reading KEEP_INVITATIONS and KEEP_FORMER: neither may be negative")
	}
	return nil
}

// Migrate brings membership's database to this version.
func Migrate(ctx context.Context, cfg Config) error {
	return host.Migrate(ctx, host.Migration{
		Name: name, Config: cfg.Config, Schema: postgres.Migrations,
		Consumers: worker.Consumers(app.People{}, sibling.People{}),
	})
}
