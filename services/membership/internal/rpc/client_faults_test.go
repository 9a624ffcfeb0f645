package rpc_test

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/status"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/accessclient"
	"github.com/aval-access/aval/services/kit/authn"
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
		PlatformCallers: []string{grpctest.ID("demo-product")}, StopTimeout: patience,
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
		require.Less(t, time.Since(began), 2*time.Second, "of a minute that it would wait")
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

func TestOnlyTheServerThatIsNamedIsAsked(t *testing.T) {
	t.Parallel()
	b := setup(t)
	may, _ := b.questions()
	another := b.clientOptions(b.server.Addr())
	another.Server = grpctest.ID("consent")
	elsewhere := b.clientOptions(b.server.Addr())
	elsewhere.CAFile = grpctest.NewPKI(t).Config(t, "membership").CAFile
	for name, o := range map[string]accessclient.Options{"another workload": another, "another authority": elsewhere} {
		d, err := dial(t, o).Check(bounded(t), may)
		require.ErrorIs(t, err, accessclient.ErrUnavailable, name)
		require.Zero(t, d, name)
	}
	for name, spoil := range map[string]func(*accessclient.Options){
		"no id":          func(o *accessclient.Options) { o.Server = "membership" },
		"no certificate": func(o *accessclient.Options) { o.CertFile = "nowhere.pem" },
		"no authority":   func(o *accessclient.Options) { o.CAFile = o.KeyFile },
	} {
		o := b.clientOptions(b.server.Addr())
		spoil(&o)
		_, err := accessclient.Dial(t.Context(), o)
		require.Error(t, err, name)
	}
}

// liar is a server that is not ours, under our server's name.
type liar struct {
	membershipv1.UnimplementedAccessServiceServer
	say func(request *membershipv1.StreamCheckAccessRequest) []*membershipv1.StreamCheckAccessResponse
}

func (l liar) StreamCheckAccess(
	stream grpc.BidiStreamingServer[membershipv1.StreamCheckAccessRequest, membershipv1.StreamCheckAccessResponse],
) error {
	for {
		request, err := stream.Recv()
		if err != nil {
			return err
		}
		for _, one := range l.say(request) {
			if err := stream.Send(one); err != nil {
				return err
			}
		}
	}
}

// T-05: what is no answer to the question is no yes, and what hangs is left.
func TestGarbageIsNoAnswer(t *testing.T) {
	t.Parallel()
	b := setup(t)
	mtls := b.server.PKI.MTLS(t, "membership")
	may, _ := b.questions()
	yes := &membershipv1.CheckAccessResponse{Allowed: true, Source: accessclient.ByMembership}
	two := &membershipv1.StreamCheckAccessResponse{Results: []*membershipv1.CheckAccessResponse{yes, yes}}
	for name, say := range map[string]func(*membershipv1.StreamCheckAccessRequest) []*membershipv1.StreamCheckAccessResponse{
		"too many answers": func(*membershipv1.StreamCheckAccessRequest) []*membershipv1.StreamCheckAccessResponse {
			return []*membershipv1.StreamCheckAccessResponse{two}
		},
		"an empty answer": func(*membershipv1.StreamCheckAccessRequest) []*membershipv1.StreamCheckAccessResponse {
			return []*membershipv1.StreamCheckAccessResponse{{}}
		},
		"silence": func(*membershipv1.StreamCheckAccessRequest) []*membershipv1.StreamCheckAccessResponse { return nil },
	} {
		server := grpc.NewServer(grpc.Creds(credentials.NewTLS(mtls.ServerTLS())))
		membershipv1.RegisterAccessServiceServer(server, liar{say: say})
		listener := listen(t)
		go func() { _ = server.Serve(listener) }()
		t.Cleanup(server.Stop)
		askInVain(t, b.clientOptions(listener.Addr().String()), may, name)
	}
	askInVain(t, b.clientOptions(noise(t, mtls)), may, "noise")
}

func askInVain(t *testing.T, o accessclient.Options, q accessclient.Question, name string) {
	t.Helper()
	o.Timeout = 200 * time.Millisecond
	c := dial(t, o)
	for range 3 {
		d, err := c.Check(bounded(t), q)
		require.ErrorIs(t, err, accessclient.ErrUnavailable, name)
		require.Zero(t, d, name)
	}
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	return listener
}

// noise answers every byte with others, inside TLS.
func noise(t *testing.T, mtls *authn.MTLS) (addr string) {
	t.Helper()
	config := mtls.ServerTLS()
	config.NextProtos = []string{"h2"}
	listener := tls.NewListener(listen(t), config)
	ended := make(chan struct{})
	t.Cleanup(func() { _ = listener.Close(); <-ended })
	go func() {
		defer close(ended)
		for {
			conn, err := listener.Accept()
			if errors.Is(err, net.ErrClosed) {
				return
			}
			if err == nil {
				_, _ = conn.Write(make([]byte, 1<<10))
				_, _ = io.CopyN(io.Discard, conn, 1)
				_ = conn.Close()
			}
		}
	}()
	return listener.Addr().String()
}
