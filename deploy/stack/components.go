package stack

import (
	"context"
	"errors"
	"net"
	"net/http"
	"path/filepath"
	"time"

	"github.com/aval-access/aval/deploy/demoproduct"
	"github.com/aval-access/aval/gateway"
	"github.com/aval-access/aval/services/kit/config"
	"github.com/aval-access/aval/services/kit/jwtkey"
	"github.com/aval-access/aval/services/kit/lifecycle"
	"github.com/aval-access/aval/services/kit/mailbox"
)

// components are the parts in the order in which they start.
func (s *Stack) components() []lifecycle.Component {
	list := []lifecycle.Component{s.parts.renewCertificates()}
	if s.options.SMTPURL == "" {
		list = append(list, s.step("mailbox", s.mailbox()))
	}
	services, err := s.parts.services(s.options)
	if err != nil {
		return []lifecycle.Component{failing(err)}
	}
	list = append(list, s.step("databases' schemas and signing keys", s.prepare(services)))
	replicas, err := s.parts.replicas(s.options)
	if err != nil {
		return []lifecycle.Component{failing(err)}
	}
	for _, one := range services {
		list = append(list, s.step(one.name, one.run))
	}
	for _, one := range replicas {
		list = append(list, s.step(one.Name, one))
	}
	return append(list, s.step("gateway", s.gateway()), s.step("demo product", s.demoProduct()))
}

// step tells of a component when it starts.
func (s *Stack) step(name string, c lifecycle.Component) lifecycle.Component {
	run := c.Run
	return lifecycle.Component{Name: name, Run: func(ctx context.Context, ready func()) error {
		s.options.Progress(name)
		return run(ctx, ready)
	}}
}

func failing(err error) lifecycle.Component {
	return lifecycle.Component{Name: "configuration", Run: func(context.Context, func()) error { return err }}
}

// prepare makes what the services find when they start.
func (s *Stack) prepare(services []service) lifecycle.Component {
	return lifecycle.Component{Run: func(ctx context.Context, ready func()) error {
		for _, folder := range []string{"keys", filepath.Join("ledger", "keys"), filepath.Join("receipts", "keys")} {
			if _, err := jwtkey.Ensure(filepath.Join(s.parts.dir, folder)); err != nil {
				return err
			}
		}
		if err := migrateAll(ctx, services); err != nil {
			return err
		}
		ready()
		<-ctx.Done()
		return nil
	}}
}

// mailbox takes the mails of this stack and shows them.
func (s *Stack) mailbox() lifecycle.Component {
	return lifecycle.Component{Run: func(ctx context.Context, ready func()) error {
		box, err := mailbox.Start(mailbox.Options{SMTPListener: s.parts.listeners["smtp"], Dir: filepath.Join(s.parts.dir, "mail")})
		if err != nil {
			return err
		}
		return errors.Join(serveHTTP(ctx, s.parts.listeners["mailbox"], box.Handler(), ready), box.Close())
	}}
}

// serveHTTP serves until ctx ends.
func serveHTTP(ctx context.Context, listener net.Listener, handler http.Handler, ready func()) error {
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	ready()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	err := server.Close()
	if served := <-ended; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}

func (s *Stack) gateway() lifecycle.Component {
	if s.options.Separate {
		own, err := s.parts.gatewayProcess(s.options)
		if err != nil {
			return failing(err)
		}
		return own
	}
	return lifecycle.Component{Run: func(ctx context.Context, ready func()) error {
		cfg, err := config.ParseFrom[gateway.Config](prefix("gateway"), s.parts.gatewayVariables(s.options).together())
		if err != nil {
			return err
		}
		cfg.Listener, cfg.MTLSListener = s.parts.listeners["gateway"], s.parts.listeners["token"]
		cfg.InProcessNATS = s.parts.inProcess()
		cfg.Spans, cfg.OnReady = s.options.Spans, ready
		return gateway.Run(ctx, cfg)
	}}
}

func (s *Stack) demoProduct() lifecycle.Component {
	p := s.parts
	return lifecycle.Component{Run: func(ctx context.Context, ready func()) error {
		return demoproduct.Run(ctx, demoproduct.Config{
			Listener:    p.listeners["demo"],
			PublicURL:   s.DemoURL(),
			Issuer:      p.publicURL(),
			PartnerURL:  p.publicURL(),
			TokenURL:    s.TokenURL(),
			Certificate: p.certs[DemoProduct],
			TrustDomain: TrustDomain,
			Membership:  p.address("membership"),
			Consent:     p.address("consent"),
			Support:     p.address("partnersupport"),
			OnReady:     ready,
		})
	}}
}
