// Package app holds what consent does: one use case per file, each of which
// loads, asks the domain, stores and appends the event in one transaction.
// Calls to siblings stand before or after it. Converting is left to rpc and
// worker.
package app

import (
	"context"
	"log/slog"
	"time"

	"go.opentelemetry.io/otel/metric"

	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/consent/internal/passcode"
	"github.com/aval-access/aval/services/consent/internal/postgres"
	"github.com/aval-access/aval/services/consent/internal/sibling"
	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/jobs"
	"github.com/aval-access/aval/services/kit/outbox"
	"github.com/aval-access/aval/services/kit/pg"
)

// Terms are the deployment's choices.
type Terms struct {
	// Request is how long a request waits for an answer.
	Request time.Duration
	// CoolDown is how long a partner waits after a no or a withdrawal.
	CoolDown time.Duration
	// Proof is what an answer by link needs.
	Proof domain.LinkProof
	// Device is how long the device of an approver is remembered; 0: not at all.
	Device time.Duration
	// Grouping is how long a request waits for others of the same partner to the
	// same approver; 0: each has a mail of its own, at once.
	Grouping time.Duration
	// CodesPerNetwork bounds the codes for numbers from one network in an hour.
	CodesPerNetwork int
	// Policy is that of a client that decided nothing.
	Policy domain.Policy
	// Keep is how long names are kept.
	Keep Keep
}

// Deps is what every use case stands on.
type Deps struct {
	DB       *pg.DB
	Clock    clock.Clock
	Siblings *sibling.Siblings
	Jobs     *jobs.Queue
	Log      *slog.Logger
	Terms    Terms
	Digits   passcode.Maker
	// Unreachable counts the alarms of requests that reach nobody.
	Unreachable metric.Int64Counter

	consents   postgres.Consents
	grants     postgres.Grants
	links      postgres.Links
	departures postgres.Departures
	codes      postgres.Codes
	numbers    postgres.Numbers
	history    postgres.History
	blocks     postgres.Blocks
	policies   postgres.Policies
	ledger     postgres.Ledger
}

// save stores what a step changed, appends it to the timeline and publishes
// its event. The caller holds the consent's row.
func (d Deps) save(ctx context.Context, tx pg.Tx, c *domain.Consent, step domain.Step) error {
	return d.saveAs(ctx, tx, c, fact{step: step})
}

// saveAs is save for a step of which others hear more.
func (d Deps) saveAs(ctx context.Context, tx pg.Tx, c *domain.Consent, f fact) error {
	r := c.Record()
	if err := d.consents.Update(ctx, tx, r); err != nil {
		return err
	}
	if err := d.consents.Append(ctx, tx, r, f.step); err != nil {
		return err
	}
	grant, _, err := d.grants.ByConsent(ctx, tx, r.ClientID, r.ID)
	if err != nil {
		return err
	}
	f.record, f.grantID = r, grant.ID
	return d.publish(ctx, tx, f)
}

func (d Deps) publish(ctx context.Context, tx pg.Tx, f fact) error {
	return outbox.Append(ctx, tx, eventOf(f))
}

func eventOf(f fact) outbox.Event {
	return outbox.Event{
		AggregateType: "consent",
		AggregateID:   f.record.ID,
		Version:       f.record.Version,
		Message:       f.message(),
		Tenant:        f.record.ClientID,
	}
}

// end takes the grant under a consent out of force, in the consent's
// transaction, and leaves a job that sees to it that the decision knows.
func (d Deps) end(ctx context.Context, tx pg.Tx, c *domain.Consent, now time.Time) error {
	r := c.Record()
	grant, ok, err := d.grants.ByConsent(ctx, tx, r.ClientID, r.ID)
	if err != nil || !ok {
		return err
	}
	ended := grant.End(r.State, now)
	if ended.Version == grant.Version {
		return nil
	}
	if err := d.grants.Update(ctx, tx, ended); err != nil {
		return err
	}
	return d.settleLater(ctx, tx, ended, now)
}

// grantOf reads the grant under a consent as it is now, if any.
func (d Deps) grantOf(ctx context.Context, tx pg.Tx, client, consent id.ID) ([]domain.Grant, error) {
	grant, ok, err := d.grants.ByConsent(ctx, tx, client, consent)
	if err != nil || !ok {
		return nil, err
	}
	return []domain.Grant{grant}, nil
}
