package config_test

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/config"
)

type settings struct {
	Listen string        `env:"LISTEN" envDefault:"127.0.0.1:0" doc:"Address that the service listens on."`
	Wait   time.Duration `env:"WAIT" envDefault:"10s" doc:"Longest wait | in words."`
	Max    int           `env:"MAX" envDefault:"4"`
	Names  []string      `env:"NAMES"`
	DB     database      `envPrefix:"DB_"`
}

type database struct {
	URL config.Secret `env:"URL,required" doc:"Where the database is."`
}

func TestParse(t *testing.T) {
	t.Parallel()
	got, err := config.ParseFrom[settings]("AVAL_X_", map[string]string{
		"AVAL_X_DB_URL": "postgres://a:b@c/d",
		"AVAL_X_NAMES":  "a,b",
	})
	require.NoError(t, err)
	require.Equal(t, "127.0.0.1:0", got.Listen)
	require.Equal(t, 10*time.Second, got.Wait)
	require.Equal(t, []string{"a", "b"}, got.Names)
	require.Equal(t, "postgres://a:b@c/d", got.DB.URL.Reveal())
}

func TestEveryBadValueIsReportedAtOnce(t *testing.T) {
	t.Parallel()
	_, err := config.ParseFrom[settings]("AVAL_X_", map[string]string{
		"AVAL_X_WAIT": "soon",
		"AVAL_X_MAX":  "many",
	})
	require.ErrorContains(t, err, "Wait")
	require.ErrorContains(t, err, "Max")
	require.ErrorContains(t, err, "AVAL_X_DB_URL")
}

func TestSecretFromFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "url")
	require.NoError(t, os.WriteFile(path, []byte("from-file\n"), 0o400))

	got, err := config.ParseFrom[settings]("", map[string]string{"DB_URL_FILE": path})
	require.NoError(t, err)
	require.Equal(t, "from-file", got.DB.URL.Reveal())

	_, err = config.ParseFrom[settings]("", map[string]string{"DB_URL_FILE": path, "DB_URL": "x"})
	require.ErrorContains(t, err, "both set")

	_, err = config.ParseFrom[settings]("", map[string]string{"DB_URL_FILE": path + ".none"})
	require.ErrorContains(t, err, "DB_URL_FILE")
	require.NotContains(t, err.Error(), "required")
}

type checked struct {
	Low  int `env:"LOW" envDefault:"2"`
	High int `env:"HIGH" envDefault:"1"`
}

func (c checked) Validate() error {
	if c.Low > c.High {
		return errors.New("LOW is above HIGH")
	}
	return nil
}

func TestValidateIsCalled(t *testing.T) {
	t.Parallel()
	_, err := config.ParseFrom[checked]("", nil)
	require.ErrorContains(t, err, "LOW is above HIGH")
}

func TestDocs(t *testing.T) {
	t.Parallel()
	require.Equal(t, `| Variable | Type | Default | Meaning |
|---|---|---|---|
| `+"`AVAL_X_LISTEN`"+` | string | `+"`127.0.0.1:0`"+` | Address that the service listens on. |
| `+"`AVAL_X_WAIT`"+` | duration | `+"`10s`"+` | Longest wait \| in words. |
| `+"`AVAL_X_MAX`"+` | int | `+"`4`"+` |  |
| `+"`AVAL_X_NAMES`"+` | list |  |  |
| `+"`AVAL_X_DB_URL` or `AVAL_X_DB_URL_FILE`"+` | secret | **required** | Where the database is. |
`, config.Docs[settings]("AVAL_X_"))
}

func TestSecretNeverPrintsItself(t *testing.T) {
	t.Parallel()
	secret := config.NewSecret("hunter2")
	type hidden struct{ s config.Secret }

	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&out, verb+verb+verb, secret, struct{ S config.Secret }{secret}, hidden{secret})
		fmt.Fprintf(&out, verb, &secret)
	}
	require.NoError(t, json.NewEncoder(&out).Encode(map[string]any{"a": secret, "b": &secret}))
	require.NoError(t, gob.NewEncoder(&out).Encode(struct{ S config.Secret }{secret}))
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "secret", secret)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "all", struct{ S config.Secret }{secret})

	require.NotContains(t, out.String(), "hunter2")
	require.NotContains(t, out.String(), fmt.Sprintf("%x", "hunter2"))
	require.Contains(t, out.String(), "[redacted]")
}

func TestCheckKeyRefusesWeakSecrets(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"", "short", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "changeme-changeme-changeme-changeme"} {
		require.Error(t, config.NewSecret(bad).CheckKey(32), bad)
	}
	require.NoError(t, config.NewSecret("q8Zr1VwXo3Lk9TfYb2Nc7MhJd5Gs4PaE").CheckKey(32))
}
