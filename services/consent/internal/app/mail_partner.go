package app

import (
	"context"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/pg"
)

// partnersPath is the client's page of its partners.
const partnersPath = "/assistance/partners"

// blocked tells every approver that a partner may not ask any more, and who
// saw to it: any of them can undo it.
func (u PrepareMail) blocked(ctx context.Context, e *consentv1.PartnerBlocked) ([]Mail, error) {
	var read fields.Reader
	client, partner := read.ID("org", "client_id", e.GetClientId()), read.ID("org", "partner_id", e.GetPartnerId())
	if read.Err() != nil {
		return nil, read.Err()
	}
	var block domain.Block
	last, err := pg.InTenant(ctx, u.DB, client, func(ctx context.Context, tx pg.Tx) (r domain.Record, err error) {
		if block, err = u.blocks.ByPair(ctx, tx, client, partner); err != nil {
			return r, err
		}
		return u.consents.NewestOf(ctx, tx, client, partner)
	})
	if err != nil || !block.Stands() {
		return nil, err
	}
	mails, err := u.toApprovers(ctx, last, mailBlocked)
	for i := range mails {
		mails[i].ActionPath = partnersPath
		mails[i].Variables["actor_name"] = block.Actor.Name
	}
	return mails, err
}
