package identity_test

import (
	"context"
	"encoding/base64"
	"net"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/identity"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/bustest"
	"github.com/aval-access/aval/services/kit/config"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/grpcclient"
	"github.com/aval-access/aval/services/kit/grpctest"
	"github.com/aval-access/aval/services/kit/host"
	"github.com/aval-access/aval/services/kit/jwtkey"
	"github.com/aval-access/aval/services/kit/pgtest"
	"github.com/aval-access/aval/services/kit/telemetry"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// settings is a whole service from an empty database on, alone.
func settings(t *testing.T, tls authn.TLSConfig) identity.Config {
	t.Helper()
	keys := filepath.Join(t.TempDir(), "keys")
	_, err := jwtkey.Ensure(keys)
	require.NoError(t, err)
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	urls := pgtest.Empty(t, "identity")
	key := config.NewSecret(base64.StdEncoding.EncodeToString([]byte("thirty-two-bytes-of-no-real-key!")))
	return identity.Config{
		Config: host.Config{
			Config:             telemetry.Config{},
			TLSConfig:          tls,
			Listener:           listener,
			InProcessNATS:      bustest.Server(t).InProcess(),
			DatabaseURL:        config.NewSecret(urls.App),
			SystemDatabaseURL:  config.NewSecret(urls.System),
			MigrateDatabaseURL: config.NewSecret(urls.Migrate),
			Issuer:             grpctest.Issuer,
			PageKey:            key,
		},
		SigningKeysDir: keys,
		Pepper:         key,
		PublicURL:      "https://aval.test",
		FactorPolicy:   "partner-administrators",
		SignInTries:    5, SignInsPerNetwork: 100, MailsPerHour: 3, MailsPerDay: 10, MailsPerNetwork: 20,
	}
}

func TestServiceStartsAnswersAndStops(t *testing.T) {
	t.Parallel()
	pki := grpctest.NewPKI(t)
	cfg := settings(t, pki.Config(t, "identity"))
	require.NoError(t, identity.Migrate(t.Context(), cfg))
	require.NoError(t, identity.Migrate(t.Context(), cfg), "migrating again changes nothing")

	ctx, stop := context.WithCancel(t.Context())
	ready, ended := make(chan struct{}), make(chan error, 1)
	cfg.OnReady = func() { close(ready) }
	go func() { ended <- identity.Run(ctx, cfg) }()
	select {
	case <-ready:
	case err := <-ended:
		require.NoError(t, err, "the service did not start")
	case <-time.After(20 * time.Second):
		require.Fail(t, "the service did not get ready in time")
	}

	conn, err := grpcclient.Dial(cfg.Listener.Addr().String(), grpcclient.Options{
		TLS: pki.MTLS(t, "gateway"), Server: grpctest.ID("identity"), Telemetry: telemetry.Discard(),
	})
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close()) }()
	_, err = identityv1.NewAuthServiceClient(conn).SignIn(t.Context(),
		&identityv1.SignInRequest{Email: "inconnu@cabinet.fr", Password: "quatre chevaux verts"})
	require.True(t, fault.Is(err, reasonv1.Reason_REASON_CREDENTIALS_REFUSED), "%v", err)

	stop()
	require.NoError(t, <-ended)
}

// start is what the command does with what it read.
func start(ctx context.Context, cfg identity.Config) error {
	if err := cfg.Validate(); err != nil {
		return err
	}
	return identity.Run(ctx, cfg)
}

func TestServiceRefusesToStart(t *testing.T) {
	t.Parallel()
	whole := settings(t, grpctest.NewPKI(t).Config(t, "identity"))
	for name, spoil := range map[string]func(*identity.Config){
		"without a pepper":       func(c *identity.Config) { c.Pepper = config.Secret{} },
		"with a short pepper":    func(c *identity.Config) { c.Pepper = config.NewSecret("c2hvcnQ=") },
		"with a sample's pepper": func(c *identity.Config) { c.Pepper = config.NewSecret("changemechangemechangemechangemechangemecha=") },
		"without a signing key":  func(c *identity.Config) { c.SigningKeysDir = t.TempDir() },
		"without a public URL":   func(c *identity.Config) { c.PublicURL = "" },
		"with another policy":    func(c *identity.Config) { c.FactorPolicy = "all" },
		"without an issuer":      func(c *identity.Config) { c.Issuer = "" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := whole
			spoil(&cfg)
			require.Error(t, start(t.Context(), cfg))
		})
	}
}
