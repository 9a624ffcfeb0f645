package app

import (
	"context"
	"strings"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/kit/fields"
)

// ending tells both sides that an access ends soon. A mail that comes late says
// nothing of an access that is over.
func (u PrepareMail) ending(ctx context.Context, r domain.Record, e *consentv1.ConsentEnding) ([]Mail, error) {
	if r.StateAt(u.Clock.Now()) != domain.Given || !r.ExpireTime.Equal(e.GetExpireTime().AsTime()) {
		return nil, nil
	}
	mails, err := u.toCollaborator(ctx, r, mailEndingTo)
	if err != nil {
		return nil, err
	}
	more, err := u.toItsPage(ctx, r, mailEnding)
	return append(mails, more...), err
}

// anniversary lists who can come in, a line each, to every approver, with a way
// to end it without a sign-in.
func (u PrepareMail) anniversary(ctx context.Context, r domain.Record) ([]Mail, error) {
	open, err := u.inForce(ctx, r.ClientID)
	if err != nil {
		return nil, err
	}
	people := fields.Each(open, func(one domain.Record) string {
		return one.CollaboratorName() + " (" + one.Partner.LegalName + ")"
	})
	if len(people) == 0 {
		return nil, nil
	}
	mails, err := u.toStop(ctx, r, mailYearly)
	for i := range mails {
		mails[i].Variables["people"] = strings.Join(people, "\n")
	}
	return mails, err
}

// paused tells the collaborator that nobody gets in, and asks every approver
// whether the access goes on.
func (u PrepareMail) paused(ctx context.Context, r domain.Record) ([]Mail, error) {
	if !r.PausedAt(u.Clock.Now()) {
		return nil, nil
	}
	told, err := u.toCollaborator(ctx, r, mailPaused)
	if err != nil {
		return nil, err
	}
	for i := range told {
		told[i].Variables["expire_date"] = moment(told[i].Locale, r.Lease.End)
	}
	asked, err := u.toConfirm(ctx, r)
	return append(told, asked...), err
}

// toConfirm asks every approver whether an access that pauses goes on.
func (u PrepareMail) toConfirm(ctx context.Context, r domain.Record) ([]Mail, error) {
	if !r.PausedAt(u.Clock.Now()) {
		return nil, nil
	}
	mails, err := u.toItsPage(ctx, r, mailConfirm)
	for i := range mails {
		mails[i].Variables["expire_date"] = moment(mails[i].Locale, r.Lease.End)
	}
	return mails, err
}

// toItsPage writes to every approver, and leads to the page of the access itself.
func (u PrepareMail) toItsPage(ctx context.Context, r domain.Record, template string) ([]Mail, error) {
	mails, err := u.toApprovers(ctx, r, template)
	for i := range mails {
		mails[i].ActionPath = assistancePath + "/" + r.ID.Text("cns")
	}
	return mails, err
}
