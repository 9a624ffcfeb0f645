// Package house is Aval for tests of faults: every service, the gateway, NATS
// and Postgres are processes that can be killed, paused and started again, and
// callers insist until they are answered. What must hold meanwhile is said by
// those who use it.
package house

import (
	"context"
	"errors"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/aval-access/aval/deploy/stack"
	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/mailbox"
)

// manyMails is more than a run sends: each is looked at in the end.
const manyMails = 100_000

// Options of a house.
type Options struct {
	// Logs receives what the processes log.
	Logs io.Writer
	// Environment is given to every process beside its own variables.
	Environment []string
	// Relayed are the services that reach NATS through a relay of their own,
	// Remote the programs that reach Postgres so.
	Relayed, Remote []string
	// Replicas is how many processes only decide.
	Replicas int
}

// House is a running Aval. Its database outlives kills.
type House struct {
	Stack    *stack.Stack
	Database *Database
	Broker   *Broker
	Mail     *mailbox.Mailbox
	// SMTP leads to Mail.
	SMTP *Relay
	// Relays lead to NATS by service, Databases to Postgres by program.
	Relays, Databases map[string]*Relay

	dir   string
	pages *httptest.Server
}

// Open builds and starts everything.
func Open(ctx context.Context, o Options) (h *House, err error) {
	h = &House{}
	defer func() {
		if err != nil {
			err = errors.Join(err, h.Close())
		}
	}()
	if h.dir, err = stack.TempDir("house"); err != nil {
		return h, err
	}
	if err := h.openMail(); err != nil {
		return h, err
	}
	if h.Relays, err = openRelays(o.Relayed); err != nil {
		return h, err
	}
	if h.Databases, err = openRelays(o.Remote); err != nil {
		return h, err
	}
	if h.Database, err = startDatabase(ctx, filepath.Join(h.dir, "postgres")); err != nil {
		return h, err
	}
	h.Broker = &Broker{logs: o.Logs}
	h.Stack, err = stack.Start(ctx, stack.Options{
		Dir: filepath.Join(h.dir, "stack"), DatabaseURL: h.Database.server.AdminURL(), SMTPURL: "smtp://" + h.SMTP.Addr() + "?tls=none",
		Separate: true, Restart: true, Replicas: o.Replicas,
		Broker: h.Broker.open, BrokerAddress: through(h.Relays), DatabaseAddress: through(h.Databases),
		Environment: o.Environment, LogLevel: "WARN", Output: o.Logs,
	})
	return h, err
}

func (h *House) openMail() (err error) {
	if h.Mail, err = mailbox.Start(mailbox.Options{Capacity: manyMails}); err != nil {
		return err
	}
	h.pages = httptest.NewServer(h.Mail.Handler())
	if h.SMTP, err = openRelay(); err != nil {
		return err
	}
	h.SMTP.to(h.Mail.Addr())
	return nil
}

// Close ends everything and forgets it.
func (h *House) Close() error {
	var err error
	if h.Stack != nil {
		err = h.Stack.Stop()
	}
	if h.Database != nil {
		err = errors.Join(err, h.Database.server.Stop())
	}
	for _, relays := range []map[string]*Relay{h.Relays, h.Databases} {
		for _, relay := range relays {
			relay.Close()
		}
	}
	if h.SMTP != nil {
		h.SMTP.Close()
	}
	if h.pages != nil {
		h.pages.Close()
	}
	if h.Mail != nil {
		err = errors.Join(err, h.Mail.Close())
	}
	return errors.Join(err, os.RemoveAll(h.dir))
}

// Signal reaches the process of a service or the gateway, waiting for one that
// is about to start again.
func (h *House) Signal(ctx context.Context, program string, s syscall.Signal) error {
	return insist(ctx, func() error { return h.Stack.Signal(program, s) })
}

// Refill is what the operator does about a lost store of NATS.
func (h *House) Refill(ctx context.Context) error {
	for _, command := range [][]string{{"migrate"}, {"outbox", "republish", "--since", "24h"}} {
		for _, service := range stack.Services {
			err := insist(ctx, func() error {
				_, err := h.Stack.Command(ctx, service, command...)
				return err
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

const (
	insistFor = 30 * time.Second
	tryAgain  = 200 * time.Millisecond
)

// insist tries again what other faults may still be in the way of.
func insist(ctx context.Context, try func() error) error {
	ctx, cancel := context.WithTimeout(ctx, insistFor)
	defer cancel()
	for {
		err := try()
		if err == nil || ctx.Err() != nil {
			return err
		}
		clock.Wait(ctx, tryAgain)
	}
}
