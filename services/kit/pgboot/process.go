package pgboot

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"time"
)

const stopTimeout = 10 * time.Second

type process struct {
	cmd  *exec.Cmd
	done chan struct{}
	log  string
}

// launch starts postgres in a thread of its own which lives as long as the
// server: the kernel's parent-death signal goes by thread, not by process.
func launch(s *Server, bin string, w way, volatile bool) (*process, error) {
	logPath := filepath.Join(s.dir, "postgres.log")
	logFile, err := os.Create(logPath)
	if err != nil {
		return nil, fmt.Errorf("making log of postgres: %w", err)
	}
	cmd := w.command(context.Background(), filepath.Join(bin, "postgres"), serverArgs(s, volatile)...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = s.data(), logFile, logFile
	p := &process{cmd: cmd, done: make(chan struct{}), log: logPath}
	started := make(chan error, 1)
	go p.run(logFile, started)
	if err := <-started; err != nil {
		<-p.done
		return nil, fmt.Errorf("starting postgres: %w", err)
	}
	return p, nil
}

func (p *process) run(logFile *os.File, started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer close(p.done)
	defer func() { _ = logFile.Close() }()
	err := p.cmd.Start()
	started <- err
	if err == nil {
		_ = p.cmd.Wait()
	}
}

// stop asks for a fast shutdown, then insists.
func (p *process) stop() error {
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGQUIT, syscall.SIGKILL} {
		_ = p.cmd.Process.Signal(sig)
		timer := time.NewTimer(stopTimeout)
		select {
		case <-p.done:
			timer.Stop()
			return nil
		case <-timer.C:
		}
	}
	return errors.New("stopping postgres: it does not end")
}

func (p *process) tail() string {
	text, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}
	return string(text[max(0, len(text)-2000):])
}

func serverArgs(s *Server, volatile bool) []string {
	settings := []string{"listen_addresses=", "unix_socket_directories=" + s.socket, "port=5432",
		"max_connections=300", "password_encryption=scram-sha-256", "timezone=UTC"}
	if volatile {
		settings = append(settings, "fsync=off", "synchronous_commit=off", "full_page_writes=off",
			"autovacuum=off", "shared_buffers=64MB", "wal_level=minimal", "max_wal_senders=0")
	}
	args := []string{"-D", s.data()}
	for _, setting := range settings {
		args = append(args, "-c", setting)
	}
	return args
}
