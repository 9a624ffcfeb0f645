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

	"github.com/aval-access/aval/services/kit/pg"
)

// secrets are what a first start makes and later starts read again.
type secrets struct {
	Roles   map[string]pg.Passwords `json:"roles"`
	PageKey string                  `json:"page_key"`
	Pepper  string                  `json:"pepper"`
}

// loadSecrets reads the file, or makes it: no default secret exists.
func loadSecrets(dir string) (secrets, error) {
	path := filepath.Join(dir, "secrets.json")
	var s secrets
	content, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return makeSecrets(path)
	}
	if err != nil {
		return s, fmt.Errorf("reading the secrets: %w", err)
	}
	if err := json.Unmarshal(content, &s); err != nil {
		return s, fmt.Errorf("reading the secrets: %w", err)
	}
	return s, nil
}

func makeSecrets(path string) (secrets, error) {
	s := secrets{Roles: map[string]pg.Passwords{}, PageKey: randomBase64(), Pepper: randomBase64()}
	for _, name := range Services {
		s.Roles[name] = pg.Passwords{Migrate: randomHex(), App: randomHex(), System: randomHex()}
	}
	content, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return s, fmt.Errorf("writing the secrets: %w", err)
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		return s, fmt.Errorf("writing the secrets: %w", err)
	}
	return s, nil
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
