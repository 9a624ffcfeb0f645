// Package notification tells people by mail what happened, and whether the
// mail arrived. It owns templates and deliveries; what a mail says, and to
// whom, it asks the context whose fact it is.
package notification

import (
	"context"
	"errors"
	"net/mail"

	"github.com/aval-access/aval/services/kit/config"
	"github.com/aval-access/aval/services/kit/host"
	"github.com/aval-access/aval/services/kit/jobs"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/notification/internal/app"
	"github.com/aval-access/aval/services/notification/internal/letter"
	"github.com/aval-access/aval/services/notification/internal/postgres"
	"github.com/aval-access/aval/services/notification/internal/submission"
	"github.com/aval-access/aval/services/notification/internal/worker"
)

// name of the service; also its database's and its SPIFFE id's.
const name = "notification"

// Config of the service.
type Config struct {
	host.Config
	SMTPURL   config.Secret `env:"SMTP_URL,required" doc:"Mail server: smtp://user:password@host:port?tls=starttls, or tls=tls, or tls=none. STARTTLS is required unless said otherwise."`
	MailFrom  string        `env:"MAIL_FROM,required" doc:"Sender of all mails: Aval <no-reply@aval.example>."`
	PublicURL string        `env:"PUBLIC_URL,required" doc:"Base of every link in mails: https://host, without a path."`
}

// Validate refuses what could not be sent with.
func (c Config) Validate() error {
	_, smtpErr := submission.Parse(c.SMTPURL.Reveal())
	_, urlErr := letter.New(c.PublicURL)
	_, fromErr := c.from()
	return errors.Join(smtpErr, urlErr, fromErr)
}

func (c Config) from() (mail.Address, error) {
	from, err := mail.ParseAddress(c.MailFrom)
	if err != nil {
		return mail.Address{}, errors.New("reading MAIL_FROM: it must be an address")
	}
	return *from, nil
}

// Migrate brings the database to this version's schema.
func Migrate(ctx context.Context, cfg Config) error {
	return host.Migrate(ctx, host.Migration{
		Name: name, Config: cfg.Config, Schema: postgres.Migrations, Steps: []pg.Step{jobs.Migrate},
		Consumers: worker.Consumers(app.Receive{}, app.PersonData{}),
	})
}
