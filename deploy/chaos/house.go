package main

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"

	"github.com/aval-access/aval/deploy/stack"
	"github.com/aval-access/aval/services/kit/mailbox"
)

// manyMails is more than a run sends: each is looked at in the end.
const manyMails = 100_000

// house is Aval with every part in reach of a kill.
type house struct {
	dir      string
	stack    *stack.Stack
	database *database
	broker   *natsProcess
	mail     *mailbox.Mailbox
	pages    *httptest.Server
}

func build(ctx context.Context, logs *os.File) (h *house, err error) {
	h = &house{}
	defer func() {
		if err != nil {
			err = errors.Join(err, h.close())
		}
	}()
	if h.dir, err = os.MkdirTemp("", "aval-chaos-"); err != nil {
		return h, fmt.Errorf("making a folder: %w", err)
	}
	if err := os.Chmod(h.dir, 0o755); err != nil { // for the account that Postgres runs as
		return h, fmt.Errorf("opening the folder: %w", err)
	}
	if h.mail, err = mailbox.Start(mailbox.Options{Capacity: manyMails}); err != nil {
		return h, err
	}
	h.pages = httptest.NewServer(h.mail.Handler())
	if h.database, err = startDatabase(ctx, filepath.Join(h.dir, "postgres")); err != nil {
		return h, err
	}
	h.broker = &natsProcess{logs: logs}
	h.stack, err = stack.Start(ctx, stack.Options{
		Dir: filepath.Join(h.dir, "stack"), DatabaseURL: h.database.server.AdminURL(), SMTPURL: h.mail.URL(),
		Separate: true, Restart: true, Broker: h.broker.open, LogLevel: "WARN", Output: logs,
	})
	return h, err
}

func (h *house) close() error {
	var err error
	if h.stack != nil {
		err = h.stack.Stop()
	}
	if h.database != nil {
		err = errors.Join(err, h.database.server.Stop())
	}
	if h.pages != nil {
		h.pages.Close()
	}
	if h.mail != nil {
		err = errors.Join(err, h.mail.Close())
	}
	return errors.Join(err, os.RemoveAll(h.dir))
}
