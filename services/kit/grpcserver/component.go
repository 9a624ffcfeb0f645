package grpcserver

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	healthv1 "google.golang.org/grpc/health/grpc_health_v1"

	"github.com/aval-access/aval/services/kit/authz"
	"github.com/aval-access/aval/services/kit/lifecycle"
)

// Component serves on addr, such as "127.0.0.1:0", until its context ends. It
// does not start when a registered method has no rule.
func (s *Server) Component(addr string) lifecycle.Component {
	return lifecycle.Component{
		Name: s.options.Name + " grpc",
		Run: func(ctx context.Context, ready func()) error {
			return s.run(ctx, addr, ready)
		},
	}
}

func (s *Server) run(ctx context.Context, addr string, ready func()) error {
	if err := s.loadRules(); err != nil {
		return fmt.Errorf("reading the rules of %s: %w", s.options.Name, err)
	}
	listener, err := s.listener(ctx, addr)
	if err != nil {
		return err
	}
	probes, err := s.listenProbes(ctx)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	s.setAddrs(listener, probes)
	s.life = ctx
	ended := make(chan error, 2)
	go func() { ended <- s.grpc.Serve(listener) }()
	probeServer := s.serveProbes(probes, ended)
	s.health.Resume()
	s.health.SetServingStatus("", healthv1.HealthCheckResponse_SERVING)
	s.options.Telemetry.Log.Info("grpc server listens", slog.String("addr", s.Addr()))
	ready()
	return s.waitAndStop(ctx, probeServer, ended)
}

// waitAndStop returns once the goroutines of both servers have.
func (s *Server) waitAndStop(ctx context.Context, probeServer *http.Server, ended <-chan error) error {
	running := 1
	if probeServer != nil {
		running++
	}
	var failure error
	select {
	case <-ctx.Done():
	case failure = <-ended:
		running--
	}
	s.stop(probeServer)
	for range running {
		failure = errors.Join(failure, <-ended)
	}
	if failure != nil {
		return fmt.Errorf("serving %s: %w", s.options.Name, failure)
	}
	return nil
}

// stop lets running calls end, up to the timeout.
func (s *Server) stop(probeServer *http.Server) {
	s.health.Shutdown()
	cut := time.AfterFunc(s.options.StopTimeout, s.grpc.Stop)
	s.grpc.GracefulStop()
	cut.Stop()
	s.receivers.Wait()
	if probeServer == nil {
		return
	}
	if err := probeServer.Close(); err != nil {
		s.options.Telemetry.Log.Warn("closing the probes failed", slog.Any("error", err))
	}
}

func (s *Server) loadRules() error {
	services, err := s.describe()
	if err != nil {
		return err
	}
	rules, err := authz.Rules(services...)
	if err != nil {
		return err
	}
	authorizer, err := authz.New(rules, s.options.Decider)
	if err != nil {
		return err
	}
	s.authorizer.Store(authorizer)
	return nil
}

func (s *Server) setAddrs(listener, probes net.Listener) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.addr = listener.Addr().String()
	if probes != nil {
		s.probeAddr = probes.Addr().String()
	}
}

func (s *Server) listener(ctx context.Context, addr string) (net.Listener, error) {
	if s.options.Listener != nil {
		return s.options.Listener, nil
	}
	return listen(ctx, addr)
}

func listen(ctx context.Context, addr string) (net.Listener, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listening on %s: %w", addr, err)
	}
	return listener, nil
}
