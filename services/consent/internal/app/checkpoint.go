package app

import (
	"context"
	"crypto/sha256"
	"fmt"
	"strconv"
	"time"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	"github.com/aval-access/aval/services/consent/internal/postgres"
	"github.com/aval-access/aval/services/consent/internal/wording"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/inbox"
	"github.com/aval-access/aval/services/kit/outbox"
	"github.com/aval-access/aval/services/kit/pg"
)

// mailCheckpoint is the template of the mail with a checkpoint.
const mailCheckpoint = "ledger_checkpoint"

// checkpointOnce is the name under which a month's checkpoint leaves once.
const checkpointOnce = "consent-ledger-checkpoint"

// SendCheckpoint is the job that sends a month's checkpoint to a batch of
// organisations.
type SendCheckpoint struct {
	Month string `json:"month"`
	After id.ID  `json:"after"`
}

// Kind names the job.
func (SendCheckpoint) Kind() string { return "send_checkpoint" }

// Checkpoints bring the signed state of the ledger out of the house, so that
// others hold it to its past.
type Checkpoints struct{ Deps }

// Publish publishes the last checkpoint that was signed in the month before,
// once, and has it sent.
func (u Checkpoints) Publish(ctx context.Context) error {
	now := u.Clock.Now().UTC()
	month := wording.Month(now.AddDate(0, 0, -now.Day()))
	return u.DB.InSystem(ctx, "publishing the checkpoint of a month", func(ctx context.Context, tx pg.Tx) error {
		signed, ok, err := u.signedIn(ctx, tx, month)
		if err != nil || !ok {
			return err
		}
		first, err := inbox.Once(ctx, tx, checkpointOnce, derived(month, id.ID{}))
		if err != nil || !first {
			return err
		}
		if err := u.Jobs.Insert(ctx, tx, SendCheckpoint{Month: month}); err != nil {
			return err
		}
		return outbox.Append(ctx, tx, outbox.Event{
			AggregateType: "ledger_checkpoint", AggregateID: derived(month, id.ID{}), Version: 1,
			Message: &consentv1.LedgerCheckpointPublished{
				Month: month, TreeSize: signed.Size, RootHash: signed.Root[:], Note: signed.Note, SignTime: fields.Time(signed.SignTime),
			},
		})
	})
}

// Send has a batch of organisations mailed, and the next one in a job of its own.
// A job that died after its transaction runs again and sends nothing twice.
func (u Checkpoints) Send(ctx context.Context, job SendCheckpoint) error {
	return u.DB.InSystem(ctx, "sending the checkpoint of a month", func(ctx context.Context, tx pg.Tx) error {
		to, err := u.ledger.Recipients(ctx, tx, job.After)
		if err != nil || len(to) == 0 {
			return err
		}
		last := to[len(to)-1]
		first, err := inbox.Once(ctx, tx, checkpointOnce, derived(job.Month, last))
		if err != nil || !first {
			return err
		}
		events := fields.Each(to, func(organization id.ID) outbox.Event {
			return outbox.Event{
				AggregateType: "ledger_checkpoint", AggregateID: derived(job.Month, organization), Version: 1, Tenant: organization,
				Message: &consentv1.LedgerCheckpointSent{OrganizationId: organization.Text("org"), Month: job.Month},
			}
		})
		if err := outbox.AppendAll(ctx, tx, events); err != nil {
			return err
		}
		return u.Jobs.Insert(ctx, tx, SendCheckpoint{job.Month, last})
	})
}

// signedIn reads the last checkpoint of a month; of an older one, where none was
// signed in it.
func (d Deps) signedIn(ctx context.Context, tx pg.Tx, month string) (postgres.SignedTree, bool, error) {
	_, end, err := wording.MonthOf(month)
	if err != nil {
		return postgres.SignedTree{}, false, err
	}
	return d.ledger.SignedBefore(ctx, tx, end)
}

// derived is the same for the same month and organisation.
func derived(month string, organization id.ID) id.ID {
	sum := sha256.Sum256([]byte(month + organization.String()))
	return id.ID(sum[:len(id.ID{})])
}

// checkpoint mails the seal to whoever answers for an organisation.
func (u PrepareMail) checkpoint(ctx context.Context, e *consentv1.LedgerCheckpointSent) ([]Mail, error) {
	organization, err := id.Parse("org", e.GetOrganizationId())
	if err != nil {
		return nil, fmt.Errorf("reading an organisation: %w", err)
	}
	start, _, err := wording.MonthOf(e.GetMonth())
	if err != nil {
		return nil, err
	}
	var signed postgres.SignedTree
	err = u.DB.InTenant(ctx, organization, func(ctx context.Context, tx pg.Tx) (err error) {
		signed, _, err = u.signedIn(ctx, tx, e.GetMonth())
		return err
	})
	if err != nil || signed.Size == 0 {
		return nil, err
	}
	people, err := u.Siblings.Approvers(ctx, organization, id.ID{})
	mails := make([]Mail, len(people))
	for i, p := range people {
		locale := wording.Language(p.Locale)
		mails[i] = Mail{
			RecipientID: p.UserID, Address: p.Address, Locale: locale, Template: mailCheckpoint, OrganizationID: organization, ActionPath: "/history",
			Variables: map[string]string{
				"month": wording.NameOfMonth(locale, start), "leaves": strconv.FormatInt(signed.Size, 10), "seal": signed.Note,
				"sign_date": wording.Moment(locale, signed.SignTime.In(time.UTC)),
			},
		}
	}
	return mails, err
}
