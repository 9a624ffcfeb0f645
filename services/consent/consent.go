// Package consent answers: did the client say yes, and to what? It owns
// requests, answers, grants and the history of accounts. Config, Run and
// Migrate are all that others see of it.
package consent

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aval-access/aval/services/consent/internal/app"
	"github.com/aval-access/aval/services/consent/internal/postgres"
	"github.com/aval-access/aval/services/consent/internal/worker"
	"github.com/aval-access/aval/services/kit/host"
	"github.com/aval-access/aval/services/kit/jobs"
	"github.com/aval-access/aval/services/kit/pg"
)

const name = "consent"

// Config is read from AVAL_CONSENT_… variables.
type Config struct {
	host.Config

	RequestTerm time.Duration `env:"REQUEST_TERM" envDefault:"336h" doc:"How long a request waits for an answer: 1 h to 90 days."`
	CoolDown    time.Duration `env:"COOL_DOWN" envDefault:"168h" doc:"How long a partner waits to ask again after a no or a withdrawal."`
}

const (
	minRequestTerm = time.Hour
	maxRequestTerm = 90 * 24 * time.Hour
)

// Validate refuses what is out of bounds.
func (c Config) Validate() error {
	if c.RequestTerm < minRequestTerm || c.RequestTerm > maxRequestTerm {
		return fmt.Errorf("reading REQUEST_TERM: it must be from %s to %s", minRequestTerm, maxRequestTerm)
	}
	if c.CoolDown < 0 {
		return errors.New("reading COOL_DOWN: it must not be negative")
	}
	return nil
}

// Migrate brings the database to this version's schema.
func Migrate(ctx context.Context, cfg Config) error {
	return host.Migrate(ctx, host.Migration{
		Name: name, Config: cfg.Config, Schema: postgres.Migrations, Steps: []pg.Step{jobs.Migrate},
		Consumers: worker.Consumers(app.Deps{}),
	})
}
