package token_test

import (
	"bytes"
	"log/slog"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/token"
)

func TestTokenReadsBack(t *testing.T) {
	t.Parallel()
	for _, kind := range []token.Kind{token.Invitation, token.Consent, token.Stop, token.Reset, token.Session, token.Support, token.Device} {
		made := token.New(kind)
		require.Regexp(t, regexp.MustCompile(`^avl_`+string(kind)+`1_[A-Za-z0-9_-]{43}[0-9A-Za-z]{6}$`), made.String())
		read, err := token.Parse(kind, made.String())
		require.NoError(t, err)
		require.Equal(t, made, read)
		require.Equal(t, made.Hash(), read.Hash())
		require.Len(t, made.Hash(), 32)
	}
}

func TestTheSameSecretGivesTheSameToken(t *testing.T) {
	t.Parallel()
	require.Equal(t, token.Of(token.Device, "a").String(), token.Of(token.Device, "a").String())
	require.NotEqual(t, token.Of(token.Device, "a"), token.Of(token.Device, "b"))
	require.NotEqual(t, token.Of(token.Device, "a").Hash(), token.Of(token.Session, "a").Hash())
}

func TestHashIsBoundToTheKind(t *testing.T) {
	t.Parallel()
	made := token.New(token.Invitation)
	_, err := token.Parse(token.Consent, made.String())
	require.ErrorIs(t, err, token.ErrMalformed)
	require.NotEqual(t, token.New(token.Invitation).Hash(), made.Hash())
}

func TestParseIsExact(t *testing.T) {
	t.Parallel()
	good := token.New(token.Invitation).String()
	for name, text := range map[string]string{
		"empty":         "",
		"truncated":     good[:len(good)-1],
		"longer":        good + "A",
		"space":         good + " ",
		"changed digit": flip(good, 20),
		"changed sum":   flip(good, len(good)-1),
		"upper prefix":  strings.Replace(good, "avl", "AVL", 1),
		"padding":       good[:51] + "=" + good[52:],
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := token.Parse(token.Invitation, text)
			require.ErrorIs(t, err, token.ErrMalformed)
		})
	}
}

// flip changes one character for another of the alphabet.
func flip(text string, at int) string {
	other := byte('A')
	if text[at] == other {
		other = 'B'
	}
	return text[:at] + string(other) + text[at+1:]
}

func TestLogDoesNotShowTheToken(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	made := token.New(token.Session)
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "carried", made)
	require.NotContains(t, out.String(), made.String())
}

// What parses is exactly what is printed: no second spelling of a token.
func FuzzParse(f *testing.F) {
	f.Add(token.New(token.Invitation).String())
	f.Add("avl_inv1_")
	f.Fuzz(func(t *testing.T, text string) {
		read, err := token.Parse(token.Invitation, text)
		if err == nil && read.String() != text {
			t.Fatalf("%q read as %q", text, read.String())
		}
	})
}
