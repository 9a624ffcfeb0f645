package app

import (
	"context"
	"crypto/sha256"
	"fmt"

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

// sensitiveOnce is the name under which a client is told once in a visit of a
// sensitive feature.
const sensitiveOnce = "consent-sensitive-use"

// noteSensitive tells the client at once that a feature was used which it allowed
// on a line of its own (R130): once in a visit, whatever its policy says of
// visits.
func (d Deps) noteSensitive(ctx context.Context, tx pg.Tx, e postgres.Entry, asked []domain.Line) error {
	line, sensitive := domain.SensitiveLine(asked, e.Feature)
	if !sensitive || e.Outcome != postgres.Done {
		return nil
	}
	sum := sha256.Sum256([]byte(e.SupportSessionID.String() + line.Feature))
	use := id.ID(sum[:len(id.ID{})])
	first, err := inbox.Once(ctx, tx, sensitiveOnce, use)
	if err != nil || !first {
		return err
	}
	return outbox.Append(ctx, tx, outbox.Event{
		AggregateType: "visit", AggregateID: use, Version: 1, Tenant: e.AccountID,
		Message: &consentv1.SensitiveFeatureUsed{
			ClientId: e.AccountID.Text("org"), ConsentId: e.ConsentID.Text("cns"), SupportSessionId: e.SupportSessionID.Text("sup"),
			Feature: line.Feature, UseTime: fields.Time(e.Time),
		},
	})
}

// sensitive tells every approver who used what, and when.
func (u PrepareMail) sensitive(ctx context.Context, e *consentv1.SensitiveFeatureUsed) ([]Mail, error) {
	var read fields.Reader
	client, consent := read.ID("org", "client_id", e.GetClientId()), read.ID("cns", "consent_id", e.GetConsentId())
	if read.Err() != nil {
		return nil, read.Err()
	}
	r, err := u.read(ctx, client, consent)
	if err != nil {
		return nil, err
	}
	line, ok := domain.SensitiveLine(r.Lines, e.GetFeature())
	if !ok {
		return nil, fmt.Errorf("the request has no line of its own for %s", e.GetFeature())
	}
	mails, err := u.toStop(ctx, r, mailSensitive)
	for i := range mails {
		mails[i].Variables["feature"] = wording.Pick(mails[i].Locale, line.LabelFR, line.LabelEN)
		mails[i].Variables["start_date"] = wording.Moment(mails[i].Locale, e.GetUseTime().AsTime())
	}
	return mails, err
}
