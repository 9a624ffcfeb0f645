package app

import (
	"context"
	"errors"
	"log/slog"
	"net/mail"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/notification/internal/domain"
	"github.com/aval-access/aval/services/notification/internal/postgres"
	"github.com/aval-access/aval/services/notification/internal/submission"
)

// recordTimeout is for noting the outcome even when the job's time is over:
// what the server answered must not be forgotten.
const recordTimeout = 10 * time.Second

// Send hands a delivery to the mail server.
type Send struct {
	DB         *pg.DB
	Deliveries postgres.Deliveries
	Server     submission.Server
	Compose    Compose
	From       mail.Address
	Clock      clock.Clock
	Log        *slog.Logger
	// Count of tries, by the state that they led to.
	Count metric.Int64Counter
}

// Do makes one try, if it is time, and answers when to come back; zero when
// nothing more can happen. At most one submission is accepted per delivery,
// except when an answer was lost: that is recorded and repeated once, under the
// same Message-ID.
func (s Send) Do(ctx context.Context, delivery id.ID) (time.Time, error) {
	d, err := s.claim(ctx, delivery)
	switch {
	case errors.Is(err, errNoBody):
		return s.recompose(ctx, d)
	case errors.Is(err, domain.ErrNotDue):
		return d.DueTime, nil
	case err != nil:
		return time.Time{}, err
	}
	return s.record(ctx, d, s.Server.Submit(ctx, s.mailOf(d)))
}

// errNoBody says that the text was forgotten while the mail waited.
var errNoBody = errors.New("the body is forgotten")

// claim commits before anything is handed over: a crash from here on is seen.
func (s Send) claim(ctx context.Context, delivery id.ID) (d domain.Delivery, refused error) {
	err := s.DB.InSystem(ctx, "claiming a mail to send", func(ctx context.Context, tx pg.Tx) (err error) {
		if d, err = s.Deliveries.Lock(ctx, tx, delivery); err != nil {
			return err
		}
		if d.Body.IsZero() && !d.Done() && d.State != domain.Sending {
			refused = errNoBody
			return nil
		}
		refused = d.Claim(s.Clock.Now())
		return s.Deliveries.Save(ctx, tx, d)
	})
	if err != nil {
		return d, err
	}
	return d, refused
}

func (s Send) mailOf(d domain.Delivery) submission.Mail {
	_, host, _ := strings.Cut(s.From.Address, "@")
	return submission.Mail{
		From: s.From, To: d.Body.Address, Subject: d.Body.Subject, Text: d.Body.Text, HTML: d.Body.HTML, Logo: []byte(d.Body.Logo),
		MessageID: d.ID.Text(domain.Prefix) + "@" + host, Date: d.CreateTime,
	}
}

func (s Send) record(ctx context.Context, claimed domain.Delivery, o submission.Outcome) (time.Time, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTimeout)
	defer cancel()
	var d domain.Delivery
	err := s.DB.InSystem(ctx, "noting what became of a mail", func(ctx context.Context, tx pg.Tx) (err error) {
		if d, err = s.Deliveries.Lock(ctx, tx, claimed.ID); err != nil {
			return err
		}
		if d.State != domain.Sending || d.Attempts != claimed.Attempts {
			return nil // the lease ended, and somebody else drew the conclusion
		}
		if err := apply(&d, o, s.Clock.Now()); err != nil {
			return err
		}
		if err := s.Deliveries.Save(ctx, tx, d); err != nil {
			return err
		}
		return tellBounce(ctx, tx, d)
	})
	if err != nil {
		return time.Time{}, err
	}
	s.tell(ctx, d)
	return d.DueTime, nil
}

func apply(d *domain.Delivery, o submission.Outcome, now time.Time) error {
	switch o.Result {
	case submission.Accepted:
		return d.Accepted(now, o.Code)
	case submission.Rejected:
		return d.Rejected(o.Code)
	case submission.Lost:
		return d.Lost(now)
	default:
		return d.Refused(now, o.Code)
	}
}

func (s Send) tell(ctx context.Context, d domain.Delivery) {
	s.Log.InfoContext(ctx, "mail_tried", "delivery_id", d.ID.Text(domain.Prefix), "state", d.State,
		"attempts", d.Attempts, "smtp_code", d.SMTPCode, "template", d.Template)
	s.Count.Add(ctx, 1, metric.WithAttributes(attribute.String("state", string(d.State))))
}

// recompose asks the owner anew; the next try has a body, or the mail is given
// up because nothing calls for it any more.
func (s Send) recompose(ctx context.Context, d domain.Delivery) (time.Time, error) {
	if now := s.Clock.Now(); now.Before(d.DueTime) {
		return d.DueTime, nil
	}
	body, wanted, err := s.Compose.again(ctx, d)
	if err != nil {
		return time.Time{}, err
	}
	err = s.DB.InSystem(ctx, "giving a waiting mail its text again", func(ctx context.Context, tx pg.Tx) (err error) {
		if d, err = s.Deliveries.Lock(ctx, tx, d.ID); err != nil || d.Done() || !d.Body.IsZero() {
			return err
		}
		if !wanted {
			d.GiveUp()
		}
		d.Body = body
		return s.Deliveries.Recompose(ctx, tx, d, s.Clock.Now())
	})
	return d.DueTime, err
}
