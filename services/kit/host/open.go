package host

import (
	"context"
	"errors"
	"fmt"

	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/bus"
	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/grpcclient"
	"github.com/aval-access/aval/services/kit/page"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/telemetry"
	"google.golang.org/grpc"
)

// Open opens everything that the configuration names; on an error nothing
// stays open.
func Open(ctx context.Context, name string, c Config) (*Host, error) {
	h := newHost(name, c)
	return h.open(ctx, h.openTelemetry, h.openPages, h.openTLS, h.openPeers, h.openDB, h.openBus)
}

// OpenWithoutBus is Open for a process that answers questions and has nothing to
// tell: it needs no broker, and is run by Serve.
func OpenWithoutBus(ctx context.Context, name string, c Config) (*Host, error) {
	h := newHost(name, c)
	return h.open(ctx, h.openTelemetry, h.openPages, h.openTLS, h.openPeers, h.openDB)
}

func newHost(name string, c Config) *Host {
	return &Host{Name: name, Clock: clock.System{}, config: c, conns: map[string]*grpc.ClientConn{}}
}

func (h *Host) open(ctx context.Context, steps ...func(context.Context) error) (*Host, error) {
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return nil, fmt.Errorf("opening %s: %w", h.Name, errors.Join(err, h.Close()))
		}
	}
	return h, nil
}

func (h *Host) openTelemetry(ctx context.Context) error {
	t, stop, err := telemetry.Start(ctx, h.Name, h.config.Config, telemetry.WithSpanProcessor(h.config.Spans))
	if err != nil {
		return err
	}
	h.Telemetry, h.Log = t, t.Log
	h.opened.Add(stop)
	return nil
}

func (h *Host) openPages(context.Context) error {
	key, err := h.config.SealingKey()
	if err != nil {
		return err
	}
	h.Pages, err = page.NewSealer(h.Clock, key)
	return err
}

func (h *Host) openTLS(context.Context) (err error) {
	h.TLS, err = authn.NewMTLS(h.config.TLSConfig, h.Log)
	return err
}

func (h *Host) openPeers(context.Context) error {
	for name, target := range h.config.Peers {
		conn, err := grpcclient.Dial(target, grpcclient.Options{TLS: h.TLS, Server: h.TLS.ServiceID(name), Telemetry: h.Telemetry})
		if err != nil {
			return err
		}
		h.conns[name] = conn
		h.opened.Add(func(context.Context) error { return conn.Close() })
	}
	return nil
}

func (h *Host) openDB(ctx context.Context) (err error) {
	h.DB, err = pg.Open(ctx, pg.Config{
		AppURL:    h.config.DatabaseURL,
		SystemURL: h.config.SystemDatabaseURL,
		MaxConns:  h.config.DatabaseMaxConns,
		Tracer:    h.Telemetry.Tracer,
	})
	if err != nil {
		return err
	}
	h.opened.Add(func(context.Context) error { h.DB.Close(); return nil })
	return nil
}

func (h *Host) openBus(context.Context) (err error) {
	h.Bus, err = bus.Connect(h.config.bus(h.Name))
	if err != nil {
		return err
	}
	h.opened.Add(func(context.Context) error { h.Bus.Close(); return nil })
	return nil
}
