package config

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
)

// redacted is what every printed form of a secret shows.
const redacted = "[redacted]"

// Secret is a text that shows itself only through Reveal: fmt, json, slog,
// gob and text encoders print [redacted]. The text stands behind a pointer so
// that printing a struct around it shows no more than an address.
type Secret struct{ text *string }

// NewSecret wraps a text.
func NewSecret(text string) Secret { return Secret{text: &text} }

// Reveal gives the text itself.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// IsZero tells whether there is no text.
func (s Secret) IsZero() bool { return s.Reveal() == "" }

// CheckKey refuses a secret that may not start a service: missing, shorter
// than min bytes, one character repeated, or a well-known sample.
func (s Secret) CheckKey(min int) error {
	text := s.Reveal()
	if text == "" {
		return errors.New("the secret is missing")
	}
	if len(text) < min {
		return fmt.Errorf("the secret is too short: it needs %d bytes", min)
	}
	if strings.Trim(text, text[:1]) == "" || isSample(text) {
		return errors.New("the secret is a known sample: make a random one")
	}
	return nil
}

// isSample knows the values that documentation and habit put in place of a
// secret.
func isSample(text string) bool {
	plain := strings.ToLower(text)
	samples := []string{"changeme", "change-me", "change_me", "password", "example", "placeholder", "secretsecret", "0123456789", "1234567890"}
	return slices.ContainsFunc(samples, func(sample string) bool { return strings.Contains(plain, sample) })
}

// UnmarshalText reads the text from a variable.
func (s *Secret) UnmarshalText(text []byte) error {
	*s = NewSecret(string(text))
	return nil
}

// Format implements fmt.Formatter for every verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// String implements fmt.Stringer.
func (s Secret) String() string { return redacted }

// MarshalText implements encoding.TextMarshaler, and with it JSON and YAML.
func (s Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// GobEncode implements gob.GobEncoder.
func (s Secret) GobEncode() ([]byte, error) { return []byte(redacted), nil }

// LogValue implements slog.LogValuer.
func (s Secret) LogValue() slog.Value { return slog.StringValue(redacted) }
