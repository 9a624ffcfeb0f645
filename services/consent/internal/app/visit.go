package app

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/riverqueue/river"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/consent/internal/postgres"
	"github.com/aval-access/aval/services/consent/internal/wording"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/inbox"
	"github.com/aval-access/aval/services/kit/outbox"
	"github.com/aval-access/aval/services/kit/pg"
)

// digestOnce is the name under which a day is summed once.
const digestOnce = "consent-visit-digest"

// digestHour is when the mail about a day leaves, on the next.
const digestHour = 7 * time.Hour

// SumVisits is the job that tells a client what was done on a day. There is one
// for each client and day, however much was done.
type SumVisits struct {
	ClientID id.ID  `json:"client_id" river:"unique"`
	Day      string `json:"day" river:"unique"`
}

// id is the same for the same client and day.
func (s SumVisits) id() id.ID {
	sum := sha256.Sum256([]byte(s.ClientID.String() + s.Day))
	return id.ID(sum[:len(id.ID{})])
}

// Kind names the job.
func (SumVisits) Kind() string { return "sum_visits" }

// InsertOpts says when the job starts.
func (s SumVisits) InsertOpts() river.InsertOpts {
	_, end, _ := wording.DayOf(s.Day)
	return river.InsertOpts{ScheduledAt: end.Add(digestHour), UniqueOpts: river.UniqueOpts{ByArgs: true}}
}

// noteVisit tells the client that somebody came in, unless it wants to hear
// nothing of visits, and has the day summed.
func (u RecordFact) noteVisit(ctx context.Context, tx pg.Tx, e postgres.Entry) error {
	policy, err := u.policyOf(ctx, tx, e.AccountID)
	if err != nil {
		return err
	}
	if !policy.NoVisitMails {
		err = outbox.Append(ctx, tx, outbox.Event{
			AggregateType: "visit", AggregateID: e.SupportSessionID, Version: 1, Tenant: e.AccountID,
			Message: &consentv1.VisitNoted{
				ClientId: e.AccountID.Text("org"), ConsentId: e.ConsentID.Text("cns"),
				SupportSessionId: e.SupportSessionID.Text("sup"), StartTime: fields.Time(e.Time),
			},
		})
	}
	if err != nil {
		return err
	}
	return u.sumLater(ctx, tx, map[SumVisits]bool{{ClientID: e.AccountID, Day: wording.Day(e.Time)}: true})
}

// sumLater has days summed once they are over.
func (d Deps) sumLater(ctx context.Context, tx pg.Tx, days map[SumVisits]bool) error {
	for day := range days {
		if err := d.Jobs.Insert(ctx, tx, day); err != nil {
			return err
		}
	}
	return nil
}

// Visits tells clients of the visits that they had.
type Visits struct{ Deps }

// Sum has the mail about a day made, unless the client wants none.
func (u Visits) Sum(ctx context.Context, day SumVisits) error {
	return u.DB.InTenant(ctx, day.ClientID, func(ctx context.Context, tx pg.Tx) error {
		policy, err := u.policyOf(ctx, tx, day.ClientID)
		if err != nil || policy.NoDailyDigest {
			return err
		}
		// A job that died after its transaction runs again.
		first, err := inbox.Once(ctx, tx, digestOnce, day.id())
		if err != nil || !first {
			return err
		}
		return outbox.Append(ctx, tx, outbox.Event{
			AggregateType: "visit", AggregateID: day.id(), Version: 1, Tenant: day.ClientID,
			Message: &consentv1.VisitsSummed{ClientId: day.ClientID.Text("org"), Day: day.Day},
		})
	})
}

// visit tells every approver who came in, and when.
func (u PrepareMail) visit(ctx context.Context, e *consentv1.VisitNoted) ([]Mail, error) {
	var read fields.Reader
	client, consent := read.ID("org", "client_id", e.GetClientId()), read.ID("cns", "consent_id", e.GetConsentId())
	if read.Err() != nil {
		return nil, read.Err()
	}
	r, err := u.read(ctx, client, consent)
	if err != nil {
		return nil, err
	}
	mails, err := u.toApprovers(ctx, r, mailVisit)
	for i := range mails {
		mails[i].Variables["start_date"] = wording.Moment(mails[i].Locale, e.GetStartTime().AsTime())
	}
	return mails, err
}

// maxSummed bounds the lines of a mail; the history holds them all.
const maxSummed = 100

// visits tells every approver what was done on a day, in the history's own
// sentences. A day on which nobody came in needs no mail.
func (u PrepareMail) visits(ctx context.Context, e *consentv1.VisitsSummed) ([]Mail, error) {
	client, err := id.Parse("org", e.GetClientId())
	if err != nil {
		return nil, fmt.Errorf("reading a client: %w", err)
	}
	start, end, err := wording.DayOf(e.GetDay())
	if err != nil {
		return nil, err
	}
	var r domain.Record
	done, err := pg.InTenant(ctx, u.DB, client, func(ctx context.Context, tx pg.Tx) ([]postgres.NamedEntry, error) {
		list, err := u.history.List(ctx, tx, postgres.Range{AccountID: client, Visits: true, Start: start, End: end, Limit: maxSummed})
		if at := slices.IndexFunc(list, func(e postgres.NamedEntry) bool { return !e.ConsentID.IsZero() }); err == nil && at >= 0 {
			r, err = u.consents.ByID(ctx, tx, client, list[at].ConsentID)
		}
		return list, err
	})
	if err != nil || r.ID.IsZero() {
		return nil, err
	}
	mails, err := u.toApprovers(ctx, r, mailVisits)
	for i := range mails {
		mails[i].ActionPath = "/history"
		mails[i].Variables["day"], mails[i].Variables["activities"] = wording.Date(mails[i].Locale, start), sentences(mails[i].Locale, done)
	}
	return mails, err
}

// sentences are what was done, the oldest first, a line each. Who acted is the
// person whom the client let in.
func sentences(locale string, done []postgres.NamedEntry) string {
	var lines []string
	for _, e := range slices.Backward(done) {
		lines = append(lines, wording.Hour(e.Time)+" · "+wording.Sentence(locale, wording.Fact{
			Action: e.Action, Actor: e.SubjectName, Subject: e.SubjectName, Partner: e.PartnerName, Feature: e.Feature, Object: e.Object,
			Refused: e.Outcome == postgres.Denied, Failed: e.Outcome == postgres.Failed, Silent: e.Silent,
		}))
	}
	return strings.Join(lines, "\n")
}
