package stack

import (
	"context"
	"errors"
	"fmt"
	"net"
	"path/filepath"

	"github.com/aval-access/aval/deploy/processes"
	"github.com/aval-access/aval/services/kit/ca"
	"github.com/aval-access/aval/services/kit/lifecycle"
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

	opened lifecycle.Closing
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
			return nil, fmt.Errorf("preparing %s: %w", step.name, errors.Join(err, p.opened.Close(stopTimeout)))
		}
	}
	return p, nil
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
	p.opened.Add(func(context.Context) error { return server.Stop() })
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
