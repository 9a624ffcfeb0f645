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
	// ConfigFile, in the server's own language, makes it listen, with the
	// addresses, users and certificates that stand there; nothing is open
	// without one.
	ConfigFile string
	// Volatile skips the fsync before each acknowledgement; for tests alone.
	Volatile bool
}

// Server is a broker. Without a configuration file it opens no port and is
// reached in process alone.
type Server struct{ server *server.Server }

// Start returns when the broker answers, about 10 ms later.
func Start(o Options) (*Server, error) {
	if o.StoreDir == "" {
		return nil, errors.New("starting nats: no folder given")
	}
	options, err := o.server()
	if err != nil {
		return nil, err
	}
	s, err := server.NewServer(options)
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

func (o Options) server() (*server.Options, error) {
	out := &server.Options{ServerName: "aval", JetStream: true, DontListen: true}
	if o.ConfigFile != "" {
		var err error
		if out, err = server.ProcessConfigFile(o.ConfigFile); err != nil {
			return nil, fmt.Errorf("reading the configuration of nats: %w", err)
		}
	}
	out.StoreDir, out.SyncAlways = o.StoreDir, !o.Volatile
	out.NoSigs, out.NoLog = true, true
	return out, nil
}

// Addr is where a server with a configuration file listens.
func (s *Server) Addr() string { return s.server.Addr().String() }

// InProcess is what bus.Connect needs to reach the broker without a port.
func (s *Server) InProcess() nats.InProcessConnProvider { return s.server }

// Stop ends the broker and waits until its files are closed.
func (s *Server) Stop() {
	s.server.Shutdown()
	s.server.WaitForShutdown()
}
