// Package consent answers: did the client say yes, and to what? It owns
// requests, answers, grants and the history of accounts. Config, Run and
// Migrate are all that others see of it.
package consent

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/aval-access/aval/services/consent/internal/app"
	"github.com/aval-access/aval/services/consent/internal/domain"
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
	LinkProof   string        `env:"LINK_PROOF" envDefault:"code" doc:"What an answer by mailed link needs: code (on a device that is not known, a code sent to the mailbox), link (nothing more), or session (a sign-in, for everybody)."`
	DeviceTerm  time.Duration `env:"DEVICE_TERM" envDefault:"4320h" doc:"How long the device of an approver who typed a code is known: 0 (a code for each request) to 365 days."`
	Grouping    time.Duration `env:"GROUPING" envDefault:"10m" doc:"How long the mail of a request waits for others of the same partner to the same approver: 0 (each leaves at once, alone) to 60 min. Such mails leave once a day and five times a week at most."`

	InactivityDays int `env:"INACTIVITY_DAYS" envDefault:"190" doc:"Days without a visit after which an access pauses, where the client decided nothing: 30 to 400, or 0 (never)."`
	ReconfirmDays  int `env:"RECONFIRM_DAYS" envDefault:"0" doc:"Days without a confirmation after which it pauses, likewise: 30 to 365, or 0 (never)."`

	CodesPerNetwork int `env:"CODES_PER_NETWORK" envDefault:"20" doc:"Codes that clients on the phone can ask for from one network (/32, /56) in an hour."`

	KeepProofs  time.Duration `env:"KEEP_PROOFS" envDefault:"43824h" doc:"How long a consent keeps the names in it, from its end on; the consent itself stays. 0: for ever."`
	KeepVisits  time.Duration `env:"KEEP_VISITS" envDefault:"26304h" doc:"How long the history names who came, and who did what Aval knows of. 0: for ever."`
	KeepActions time.Duration `env:"KEEP_ACTIONS" envDefault:"9504h" doc:"How long the history names who did what products recorded. 0: for ever."`
	KeepTraces  time.Duration `env:"KEEP_TRACES" envDefault:"4392h" doc:"How long an answer keeps the network and the browser that it came from. 0: for ever."`

	ReceiptKeysDir string `env:"RECEIPT_KEYS_DIR,required" doc:"Folder of the Ed25519 keys of receipts, one PEM file a key; the newest signs, and all are published."`
	LawfulBasis    string `env:"LAWFUL_BASIS" envDefault:"GDPR art. 28 and 29: instruction of the controller" doc:"What receipts name as the lawful basis of an access."`

	LedgerKeysDir    string `env:"LEDGER_KEYS_DIR,required" doc:"Folder of the Ed25519 keys that sign checkpoints of the ledger, one PEM file a key; all of them sign."`
	LedgerWitnessDir string `env:"LEDGER_WITNESS_DIR" doc:"Folder outside the database for the newest checkpoint: a database that was put back or rewritten is then noticed, and nothing is signed over it. None when empty."`
}

const (
	minRequestTerm = time.Hour
	maxRequestTerm = 90 * 24 * time.Hour
	maxDeviceTerm  = 365 * 24 * time.Hour
	maxGrouping    = time.Hour
)

// Validate refuses what is out of bounds.
func (c Config) Validate() error {
	if c.RequestTerm < minRequestTerm || c.RequestTerm > maxRequestTerm {
		return fmt.Errorf("reading REQUEST_TERM: it must be from %s to %s", minRequestTerm, maxRequestTerm)
	}
	if c.CoolDown < 0 {
		return errors.New("reading COOL_DOWN: it must not be negative")
	}
	if c.DeviceTerm < 0 || c.DeviceTerm > maxDeviceTerm {
		return fmt.Errorf("reading DEVICE_TERM: it must be from 0 to %s", maxDeviceTerm)
	}
	if c.Grouping < 0 || c.Grouping > maxGrouping {
		return fmt.Errorf("reading GROUPING: it must be from 0 to %s", maxGrouping)
	}
	if outside(c.InactivityDays, domain.MinInactivityDays, domain.MaxInactivityDays) {
		return fmt.Errorf("reading INACTIVITY_DAYS: it must be 0, or from %d to %d", domain.MinInactivityDays, domain.MaxInactivityDays)
	}
	if outside(c.ReconfirmDays, domain.MinReconfirmDays, domain.MaxReconfirmDays) {
		return fmt.Errorf("reading RECONFIRM_DAYS: it must be 0, or from %d to %d", domain.MinReconfirmDays, domain.MaxReconfirmDays)
	}
	if c.CodesPerNetwork < 1 {
		return errors.New("reading CODES_PER_NETWORK: it must be 1 at least")
	}
	if min(c.KeepProofs, c.KeepVisits, c.KeepActions, c.KeepTraces) < 0 {
		return errors.New("reading KEEP_PROOFS, KEEP_VISITS, KEEP_ACTIONS and KEEP_TRACES: none may be negative")
	}
	proofs := []domain.LinkProof{domain.ByCode, domain.ByLink, domain.BySession}
	if !slices.Contains(proofs, domain.LinkProof(c.LinkProof)) {
		return fmt.Errorf("reading LINK_PROOF: it must be one of %v", proofs)
	}
	return nil
}

// outside tells days that are out of a range, and not 0 either.
func outside(days, least, most int) bool { return days != 0 && (days < least || days > most) }

// Migrate brings the database to this version's schema.
func Migrate(ctx context.Context, cfg Config) error {
	return host.Migrate(ctx, host.Migration{
		Name: name, Config: cfg.Config, Schema: postgres.Migrations, Steps: []pg.Step{jobs.Migrate},
		Consumers: worker.Consumers(app.Deps{}),
	})
}
