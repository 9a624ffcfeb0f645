package credential

import (
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"strings"
)

const (
	minPepper      = 32 // bytes
	defaultPepper  = "1"
	maxPepperCount = 8
)

// Peppers are the secrets that are mixed into every password before it is
// hashed, by id. New hashes take the current one; older ones still verify.
type Peppers struct {
	current string
	secrets map[string][]byte
}

// ParsePeppers reads "<id>:<base64>", several of them separated by commas, the
// current one first. A lone value without an id gets the id "1".
func ParsePeppers(text string) (Peppers, error) {
	p := Peppers{secrets: map[string][]byte{}}
	entries := strings.Split(text, ",")
	if len(entries) > maxPepperCount {
		return Peppers{}, errors.New("reading the pepper: too many of them")
	}
	for _, entry := range entries {
		name, encoded, ok := strings.Cut(strings.TrimSpace(entry), ":")
		if !ok {
			name, encoded = defaultPepper, name
		}
		if err := p.add(name, encoded); err != nil {
			return Peppers{}, fmt.Errorf("reading the pepper: %w", err)
		}
	}
	return p, nil
}

func (p *Peppers) add(name, encoded string) error {
	if !isPepperID(name) {
		return errors.New("an id is 1 to 16 lower-case letters, digits or hyphens")
	}
	if _, twice := p.secrets[name]; twice {
		return fmt.Errorf("the id %s stands twice", name)
	}
	secret, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return errors.New("a pepper must be base64")
	}
	if len(secret) < minPepper {
		return fmt.Errorf("a pepper needs %d random bytes", minPepper)
	}
	if p.current == "" {
		p.current = name
	}
	p.secrets[name] = secret
	return nil
}

func isPepperID(name string) bool {
	return regexp.MustCompile(`^[a-z0-9-]{1,16}$`).MatchString(name)
}
