package stack

import (
	"context"
	"fmt"
	"sync"

	"github.com/aval-access/aval/services/consent"
	"github.com/aval-access/aval/services/identity"
	"github.com/aval-access/aval/services/kit/config"
	"github.com/aval-access/aval/services/kit/host"
	"github.com/aval-access/aval/services/kit/lifecycle"
	"github.com/aval-access/aval/services/membership"
	"github.com/aval-access/aval/services/notification"
	"github.com/aval-access/aval/services/partnersupport"
)

// service is one context: here with its configuration read from the variables
// that it would get as a process of its own, or as such a process.
type service struct {
	name    string
	migrate func(context.Context) error
	run     lifecycle.Component
}

type definition[C any] struct {
	name         string
	base         func(*C) *host.Config
	run, migrate func(context.Context, C) error
}

func define[C any](p *parts, o Options, d definition[C]) (service, error) {
	cfg, err := config.ParseFrom[C](prefix(d.name), p.variables(d.name, o).together())
	if err != nil {
		return service{}, fmt.Errorf("configuring %s: %w", d.name, err)
	}
	base := d.base(&cfg)
	base.Listener, base.InProcessNATS, base.Spans = p.listeners[d.name], p.inProcess(), o.Spans
	return service{
		name:    d.name,
		migrate: func(ctx context.Context) error { return d.migrate(ctx, cfg) },
		run: lifecycle.Component{Name: d.name, Run: func(ctx context.Context, ready func()) error {
			own := cfg
			d.base(&own).OnReady = ready
			return d.run(ctx, own)
		}},
	}, nil
}

func (p *parts) services(o Options) ([]service, error) {
	if o.Separate {
		return p.processes(o)
	}
	var all []service
	var err error
	add := func(s service, failed error) {
		all = append(all, s)
		if err == nil {
			err = failed
		}
	}
	add(define(p, o, definition[identity.Config]{"identity", func(c *identity.Config) *host.Config { return &c.Config }, identity.Run, identity.Migrate}))
	add(define(p, o, definition[membership.Config]{"membership", func(c *membership.Config) *host.Config { return &c.Config }, membership.Run, membership.Migrate}))
	add(define(p, o, definition[partnersupport.Config]{"partnersupport", func(c *partnersupport.Config) *host.Config { return &c.Config }, partnersupport.Run, partnersupport.Migrate}))
	add(define(p, o, definition[consent.Config]{"consent", func(c *consent.Config) *host.Config { return &c.Config }, consent.Run, consent.Migrate}))
	add(define(p, o, definition[notification.Config]{"notification", func(c *notification.Config) *host.Config { return &c.Config }, notification.Run, notification.Migrate}))
	return all, err
}

// migrateAll brings the databases up side by side.
func migrateAll(ctx context.Context, services []service) error {
	var wg sync.WaitGroup
	failed := make(chan error, len(services))
	for _, s := range services {
		wg.Go(func() {
			if err := s.migrate(ctx); err != nil {
				failed <- err
			}
		})
	}
	wg.Wait()
	close(failed)
	return <-failed
}
