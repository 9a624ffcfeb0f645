// Package natsboot runs a NATS server with JetStream inside this process, for
// the launcher and for tests. Streams and consumers are package bus's.
package natsboot

import (
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

const readyTimeout = 10 * time.Second

// Options say where the broker keeps its files. StoreDir is required.
type Options struct {
	StoreDir string
	// Volatile skips the fsync before each acknowledgement; for tests alone.
	Volatile bool
}

// Server is a broker that is reached in process alone; it opens no port.
type Server struct{ server *server.Server }

// Start returns when the broker answers, about 10 ms later.
func Start(o Options) (*Server, error) {
	if o.StoreDir == "" {
		return nil, errors.New("starting nats: no folder given")
	}
	s, err := server.NewServer(&server.Options{
		ServerName: "aval",
		JetStream:  true,
		StoreDir:   o.StoreDir,
		DontListen: true,
		NoSigs:     true,
		NoLog:      true,
		SyncAlways: !o.Volatile,
	})
	if err != nil {
		return nil, fmt.Errorf("making nats: %w", err)
	}
	s.Start()
	if !s.ReadyForConnections(readyTimeout) {
		s.Shutdown()
		return nil, errors.New("starting nats: not ready in time")
	}
	return &Server{server: s}, nil
}

// InProcess is what bus.Connect needs to reach the broker without a port.
func (s *Server) InProcess() nats.InProcessConnProvider { return s.server }

// Stop ends the broker and waits until its files are closed.
func (s *Server) Stop() {
	s.server.Shutdown()
	s.server.WaitForShutdown()
}
