package app

import (
	"context"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/kit/pg"
)

// ended tells the side that did not end it, and both of what time or the
// platform ended. A request that was taken back needs no mail; nor does the
// client of what ended with its whole link.
func (u PrepareMail) ended(ctx context.Context, r domain.Record, e *consentv1.ConsentEnded) ([]Mail, error) {
	switch e.GetState() {
	case consentv1.ConsentState_CONSENT_STATE_WITHDRAWN:
		return u.toCollaborator(ctx, r, mailWithdrawn)
	case consentv1.ConsentState_CONSENT_STATE_EXPIRED_UNANSWERED:
		return u.toCollaborator(ctx, r, mailNoAnswer)
	case consentv1.ConsentState_CONSENT_STATE_INVALIDATED:
		return u.invalidated(ctx, r)
	case consentv1.ConsentState_CONSENT_STATE_EXPIRED:
		if e.GetWithLink() {
			return u.toCollaborator(ctx, r, mailOver)
		}
		return u.toBoth(ctx, r, mailOver, mailEnded)
	case consentv1.ConsentState_CONSENT_STATE_TERMINATED:
		mails, err := u.terminated(ctx, r, e)
		if err != nil || e.GetWithLink() {
			return mails, err
		}
		more, err := u.toApprovers(ctx, r, mailEnded)
		return append(mails, more...), err
	case consentv1.ConsentState_CONSENT_STATE_SUPERSEDED:
		return u.handedOver(ctx, r)
	default:
		return nil, nil
	}
}

// terminated tells the collaborator whose access somebody of the partner ended.
// Who ended it themselves knows, and who loses all accesses in one act has left:
// nobody is told goodbye once for each client.
func (u PrepareMail) terminated(ctx context.Context, r domain.Record, e *consentv1.ConsentEnded) ([]Mail, error) {
	if e.GetActorId() == r.UserID.Text("usr") {
		return nil, nil
	}
	together, err := pg.InTenant(ctx, u.DB, r.PartnerID, func(ctx context.Context, tx pg.Tx) (bool, error) {
		return u.consents.EndedTogether(ctx, tx, r)
	})
	if err != nil || together {
		return nil, err
	}
	return u.toCollaborator(ctx, r, mailOver)
}

// handedOver tells the person whose access ended that somebody took over (R36).
// Whose own newer access took the place of the old one hears of the newer.
func (u PrepareMail) handedOver(ctx context.Context, r domain.Record) ([]Mail, error) {
	successor, err := pg.InTenant(ctx, u.DB, r.ClientID, func(ctx context.Context, tx pg.Tx) (string, error) {
		return u.consents.TakenOverBy(ctx, tx, r)
	})
	if err != nil || successor == "" {
		return nil, err
	}
	mails, err := u.toCollaborator(ctx, r, mailHandedOn)
	for _, mail := range mails {
		mail.Variables["successor_name"] = successor
	}
	return mails, err
}
