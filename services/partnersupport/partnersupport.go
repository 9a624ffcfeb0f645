// Package partnersupport knows who should help which client: collaborators,
// dossiers, assignments and visits. It asks clients through consent and never
// decides on access itself.
package partnersupport

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aval-access/aval/services/kit/host"
	"github.com/aval-access/aval/services/kit/jobs"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/app"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
	"github.com/aval-access/aval/services/partnersupport/internal/worker"
)

// name of the context and of its workload.
const name = "partnersupport"

// Config is the whole configuration. Peers must name identity, membership and
// consent.
type Config struct {
	host.Config

	SupportSessionLife    time.Duration `env:"SUPPORT_SESSION_LIFE" envDefault:"60m" doc:"Absolute length of a visit for technical support, 5m to 12h."`
	SupportSessionIdle    time.Duration `env:"SUPPORT_SESSION_IDLE" envDefault:"30m" doc:"How long such a visit may go unused."`
	AccountantSessionLife time.Duration `env:"ACCOUNTANT_SESSION_LIFE" envDefault:"12h" doc:"Absolute length of an accountant's visit, 5m to 12h."`
	AccountantSessionIdle time.Duration `env:"ACCOUNTANT_SESSION_IDLE" envDefault:"60m" doc:"How long an accountant's visit may go unused."`

	ProposedDuration time.Duration `env:"PROPOSED_DURATION" envDefault:"168h" doc:"How long an access is proposed for where the partner proposes nothing: 1 h to 17520 h (2 years), or 0 (without an end). The client chooses."`

	EntryFactor app.EntryFactor `env:"ENTRY_FACTOR" envDefault:"required" doc:"Whether a collaborator needs a second factor to enter an account: required or none."`
}

// The ranges of a visit's length, and of what is proposed.
const (
	shortestSession  = 5 * time.Minute
	longestSession   = 12 * time.Hour
	shortestProposal = time.Hour
	longestProposal  = 2 * 365 * 24 * time.Hour
)

// Validate refuses limits that are out of range.
func (c Config) Validate() error {
	if !c.EntryFactor.Known() {
		return fmt.Errorf("reading ENTRY_FACTOR: %q is neither required nor none", c.EntryFactor)
	}
	if p := c.ProposedDuration; p != 0 && (p < shortestProposal || p > longestProposal) {
		return fmt.Errorf("reading PROPOSED_DURATION: it must be 0, or from %s to %s", shortestProposal, longestProposal)
	}
	for _, l := range c.limits() {
		if l.Life < shortestSession || l.Life > longestSession {
			return errors.New("the length of a visit must be from 5m to 12h")
		}
		if l.Idle <= 0 || l.Idle > l.Life {
			return errors.New("a visit's idle time must be above zero and no longer than the visit")
		}
	}
	return nil
}

// proposal is what is proposed where the partner proposes nothing.
func (c Config) proposal() time.Duration { return cmp.Or(c.ProposedDuration, domain.Lasting) }

func (c Config) limits() map[domain.PartnerRole]domain.SessionLimits {
	return map[domain.PartnerRole]domain.SessionLimits{
		domain.TechnicalSupport: {Life: c.SupportSessionLife, Idle: c.SupportSessionIdle},
		domain.Accountant:       {Life: c.AccountantSessionLife, Idle: c.AccountantSessionIdle},
	}
}

// Migrate brings the database to this version's schema.
func Migrate(ctx context.Context, cfg Config) error {
	return host.Migrate(ctx, host.Migration{
		Name: name, Config: cfg.Config, Schema: postgres.Migrations, Steps: []pg.Step{jobs.Migrate},
		Consumers: worker.Consumers(app.Deps{}),
	})
}
