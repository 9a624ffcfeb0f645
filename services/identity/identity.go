// Package identity answers who somebody is: it keeps people and their
// passwords, opens and ends sessions, and signs the tokens that all services
// verify. Where people belong and what they may do is membership's.
package identity

import (
	"context"
	"errors"
	"fmt"

	"github.com/aval-access/aval/services/identity/internal/app"
	"github.com/aval-access/aval/services/identity/internal/credential"
	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/identity/internal/limit"
	"github.com/aval-access/aval/services/identity/internal/passkey"
	"github.com/aval-access/aval/services/identity/internal/postgres"
	"github.com/aval-access/aval/services/identity/internal/worker"
	"github.com/aval-access/aval/services/kit/config"
	"github.com/aval-access/aval/services/kit/host"
)

const name = "identity"

// Config is identity's configuration; its variables begin with AVAL_IDENTITY_.
type Config struct {
	host.Config

	SigningKeysDir string        `env:"SIGNING_KEYS_DIR,required" doc:"Folder of the Ed25519 keys that sign tokens, one PEM file a key; all are published, the last by name signs."`
	Pepper         config.Secret `env:"PEPPER,required" doc:"Secret mixed into passwords: <id>:<base64 of 32 random bytes>; after a comma older ones, which still verify."`

	PublicURL    string              `env:"PUBLIC_URL,required" doc:"Base of the pages, such as https://aval.example.com: passkeys are bound to its host and origin."`
	FactorPolicy domain.FactorPolicy `env:"FACTOR_POLICY" envDefault:"partner-administrators" doc:"Who may not act without a second factor: partner-administrators or none."`

	SignInTries       int `env:"SIGN_IN_TRIES" envDefault:"5" doc:"Wrong passwords or codes for one account before the next must wait, 2 s and doubling, at most 15 min."`
	SignInsPerNetwork int `env:"SIGN_INS_PER_NETWORK" envDefault:"100" doc:"Failed sign-ins from one network (/32, /56) in 10 min."`
	MailsPerHour      int `env:"MAILS_PER_HOUR" envDefault:"3" doc:"Mails that can be asked for about one account in an hour: resets, proofs of an address."`
	MailsPerDay       int `env:"MAILS_PER_DAY" envDefault:"10" doc:"The same in a day."`
	MailsPerNetwork   int `env:"MAILS_PER_NETWORK" envDefault:"20" doc:"Mails that can be asked for from one network in an hour."`
}

// pepperLen is the least length of a pepper's base64: 32 bytes.
const pepperLen = 44

// Validate refuses a pepper that is short, a sample's or malformed.
func (c Config) Validate() error {
	if err := c.Pepper.CheckKey(pepperLen); err != nil {
		return fmt.Errorf("reading PEPPER: %w", err)
	}
	if min(c.SignInTries, c.SignInsPerNetwork, c.MailsPerHour, c.MailsPerDay, c.MailsPerNetwork) < 1 {
		return errors.New("reading the limits: each must be 1 or more")
	}
	if c.FactorPolicy != domain.NoFactors && c.FactorPolicy != domain.PartnerAdministrators {
		return fmt.Errorf("reading FACTOR_POLICY: %q is neither partner-administrators nor none", c.FactorPolicy)
	}
	_, passkeyErr := passkey.New(c.PublicURL)
	_, pepperErr := credential.ParsePeppers(c.Pepper.Reveal())
	return errors.Join(passkeyErr, pepperErr)
}

func (c Config) limits() limit.Rules {
	return limit.Rules{
		SignInTries: c.SignInTries, SignInsPerNetwork: c.SignInsPerNetwork,
		MailsPerHour: c.MailsPerHour, MailsPerDay: c.MailsPerDay, MailsPerNetwork: c.MailsPerNetwork,
	}
}

// Migrate brings identity's database to this version.
func Migrate(ctx context.Context, cfg Config) error {
	return host.Migrate(ctx, host.Migration{
		Name: name, Config: cfg.Config, Schema: postgres.Migrations, Consumers: append(worker.Consumers(app.ConfirmErasure{}), worker.Leavers(app.EndSessions{})),
	})
}
