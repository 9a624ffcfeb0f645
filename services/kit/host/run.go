package host

import (
	"context"
	"errors"

	"github.com/aval-access/aval/services/kit/bus"
	"github.com/aval-access/aval/services/kit/lifecycle"
	"github.com/aval-access/aval/services/kit/outbox"
)

// Consumer is the component that feeds events to a handler; the telemetry is
// the service's.
func (h *Host) Consumer(s bus.Spec) lifecycle.Component {
	s.Telemetry = h.Telemetry
	return bus.Consume(h.Bus.JS(), s)
}

// Run starts the relay, the given components and, last, the server, and works
// until ctx ends. The server stops first: what it answered is then still
// published.
func (h *Host) Run(ctx context.Context, components ...lifecycle.Component) error {
	own := []lifecycle.Component{
		outbox.Relay(outbox.RelayOptions{DB: h.DB, JS: h.Bus.JS(), Source: h.Name, Telemetry: h.Telemetry}), h.purge(),
	}
	return h.Serve(ctx, append(own, components...)...)
}

// Serve is Run for a process that tells nobody anything.
func (h *Host) Serve(ctx context.Context, components ...lifecycle.Component) error {
	if h.server == nil {
		return errors.New("running: no server was made")
	}
	components = append(components, h.server.Component(h.config.Addr), lifecycle.Announce(h.config.OnReady))
	return lifecycle.Run(ctx, stopTimeout, components...)
}
