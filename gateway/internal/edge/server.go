package edge

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/aval-access/aval/services/kit/lifecycle"
)

const (
	readHeaderTimeout = 5 * time.Second
	readTimeout       = 30 * time.Second
	writeTimeout      = 60 * time.Second
	idleTimeout       = 2 * time.Minute
	maxStreams        = 100
)

// Server is one listener of the gateway.
type Server struct {
	Name string
	// Listener is served instead of Addr when given.
	Listener net.Listener
	Addr     string
	// TLS is nil where a proxy ends TLS.
	TLS     *tls.Config
	Handler http.Handler
	Log     *slog.Logger
}

// Component serves until its context ends, then lets running requests finish.
func (s Server) Component() lifecycle.Component {
	return lifecycle.Component{Name: s.Name, Run: s.run}
}

func (s Server) run(ctx context.Context, ready func()) error {
	listener, err := s.listen(ctx)
	if err != nil {
		return err
	}
	server := &http.Server{
		Handler:           s.Handler,
		TLSConfig:         s.TLS,
		ReadHeaderTimeout: readHeaderTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		HTTP2:             &http.HTTP2Config{MaxConcurrentStreams: maxStreams},
		ErrorLog:          slog.NewLogLogger(s.Log.Handler(), slog.LevelDebug),
	}
	ended := make(chan error, 1)
	go func() { ended <- s.serve(server, listener) }()
	s.Log.Info("http server listens", slog.String("server", s.Name), slog.String("addr", listener.Addr().String()))
	ready()
	return s.wait(ctx, server, ended)
}

func (s Server) listen(ctx context.Context) (net.Listener, error) {
	if s.Listener != nil {
		return s.Listener, nil
	}
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", s.Addr)
	if err != nil {
		return nil, fmt.Errorf("listening on %s: %w", s.Addr, err)
	}
	return listener, nil
}

func (s Server) serve(server *http.Server, listener net.Listener) error {
	serve := server.Serve
	if s.TLS != nil {
		serve = func(l net.Listener) error { return server.ServeTLS(l, "", "") }
	}
	if err := serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serving: %w", err)
	}
	return nil
}

func (s Server) wait(ctx context.Context, server *http.Server, ended <-chan error) error {
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	stopping, cancel := lifecycle.Stopping(ctx)
	defer cancel()
	if err := server.Shutdown(stopping); err != nil {
		s.Log.Warn("requests were cut off", slog.String("server", s.Name))
		_ = server.Close() // its error says the same again
	}
	return <-ended
}
