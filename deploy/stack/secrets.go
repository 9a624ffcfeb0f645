package stack

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/aval-access/aval/deploy/broker"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/wholefile"
)

// secrets are what a first start makes and later starts read again.
type secrets struct {
	Roles  map[string]pg.Passwords `json:"roles"`
	Pepper string                  `json:"pepper"`
	// PageKeys seal page tokens and forms, each by one program alone.
	PageKeys map[string]string `json:"page_keys"`
	// Seeds are of the users of NATS.
	Seeds map[string]string `json:"nats_seeds"`
	// Admin is the password of Postgres's administrator, where this folder is
	// what the cluster is made from.
	Admin string `json:"admin"`
}

// loadSecrets reads the file and makes what it lacks: no default secret exists.
func loadSecrets(dir string) (secrets, error) {
	path := filepath.Join(dir, "secrets.json")
	s, err := readSecrets(path)
	if err != nil {
		return s, fmt.Errorf("reading the secrets: %w", err)
	}
	made, err := s.complete()
	if err != nil || !made {
		return s, err
	}
	content, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return s, fmt.Errorf("writing the secrets: %w", err)
	}
	if err := wholefile.Write(path, content, 0o600); err != nil {
		return s, fmt.Errorf("writing the secrets: %w", err)
	}
	return s, nil
}

func readSecrets(path string) (secrets, error) {
	var s secrets
	content, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return s, err
	}
	return s, json.Unmarshal(content, &s)
}

// complete makes what is missing and tells whether anything was.
func (s *secrets) complete() (made bool, err error) {
	if s.Admin == "" {
		s.Admin, made = randomHex(), true
	}
	if s.Roles == nil {
		s.Roles, s.Pepper, made = map[string]pg.Passwords{}, randomBase64(), true
		for _, name := range Services {
			s.Roles[name] = pg.Passwords{Migrate: randomHex(), App: randomHex(), System: randomHex()}
		}
	}
	if s.PageKeys == nil {
		s.PageKeys, made = map[string]string{}, true
		for _, name := range programs() {
			s.PageKeys[name] = randomBase64()
		}
	}
	seeded, err := s.completeSeeds()
	return made || seeded, err
}

// completeSeeds gives a seed to each user of NATS that has none: a new version
// may have more of them.
func (s *secrets) completeSeeds() (made bool, err error) {
	if s.Seeds == nil {
		s.Seeds = map[string]string{}
	}
	for _, grant := range broker.Grants() {
		if s.Seeds[grant.User] != "" {
			continue
		}
		if s.Seeds[grant.User], err = broker.NewSeed(); err != nil {
			return made, err
		}
		made = true
	}
	return made, nil
}

func randomHex() string { return hex.EncodeToString(random32()) }

func randomBase64() string { return base64.StdEncoding.EncodeToString(random32()) }

// random32 cannot fail: crypto/rand.Read ends the process rather than return
// less.
func random32() []byte {
	b := make([]byte, 32)
	_, _ = rand.Read(b)
	return b
}
