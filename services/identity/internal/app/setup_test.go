package app_test

import (
	"context"
	"encoding/base64"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/identity/internal/app"
	"github.com/aval-access/aval/services/identity/internal/credential"
	"github.com/aval-access/aval/services/identity/internal/device"
	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/identity/internal/issuer"
	"github.com/aval-access/aval/services/identity/internal/limit"
	"github.com/aval-access/aval/services/identity/internal/postgres"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/email"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/jwtkey"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

const (
	issuerName = "https://id.aval.test"
	address    = "camille.martin@cabinet.fr"
	password   = "quatre chevaux verts dansent"
)

// bundle is identity's use cases on a database of their own and a clock that
// the test moves.
type bundle struct {
	db       *pg.DB
	clock    *clock.Manual
	issuer   *issuer.Issuer
	verifier *authn.Verifier
	check    app.CheckPassword

	signIn   app.SignIn
	register app.Register
	rotate   app.Rotate
	signOut  app.SignOut
	resolve  app.ResolveSession
	end      app.EndSessions
}

func setup(t *testing.T) *bundle {
	t.Helper()
	dir := t.TempDir()
	_, err := jwtkey.Generate(dir)
	require.NoError(t, err)
	b := &bundle{
		db:    pgtest.DB(t, "identity", postgres.Migrations),
		clock: clock.NewManual(time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)),
	}
	b.check = checker(t, b, limits())
	b.issuer, err = issuer.New(issuerName, dir)
	require.NoError(t, err)
	b.verifier, err = authn.NewVerifier(authn.VerifierOptions{Keys: b.issuer, Issuer: issuerName, Clock: b.clock})
	require.NoError(t, err)
	rules := domain.PasswordRules{Known: func(string) bool { return false }, Brand: []string{"aval"}}
	b.signIn = app.SignIn{DB: b.db, Clock: b.clock, Check: b.check, Log: slog.New(slog.DiscardHandler)}
	b.register = app.Register{DB: b.db, Clock: b.clock, Hasher: b.check.Hasher, Rules: rules, Devices: b.check.Devices}
	b.rotate = app.Rotate{DB: b.db, Clock: b.clock}
	b.signOut = app.SignOut{DB: b.db, Clock: b.clock}
	b.resolve = app.ResolveSession{DB: b.db, Clock: b.clock, Issuer: b.issuer}
	b.end = app.EndSessions{DB: b.db, Clock: b.clock}
	return b
}

func limits() limit.Rules {
	return limit.Rules{SignInTries: 5, SignInsPerNetwork: 100, MailsPerHour: 3, MailsPerDay: 10, MailsPerNetwork: 20}
}

// unlimited is for tests of what the limits would hide.
func unlimited() limit.Rules {
	return limit.Rules{SignInTries: 1e6, SignInsPerNetwork: 1e6, MailsPerHour: 1e6, MailsPerDay: 1e6, MailsPerNetwork: 1e6}
}

func checker(t *testing.T, b *bundle, r limit.Rules) app.CheckPassword {
	t.Helper()
	key := []byte(strings.Repeat("a key of 32 bytes or more, ", 2))
	devices, err := device.NewSealer(key, b.clock)
	require.NoError(t, err)
	limits, err := limit.New(b.db, b.clock, key, r)
	require.NoError(t, err)
	return app.CheckPassword{Hasher: hasher(t, "k1"), Limits: limits, Devices: devices}
}

// hasher takes its pepper's secret from the id.
func hasher(t *testing.T, ids ...string) *credential.Hasher {
	t.Helper()
	var all []string
	for _, name := range ids {
		all = append(all, name+":"+base64.StdEncoding.EncodeToString([]byte(strings.Repeat(name, 20))))
	}
	peppers, err := credential.ParsePeppers(strings.Join(all, ","))
	require.NoError(t, err)
	return credential.NewHasher(peppers)
}

func registration(t *testing.T, text string) app.Registration {
	t.Helper()
	parsed, err := email.Parse(text)
	require.NoError(t, err)
	return app.Registration{Proof: app.Proof{Address: parsed, Locale: "fr"}, Password: password}
}

func (b *bundle) registered(t *testing.T, text string) app.Opened {
	t.Helper()
	opened, err := b.register.Do(t.Context(), registration(t, text))
	require.NoError(t, err)
	return opened
}

func (b *bundle) signedIn(t *testing.T, text string) app.Opened {
	t.Helper()
	opened, err := b.signIn.Do(t.Context(), typed(text, password))
	require.NoError(t, err)
	return opened
}

func typed(address, password string) app.Credentials {
	return app.Credentials{Address: address, Password: password}
}

func (b *bundle) chosen(t *testing.T, from app.Opened, organization id.ID) app.Opened {
	t.Helper()
	opened, err := b.rotate.Do(t.Context(), app.Selection{
		SessionID: from.Session.ID, UserID: from.Session.UserID, OrganizationID: organization, Name: "Camille Martin",
	})
	require.NoError(t, err)
	return opened
}

func (b *bundle) resolves(t *testing.T, o app.Opened) error {
	t.Helper()
	_, err := b.resolve.Do(t.Context(), o.Token.String(), domain.Origin{})
	return err
}

// subjects lists the events in the outbox, in order.
func (b *bundle) subjects(t *testing.T) []string {
	t.Helper()
	var out []string
	require.NoError(t, b.db.InApp(t.Context(), func(ctx context.Context, tx pg.Tx) error {
		rows, err := tx.Query(ctx, "SELECT subject FROM outbox ORDER BY position LIMIT 100")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var subject string
			if err := rows.Scan(&subject); err != nil {
				return err
			}
			out = append(out, subject)
		}
		return rows.Err()
	}))
	return out
}
