package natsboot_test

import (
	"testing"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/aval-access/aval/services/kit/bus"
	"github.com/aval-access/aval/services/kit/natsboot"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestEventsSurviveARestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	publishOnce(t, dir)

	server, err := natsboot.Start(natsboot.Options{StoreDir: dir})
	require.NoError(t, err)
	defer server.Stop()
	conn := connect(t, server)
	defer conn.Close()
	stream, err := conn.JS().Stream(t.Context(), bus.StreamConsent)
	require.NoError(t, err)
	require.EqualValues(t, 1, stream.CachedInfo().State.Msgs)
}

func TestAFolderIsRequired(t *testing.T) {
	t.Parallel()
	_, err := natsboot.Start(natsboot.Options{})
	require.Error(t, err)
}

func publishOnce(t *testing.T, dir string) {
	t.Helper()
	server, err := natsboot.Start(natsboot.Options{StoreDir: dir})
	require.NoError(t, err)
	defer server.Stop()
	conn := connect(t, server)
	defer conn.Close()
	require.NoError(t, bus.Streams(t.Context(), conn.JS()))
	for range 2 {
		_, err := conn.JS().Publish(t.Context(), "aval.consent.v1.sample.made", nil, jetstream.WithMsgID("same"))
		require.NoError(t, err)
	}
}

func connect(t *testing.T, server *natsboot.Server) *bus.Conn {
	t.Helper()
	conn, err := bus.Connect(bus.Config{Name: "test", InProcess: server.InProcess()})
	require.NoError(t, err)
	return conn
}
