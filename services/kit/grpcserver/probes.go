package grpcserver

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"
)

// probeTimeout bounds one question on readiness.
const probeTimeout = 2 * time.Second

// listenProbes opens the plaintext listener, or gives nil where none is asked.
func (s *Server) listenProbes(ctx context.Context) (net.Listener, error) {
	if s.options.ProbeAddr == "" {
		return nil, nil
	}
	return listen(ctx, s.options.ProbeAddr)
}

// serveProbes reports its end once; without a listener it does nothing.
func (s *Server) serveProbes(listener net.Listener, ended chan<- error) *http.Server {
	if listener == nil {
		return nil
	}
	server := &http.Server{Handler: s.probes(), ReadHeaderTimeout: probeTimeout}
	go func() {
		err := server.Serve(listener)
		if errors.Is(err, http.ErrServerClosed) {
			err = nil
		}
		ended <- err
	}()
	return server
}

// probes: /livez tells that the process runs, /readyz that it can answer.
func (s *Server) probes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), probeTimeout)
		defer cancel()
		if err := s.options.Ready(ctx); err != nil {
			http.Error(w, "not ready", http.StatusServiceUnavailable)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
	mux.Handle("GET /metrics", s.options.Telemetry.Handler())
	return mux
}
