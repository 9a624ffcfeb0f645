package stack

import (
	"context"
	"errors"
	"fmt"
	"net"
	"path/filepath"

	"github.com/nats-io/nats.go"

	"github.com/aval-access/aval/deploy/processes"
	"github.com/aval-access/aval/services/kit/ca"
	"github.com/aval-access/aval/services/kit/natsboot"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/pgboot"
)

// Services are the five contexts, in the order in which they start.
var Services = []string{"identity", "membership", "partnersupport", "consent", "notification"}

// parts are what the services stand on.
type parts struct {
	dir       string
	secrets   secrets
	adminURL  string
	urls      map[string]pg.URLs
	postgres  *pgboot.Server   // nil where the cluster is somebody else's
	nats      *natsboot.Server // likewise
	authority *ca.CA
	certs     map[string]ca.Paths
	listeners map[string]net.Listener
	running   running
	commands  map[string]processes.Process

	closes []func() error
}

// openParts opens everything below the services; on an error nothing stays
// open.
func openParts(ctx context.Context, o Options) (*parts, error) {
	p := &parts{dir: o.Dir, urls: map[string]pg.URLs{}, certs: map[string]ca.Paths{}, listeners: map[string]net.Listener{}, commands: map[string]processes.Process{}}
	steps := []struct {
		name string
		open func(context.Context, Options) error
	}{
		{"secrets", p.openSecrets},
		{"certificates", p.openCertificates},
		{"addresses", p.openListeners},
		{"programs", p.openPrograms},
		{"Postgres", p.openPostgres},
		{"databases and roles", p.openDatabases},
		{"NATS", p.openNATS},
	}
	for _, step := range steps {
		o.Progress(step.name)
		if err := step.open(ctx, o); err != nil {
			return nil, fmt.Errorf("preparing %s: %w", step.name, errors.Join(err, p.close()))
		}
	}
	return p, nil
}

func (p *parts) close() error {
	var err error
	for i := len(p.closes) - 1; i >= 0; i-- {
		err = errors.Join(err, p.closes[i]())
	}
	p.closes = nil
	return err
}

func (p *parts) openSecrets(_ context.Context, o Options) (err error) {
	p.secrets, err = loadSecrets(o.Dir)
	return err
}

func (p *parts) openPostgres(ctx context.Context, o Options) error {
	if o.DatabaseURL != "" {
		p.adminURL = o.DatabaseURL
		return nil
	}
	server, err := pgboot.Start(ctx, pgboot.Options{DataDir: filepath.Join(o.Dir, "postgres"), Volatile: o.Volatile})
	if err != nil {
		return err
	}
	p.closes = append(p.closes, server.Stop)
	p.postgres, p.adminURL = server, server.AdminURL()
	return nil
}

func (p *parts) openDatabases(ctx context.Context, _ Options) error {
	for _, name := range Services {
		own := site(name, p.secrets)
		if err := pg.Create(ctx, p.adminURL, own); err != nil {
			return err
		}
		urls, err := own.URLs(p.adminURL)
		if err != nil {
			return err
		}
		p.urls[name] = urls
	}
	return nil
}

func (p *parts) openNATS(_ context.Context, o Options) error {
	if o.NATSURL != "" {
		return nil
	}
	options := natsboot.Options{StoreDir: p.natsDir(), Volatile: o.Volatile}
	var err error
	if o.Separate {
		if options.ConfigFile, err = p.brokerFile(); err != nil {
			return err
		}
	}
	start := p.embeddedNATS
	if o.Broker != nil {
		start = o.Broker
	}
	stop, err := start(options)
	if err != nil {
		return err
	}
	p.closes = append(p.closes, func() error { stop(); return nil })
	return nil
}

func (p *parts) embeddedNATS(o natsboot.Options) (stop func(), err error) {
	if p.nats, err = natsboot.Start(o); err != nil {
		return nil, err
	}
	return p.nats.Stop, nil
}

// inProcess is nil where the broker is somebody else's.
func (p *parts) inProcess() nats.InProcessConnProvider {
	if p.nats == nil {
		return nil
	}
	return p.nats.InProcess()
}

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
		p.closes = append(p.closes, func() error { _ = listener.Close(); return nil })
	}
	return nil
}
