package house

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"

	"github.com/aval-access/aval/deploy/processes"
	"github.com/aval-access/aval/services/kit/natsboot"
)

// brokerCommand makes the present program the broker: a process that can be
// killed.
const brokerCommand = "aval-house-nats"

// ServeBroker is for the beginning of a program that opens a house, which
// starts it once more as its broker: it tells whether it was that, and has
// served until ctx ended.
func ServeBroker(ctx context.Context) (served bool, err error) {
	if len(os.Args) != 4 || os.Args[1] != brokerCommand {
		return false, nil
	}
	server, err := natsboot.Start(natsboot.Options{ConfigFile: os.Args[2], StoreDir: os.Args[3]})
	if err != nil {
		return true, err
	}
	<-ctx.Done()
	server.Stop()
	return true, nil
}

// Broker is NATS as a process of its own.
type Broker struct {
	logs    io.Writer
	options natsboot.Options
	process *os.Process
	ended   chan struct{}
}

// open is the stack's way to start its broker.
func (b *Broker) open(o natsboot.Options) (stop func(), err error) {
	b.options = o
	return b.Kill, b.Start()
}

// Start starts the broker, killed before, on its store.
func (b *Broker) Start() error {
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("looking for this program: %w", err)
	}
	started, ended := make(chan *os.Process, 1), make(chan struct{})
	program := processes.Process{Binary: self, Output: b.logs, Started: func(p *os.Process) { started <- p }}
	go func() {
		defer close(ended)
		_ = program.Run(context.Background(), brokerCommand, b.options.ConfigFile, b.options.StoreDir) // it is killed, as a rule
	}()
	select {
	case b.process = <-started:
		b.ended = ended
		return nil
	case <-ended:
		return errors.New("starting nats: it ended at once")
	}
}

// Kill waits for its end.
func (b *Broker) Kill() {
	_ = b.process.Kill() // an error means that it has ended
	<-b.ended
}

// Signal is for pausing it.
func (b *Broker) Signal(s syscall.Signal) error {
	if err := b.process.Signal(s); err != nil {
		return fmt.Errorf("signalling nats: %w", err)
	}
	return nil
}

// Wipe deletes the whole store of the killed broker.
func (b *Broker) Wipe() error {
	if err := os.RemoveAll(b.options.StoreDir); err != nil {
		return fmt.Errorf("deleting the store of nats: %w", err)
	}
	return nil
}
