package app

import (
	"context"
	"crypto/sha256"
	"slices"
	"time"

	"google.golang.org/protobuf/proto"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/consent/internal/postgres"
	"github.com/aval-access/aval/services/consent/internal/sibling"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/inbox"
	"github.com/aval-access/aval/services/kit/pg"
)

// BounceConsumer is the durable consumer of mails that reached nobody.
const BounceConsumer = "consent-bounces"

// reachNobody raises the alarm for a request that no mail can leave for: the
// partner is told, and the line in the log is the operator's.
func (d Deps) reachNobody(ctx context.Context, r domain.Record) error {
	return d.alarm(ctx, r, func(context.Context, pg.Tx) (bool, error) { return true, nil })
}

// alarm raises it where the transaction that holds the request finds it due.
func (d Deps) alarm(ctx context.Context, r domain.Record, due func(context.Context, pg.Tx) (bool, error)) error {
	raised := false
	err := d.note(ctx, timer{r.ClientID, r.ID, domain.Requested}, func(ctx context.Context, tx pg.Tx, r domain.Record) (_ proto.Message, err error) {
		if raised, err = due(ctx, tx); err != nil || !raised {
			return nil, err
		}
		return &consentv1.ConsentUnreachable{Consent: refOf(r, id.ID{})}, nil
	})
	if err == nil && raised {
		d.Log.ErrorContext(ctx, "request_reaches_nobody", "consent", r.ID.Text("cns"), "client", r.ClientID.Text("org"))
		d.Unreachable.Add(ctx, 1)
	}
	return err
}

// AsksApprovers tells whether mails of a template bring a request to approvers.
func AsksApprovers(template string) bool { return template == mailRequest || template == mailRequests }

// NoteBounce looks after the requests that a mail was about which bounced.
type NoteBounce struct{ Deps }

// Bounce is a mail to an approver that nobody read.
type Bounce struct {
	EventID, RecipientID id.ID
	Time                 time.Time
}

// Do raises the alarm for each request that no approver can be reached with any
// more. Done again, it raises none twice.
func (u NoteBounce) Do(ctx context.Context, b Bounce) error {
	var behind []postgres.Request
	err := u.DB.InSystem(ctx, "noting that mail to somebody bounces", func(ctx context.Context, tx pg.Tx) (err error) {
		behind, err = u.links.Bounce(ctx, tx, b.RecipientID, b.Time)
		return err
	})
	if err != nil {
		return err
	}
	for _, one := range behind {
		if err := u.look(ctx, b, one); err != nil {
			return err
		}
	}
	return nil
}

// look asks who could answer one request, and whether all of them are out of
// reach. Who is still to be mailed is not.
func (u NoteBounce) look(ctx context.Context, b Bounce, one postgres.Request) error {
	r, err := u.read(ctx, one.ClientID, one.ConsentID)
	if err != nil || r.StateAt(u.Clock.Now()) != domain.Requested {
		return err
	}
	approvers, err := u.Siblings.Approvers(ctx, r.ClientID, r.PartnerID)
	if err != nil {
		return err
	}
	return u.alarm(ctx, r, func(ctx context.Context, tx pg.Tx) (bool, error) {
		unreached, err := u.links.Unreached(ctx, tx, r.ID)
		if err != nil || slices.ContainsFunc(approvers, func(p sibling.Person) bool { return !slices.Contains(unreached, p.UserID) }) {
			return false, err
		}
		return inbox.Once(ctx, tx, BounceConsumer, b.of(r.ID))
	})
}

// of is the same for the same bounce and request.
func (b Bounce) of(consent id.ID) id.ID {
	sum := sha256.Sum256([]byte(b.EventID.String() + consent.String()))
	return id.ID(sum[:len(id.ID{})])
}

// nobody tells the collaborator, and whoever asked for them, that a request
// reaches nobody.
func (u PrepareMail) nobody(ctx context.Context, r domain.Record) ([]Mail, error) {
	mails, err := u.toCollaborator(ctx, r, mailNobody)
	if err != nil || r.Offered || r.RequesterID == r.UserID {
		return mails, err
	}
	r.UserID = r.RequesterID
	more, err := u.toCollaborator(ctx, r, mailNobody)
	return append(mails, more...), err
}

// NobodyToAsk tells whether a request waits at a client that has nobody who
// could answer it.
func (u Remind) NobodyToAsk(ctx context.Context, partner id.ID, out Reminded) (bool, error) {
	if out.State != domain.Requested {
		return false, nil
	}
	approvers, err := u.Siblings.Approvers(ctx, out.ClientID, partner)
	return len(approvers) == 0, err
}
