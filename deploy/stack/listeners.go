package stack

import (
	"context"
	"fmt"
	"net"
)

// openListeners takes every address now, so that a port in use is told before
// anything else starts.
func (p *parts) openListeners(ctx context.Context, o Options) error {
	wanted := map[string]string{
		"gateway": o.Addresses.HTTP, "token": o.Addresses.Token, "mailbox": o.Addresses.Mail, "smtp": "", "demo": o.Addresses.Demo,
	}
	for _, name := range Services {
		wanted[name] = o.Addresses.GRPC[name]
	}
	if o.Separate {
		wanted[natsWorkload] = ""
		for _, name := range programs() {
			wanted[ops(name)] = ""
		}
		for i := range o.Replicas {
			wanted[Replica(i)], wanted[ops(Replica(i))] = "", ""
		}
	}
	var config net.ListenConfig
	for name, addr := range wanted {
		if addr == "" {
			addr = "127.0.0.1:0"
		}
		listener, err := config.Listen(ctx, "tcp", addr)
		if err != nil {
			return fmt.Errorf("%s cannot listen on %s (is another Aval running? AVAL_PORT_BASE moves all ports): %w", name, addr, err)
		}
		p.listeners[name] = listener
		// Whoever serves a listener closes it; closing it twice is harmless.
		p.opened.Add(func(context.Context) error { _ = listener.Close(); return nil })
	}
	return nil
}

func (p *parts) publicURL() string { return p.named("localhost", "gateway") }

func (p *parts) named(name, part string) string { return "http://" + name + ":" + p.port(part) }

func (p *parts) address(part string) string { return p.listeners[part].Addr().String() }

func (p *parts) port(part string) string {
	_, port, _ := net.SplitHostPort(p.address(part))
	return port
}
