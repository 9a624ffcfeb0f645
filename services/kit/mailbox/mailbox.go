// Package mailbox is the mail server of development and tests: a real SMTP
// server that keeps what it receives and shows it on a web page and through a
// small JSON interface. It forwards nothing, asks for no password and belongs
// on loopback alone. Tests can make it refuse mails or lose its answer.
package mailbox

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"time"

	"github.com/emersion/go-smtp"
)

const (
	capacity        = 1000
	maxMessageBytes = 10 << 20
	ioTimeout       = 30 * time.Second
)

// Options of a mailbox. All may be left out.
type Options struct {
	// SMTPListener takes the mails; a free port of 127.0.0.1 if nil.
	SMTPListener net.Listener
	// Dir keeps the mails over restarts, one .eml file each; memory only if
	// empty. It is made if missing.
	Dir string
	// TLS offers STARTTLS if set.
	TLS *tls.Config
	// Capacity is how many mails are kept, the newest; 1000 if zero.
	Capacity int
}

// Mailbox is a running server. Safe for concurrent use.
type Mailbox struct {
	store  *store
	faults *faults
	server *smtp.Server
	ln     net.Listener
	served chan error
}

// Start serves until Close.
func Start(o Options) (*Mailbox, error) {
	if o.Capacity == 0 {
		o.Capacity = capacity
	}
	s, err := openStore(o.Dir, o.Capacity)
	if err != nil {
		return nil, err
	}
	ln := o.SMTPListener
	if ln == nil {
		if ln, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
			return nil, fmt.Errorf("listening for mail: %w", err)
		}
	}
	m := &Mailbox{store: s, faults: &faults{}, ln: ln, served: make(chan error, 1)}
	m.server = newServer(m.newSession, o.TLS)
	go func() { m.served <- m.server.Serve(ln) }()
	return m, nil
}

func newServer(session smtp.BackendFunc, tlsConfig *tls.Config) *smtp.Server {
	server := smtp.NewServer(session)
	server.Domain = "localhost"
	server.TLSConfig = tlsConfig
	server.MaxMessageBytes = maxMessageBytes
	server.MaxRecipients = 100
	server.ReadTimeout, server.WriteTimeout = ioTimeout, ioTimeout
	server.EnableSMTPUTF8 = true
	server.ErrorLog = log.New(io.Discard, "", 0)
	return server
}

// Addr is the host and port that takes mails.
func (m *Mailbox) Addr() string { return m.ln.Addr().String() }

// URL is the address in the form of a service's configuration, without TLS.
func (m *Mailbox) URL() string { return "smtp://" + m.Addr() + "?tls=none" }

// Close ends open sessions and takes no more. Mails stay readable.
func (m *Mailbox) Close() error {
	err := m.server.Close()
	_ = m.ln.Close() // the server knows it only once it serves
	<-m.served
	if err != nil && !errors.Is(err, smtp.ErrServerClosed) {
		return fmt.Errorf("stopping mailbox: %w", err)
	}
	return nil
}

// Messages lists what is kept, newest first.
func (m *Mailbox) Messages() []Message {
	all, _ := m.store.list()
	return all
}

// Wait gives the newest mail that matches, as soon as there is one.
func (m *Mailbox) Wait(ctx context.Context, match func(Message) bool) (Message, error) {
	for {
		all, changed := m.store.list()
		for _, msg := range all {
			if match(msg) {
				return msg, nil
			}
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return Message{}, fmt.Errorf("waiting for a mail (%d others came): %w", len(all), ctx.Err())
		}
	}
}
