package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/email"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/jobs"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/notification/internal/domain"
	"github.com/aval-access/aval/services/notification/internal/letter"
	"github.com/aval-access/aval/services/notification/internal/postgres"
)

// Compose makes the deliveries that a fact calls for.
type Compose struct {
	DB         *pg.DB
	Queue      *jobs.Queue
	Deliveries postgres.Deliveries
	Source     Source
	Letters    *letter.Renderer
	Brands     Brands
	Clock      clock.Clock
	Log        *slog.Logger
}

// Do asks the owner, composes, and stores deliveries with their send jobs in
// one transaction. Done again it changes nothing: each (fact, recipient,
// template) has one delivery.
func (c Compose) Do(ctx context.Context, job ComposeJob) error {
	mails, err := c.Source.PrepareMail(ctx, job.fact())
	if err != nil {
		return fmt.Errorf("asking what to say: %w", err)
	}
	var made []domain.Delivery
	for _, mail := range mails {
		mail.Letter.Brand = c.brand(ctx, mail)
		d, err := c.delivery(job.fact(), mail)
		if err != nil {
			return err
		}
		made = append(made, d)
	}
	return c.DB.InSystem(ctx, "storing composed mails", func(ctx context.Context, tx pg.Tx) error {
		for _, d := range made {
			if err := c.store(ctx, tx, d); err != nil {
				return err
			}
		}
		return nil
	})
}

// delivery composes one mail. One that can never be sent is a bounce, so that
// its organisation sees it and the other recipients still get theirs.
func (c Compose) delivery(fact domain.Fact, mail Prepared) (domain.Delivery, error) {
	d := domain.New(domain.Delivery{
		ID: id.New(), Tenant: mail.Tenant, Fact: fact,
		RecipientRef: mail.RecipientRef, Template: mail.Letter.Template, Locale: mail.Letter.Locale,
	}, c.Clock.Now())
	body, locale, err := c.body(mail)
	if errors.Is(err, errUnsendable) {
		c.Log.Error("mail_unsendable", "delivery_id", d.ID.Text(domain.Prefix), "event_id", fact.EventID.Text("evt"), "cause", err)
		return d, d.Rejected(0)
	}
	if err != nil {
		return domain.Delivery{}, err
	}
	d.Body, d.Locale = body, locale
	return d, nil
}

// errUnsendable says that trying again cannot help.
var errUnsendable = errors.New("unsendable")

func (c Compose) body(mail Prepared) (domain.Body, string, error) {
	address, err := email.Parse(mail.Address)
	if err != nil {
		// The cause would repeat the address.
		return domain.Body{}, "", fmt.Errorf("%w: address", errUnsendable)
	}
	out, err := c.Letters.Render(mail.Letter)
	if errors.Is(err, letter.ErrUnsafe) {
		return domain.Body{}, "", fmt.Errorf("%w: %w", errUnsendable, err)
	}
	if err != nil {
		return domain.Body{}, "", fmt.Errorf("composing mail: %w", err)
	}
	return domain.Body{
		Address: address.Stored(), Subject: out.Subject, Text: out.Text, HTML: out.HTML, Logo: string(out.Logo),
	}, out.Locale, nil
}

// brand is what the mail looks like. No mail waits for a picture: without an
// answer it leaves as ours.
func (c Compose) brand(ctx context.Context, mail Prepared) letter.Brand {
	if mail.Brand.IsZero() {
		return letter.Brand{}
	}
	brand, err := c.Brands.Of(ctx, mail.Brand)
	if err != nil {
		c.Log.WarnContext(ctx, "mail_unbranded", "partner", mail.Brand.Text("org"), "error", err)
		return letter.Brand{}
	}
	return brand
}

func (c Compose) store(ctx context.Context, tx pg.Tx, d domain.Delivery) error {
	first, err := c.Deliveries.Insert(ctx, tx, d)
	if err != nil || !first {
		return err
	}
	if d.Done() {
		return tellBounce(ctx, tx, d)
	}
	return c.Queue.Insert(ctx, tx, SendJob{DeliveryID: d.ID})
}

// again composes the mail of a delivery whose body was forgotten while it
// waited; false when its fact no longer calls for it.
func (c Compose) again(ctx context.Context, d domain.Delivery) (domain.Body, bool, error) {
	mails, err := c.Source.PrepareMail(ctx, d.Fact)
	if err != nil {
		return domain.Body{}, false, fmt.Errorf("asking what to say: %w", err)
	}
	for _, mail := range mails {
		if mail.RecipientRef != d.RecipientRef || mail.Letter.Template != d.Template {
			continue
		}
		mail.Letter.Brand = c.brand(ctx, mail)
		body, _, err := c.body(mail)
		if errors.Is(err, errUnsendable) {
			return domain.Body{}, false, nil
		}
		return body, err == nil, err
	}
	return domain.Body{}, false, nil
}
