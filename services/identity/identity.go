// Package identity answers who somebody is: it keeps people and their
// passwords, opens and ends sessions, and signs the tokens that all services
// verify. Where people belong and what they may do is membership's.
package identity

import (
	"context"
	"fmt"

	"github.com/aval-access/aval/services/identity/internal/credential"
	"github.com/aval-access/aval/services/identity/internal/postgres"
	"github.com/aval-access/aval/services/kit/config"
	"github.com/aval-access/aval/services/kit/host"
)

const name = "identity"

// Config is identity's configuration; its variables begin with AVAL_IDENTITY_.
type Config struct {
	host.Config

	SigningKeysDir string        `env:"SIGNING_KEYS_DIR,required" doc:"Folder of the Ed25519 keys that sign tokens, one PEM file a key; all are published, the last by name signs."`
	Pepper         config.Secret `env:"PEPPER,required" doc:"Secret mixed into passwords: <id>:<base64 of 32 random bytes>; after a comma older ones, which still verify."`
}

// pepperLen is the least length of a pepper's base64: 32 bytes.
const pepperLen = 44

// Validate refuses a pepper that is short, a sample's or malformed.
func (c Config) Validate() error {
	if err := c.Pepper.CheckKey(pepperLen); err != nil {
		return fmt.Errorf("reading PEPPER: %w", err)
	}
	_, err := credential.ParsePeppers(c.Pepper.Reveal())
	return err
}

// Migrate brings identity's database to this version.
func Migrate(ctx context.Context, cfg Config) error {
	return host.Migrate(ctx, host.Migration{Name: name, Config: cfg.Config, Schema: postgres.Migrations})
}
