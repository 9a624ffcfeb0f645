package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/aval-access/aval/deploy/processes"
	"github.com/aval-access/aval/services/kit/natsboot"
)

// brokerCommand makes this program the broker: a process that can be killed.
const brokerCommand = "nats"

func serveBroker(ctx context.Context, config, store string) error {
	server, err := natsboot.Start(natsboot.Options{ConfigFile: config, StoreDir: store})
	if err != nil {
		return err
	}
	<-ctx.Done()
	server.Stop()
	return nil
}

// natsProcess is NATS as a process of its own.
type natsProcess struct {
	logs    *os.File
	options natsboot.Options
	process *os.Process
	ended   chan struct{}
}

// open is the stack's way to start its broker.
func (n *natsProcess) open(o natsboot.Options) (stop func(), err error) {
	n.options = o
	return n.kill, n.start()
}

func (n *natsProcess) start() error {
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("looking for this program: %w", err)
	}
	started, ended := make(chan *os.Process, 1), make(chan struct{})
	program := processes.Process{Binary: self, Output: n.logs, Started: func(p *os.Process) { started <- p }}
	go func() {
		defer close(ended)
		_ = program.Run(context.Background(), brokerCommand, n.options.ConfigFile, n.options.StoreDir) // it is killed, as a rule
	}()
	select {
	case n.process = <-started:
		n.ended = ended
		return nil
	case <-ended:
		return errors.New("starting nats: it ended at once")
	}
}

// kill waits for its end.
func (n *natsProcess) kill() {
	_ = n.process.Kill() // an error means that it has ended
	<-n.ended
}

// wipe deletes the store of the killed broker.
func (n *natsProcess) wipe() error {
	if err := os.RemoveAll(n.options.StoreDir); err != nil {
		return fmt.Errorf("deleting the store of nats: %w", err)
	}
	return nil
}
