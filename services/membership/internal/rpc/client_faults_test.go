package rpc_test

import (
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/accessclient"
	"github.com/aval-access/aval/services/kit/grpcserver"
	"github.com/aval-access/aval/services/kit/grpctest"
	"github.com/aval-access/aval/services/kit/lifecycle/lifecycletest"
	"github.com/aval-access/aval/services/kit/telemetry"
	"github.com/aval-access/aval/services/membership/internal/app"
	"github.com/aval-access/aval/services/membership/internal/rpc"
)

// another starts one more server of the decision, at an address or at any.
func (b *bundle) another(addr string) (server *grpcserver.Server, stop func()) {
	b.Helper()
	decisions := b.replica()
	server, err := grpcserver.New(grpcserver.Options{
		Name: "membership", TLS: b.server.PKI.MTLS(b, "membership"), Telemetry: telemetry.Discard(),
		PlatformCallers: []string{grpctest.ID("demo-product")}, StopTimeout: 5 * time.Second,
	})
	require.NoError(b, err)
	membershipv1.RegisterAccessServiceServer(server.GRPC(), &rpc.Questions{Check: app.CheckAccess{Decisions: decisions}, Reaches: decisions})
	return server, lifecycletest.Run(b, server.Component(addr))
}

// T-05: without the server's word there is no yes, and its word is back soon
// after it is.
func TestAServerIsKilledAndComesBack(t *testing.T) {
	t.Parallel()
	b := setup(t)
	server, stop := b.another("127.0.0.1:0")
	addr := server.Addr()
	c := dial(t, b.clientOptions(addr))
	may, _ := b.questions()
	for range 3 {
		d, err := c.Check(bounded(t), may)
		require.NoError(t, err)
		require.True(t, d.Allowed)

		server.GRPC().Stop() // every connection breaks
		stop()
		for range 20 {
			d, err = c.Check(bounded(t), may)
			require.ErrorIs(t, err, accessclient.ErrUnavailable)
			require.Zero(t, d)
		}

		server, stop = b.another(addr)
		healed := time.Now()
		require.Eventually(t, func() bool {
			d, err := c.Check(bounded(t), may)
			return err == nil && d.Allowed
		}, patience, 10*time.Millisecond)
		require.Less(t, time.Since(healed), 5*time.Second)
	}
}

// A5: streams of clients that have nothing to say do not hold a server up.
func TestAServerStopsAtOnceUnderOpenStreams(t *testing.T) {
	t.Parallel()
	b := setup(t)
	server, stop := b.another("127.0.0.1:0")
	c := dial(t, b.clientOptions(server.Addr()))
	may, _ := b.questions()
	d, err := c.Check(bounded(t), may)
	require.NoError(t, err)
	require.True(t, d.Allowed)
	for _, err := range c.Watch(bounded(t), accessclient.Watched{Account: may.Account}) {
		require.NoError(t, err)
		began := time.Now()
		stop()
		require.Less(t, time.Since(began), 2*time.Second, "of the five that it would wait")
		break
	}
}

func TestACertificateIsRenewedUnderway(t *testing.T) {
	t.Parallel()
	b := setup(t)
	server, stop := b.another("127.0.0.1:0")
	o := b.clientOptions(server.Addr())
	stranger := b.server.PKI.Config(t, "somebody")
	mine := map[string][]byte{}
	for from, to := range map[string]string{o.CertFile: stranger.CertFile, o.KeyFile: stranger.KeyFile} {
		text, err := os.ReadFile(from)
		require.NoError(t, err)
		mine[to] = text
	}
	o.CertFile, o.KeyFile = stranger.CertFile, stranger.KeyFile
	c := dial(t, o)
	may, _ := b.questions()
	refused := func() bool {
		var err error
		require.Eventually(t, func() bool {
			_, err = c.Check(bounded(t), may)
			return err == nil || status.Code(err) == codes.PermissionDenied
		}, patience, 10*time.Millisecond)
		return err != nil
	}
	require.True(t, refused(), "nobody in particular may not ask")

	for path, text := range mine {
		require.NoError(t, os.WriteFile(path, text, 0o600))
	}
	for refused() { // the files are looked at once a second, by handshakes
		stop()
		server, stop = b.another(server.Addr())
	}
}
