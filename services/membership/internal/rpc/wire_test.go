package rpc_test

import (
	"bytes"
	"context"
	"net"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/config"
	"github.com/aval-access/aval/services/kit/pg"
)

// fate is what becomes of one commit.
type fate struct {
	// lost never arrives, unanswered does and its answer never; the connection
	// is gone either way.
	lost, unanswered bool
	// before and after are how long it takes more.
	before, after time.Duration
}

// wire is the service's way to Postgres. It meddles with commits.
type wire struct {
	network, target string
	listener        net.Listener
	serving         sync.WaitGroup
	// meddle is asked at every commit; nil: all arrive.
	meddle atomic.Pointer[func() fate]
}

// overWire opens the database by way of a wire.
func overWire(t *testing.T, urls pg.URLs) (*pg.DB, *wire) {
	t.Helper()
	direct, err := pgconn.ParseConfig(urls.System)
	require.NoError(t, err)
	w := &wire{}
	w.network, w.target = pgconn.NetworkAddress(direct.Host, direct.Port)
	w.listener, err = net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	w.serving.Go(w.serve)
	t.Cleanup(func() {
		_ = w.listener.Close()
		w.serving.Wait()
	})
	db, err := pg.Open(t.Context(), pg.Config{
		AppURL: config.NewSecret(w.by(t, urls.App)), SystemURL: config.NewSecret(w.by(t, urls.System)),
	})
	require.NoError(t, err)
	t.Cleanup(db.Close) // first: it ends the connections
	return db, w
}

func (w *wire) by(t *testing.T, raw string) string {
	t.Helper()
	u, err := url.Parse(raw)
	require.NoError(t, err)
	query := u.Query()
	query.Del("host")
	query.Del("port")
	u.Host, u.RawQuery = w.listener.Addr().String(), query.Encode()
	return u.String()
}

// next has one commit meet a fate.
func (w *wire) next(f fate) {
	var met atomic.Bool
	once := func() fate {
		if met.Swap(true) {
			return fate{}
		}
		return f
	}
	w.meddle.Store(&once)
}

func (w *wire) fate() fate {
	if meddle := w.meddle.Load(); meddle != nil {
		return (*meddle)()
	}
	return fate{}
}

func (w *wire) serve() {
	for {
		client, err := w.listener.Accept()
		if err != nil {
			return // the test is over
		}
		w.serving.Go(func() { w.carry(client) })
	}
}

func (w *wire) carry(client net.Conn) {
	defer client.Close()
	server, err := net.Dial(w.network, w.target)
	if err != nil {
		return
	}
	defer server.Close()
	c := carried{wire: w, client: client, server: server}
	var answers sync.WaitGroup
	answers.Go(c.answer)
	c.ask()
	_ = server.Close()
	answers.Wait()
}

// carried is one connection.
type carried struct {
	*wire
	client, server net.Conn
	silent         atomic.Bool
	late           atomic.Int64
}

func (c *carried) ask() {
	buffer := make([]byte, 1<<16)
	for {
		n, err := c.client.Read(buffer)
		if err != nil {
			return
		}
		if commits(buffer[:n]) {
			f := c.fate()
			clock.Wait(context.Background(), f.before)
			if f.lost {
				return
			}
			c.silent.Store(f.unanswered)
			c.late.Store(int64(f.after))
		}
		if _, err := c.server.Write(buffer[:n]); err != nil {
			return
		}
	}
}

// commits tells whether what is asked commits: in words, or as the one round trip
// of pg.AtOnce that ends grants, whose reason is an argument.
func commits(asked []byte) bool {
	return bytes.Contains(asked, []byte("commit\x00")) || bytes.Contains(asked, []byte("grants.end"))
}

func (c *carried) answer() {
	defer c.client.Close()
	buffer := make([]byte, 1<<16)
	for {
		n, err := c.server.Read(buffer)
		clock.Wait(context.Background(), time.Duration(c.late.Swap(0)))
		if err != nil || c.silent.Load() {
			return
		}
		if _, err := c.client.Write(buffer[:n]); err != nil {
			return
		}
	}
}
