package stack

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"sync"
	"syscall"

	"github.com/aval-access/aval/deploy/broker"
	"github.com/aval-access/aval/services/kit/bus"
)

// running are the processes of a separate stack, by program.
type running struct {
	mu        sync.Mutex
	processes map[string]*os.Process
}

func (r *running) set(name string, p *os.Process) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.processes == nil {
		r.processes = map[string]*os.Process{}
	}
	r.processes[name] = p
}

func (r *running) get(name string) *os.Process {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.processes[name]
}

// Signal sends a signal to the process of a service or the gateway; a separate
// stack alone has one. A process that has just ended is an error.
func (s *Stack) Signal(program string, signal syscall.Signal) error {
	process := s.parts.running.get(program)
	if process == nil {
		return fmt.Errorf("signalling %s: it is no process", program)
	}
	if err := process.Signal(signal); err != nil {
		return fmt.Errorf("signalling %s: %w", program, err)
	}
	return nil
}

// Command runs a command of a service's program to its end, with the variables
// of its migration, and gives what it printed; a separate stack alone has one.
func (s *Stack) Command(ctx context.Context, service string, args ...string) (string, error) {
	process, ok := s.parts.commands[service]
	if !ok {
		return "", fmt.Errorf("running a command of %s: it is no process", service)
	}
	var out bytes.Buffer
	process.Output = &out
	if err := process.Run(ctx, args...); err != nil {
		return out.String(), fmt.Errorf("%w: %s", err, out.String())
	}
	return out.String(), nil
}

// Bus connects to a separate stack's own broker as who makes streams and
// consumers.
func (s *Stack) Bus() (*bus.Conn, error) {
	return bus.Connect(bus.Config{
		Name: broker.Provisioner, URL: "tls://" + s.parts.natsAddress(),
		Seed: s.parts.secrets.Seeds[broker.Provisioner], CAFile: s.Certificate(Operator).CA,
	})
}

// RenewCertificates writes new certificates for every workload, as time does;
// who serves reads its files again by itself.
func (s *Stack) RenewCertificates() error { return s.parts.issueAll() }
