package app

import (
	"context"
	"time"

	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/consent/internal/postgres"
	"github.com/aval-access/aval/services/consent/internal/sibling"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/token"
)

// linking says what a mail's link is for, and until when.
type linking struct {
	kind           token.Kind
	template, path string
	until          time.Time
}

// toStop writes to every approver with a link that ends accesses.
func (u PrepareMail) toStop(ctx context.Context, r domain.Record, template string) ([]Mail, error) {
	approvers, err := u.Siblings.Approvers(ctx, r.ClientID, r.PartnerID)
	if err != nil {
		return nil, err
	}
	return u.linked(ctx, r, approvers, linking{token.Stop, template, "/s/", u.Clock.Now().Add(stopTerm)})
}

// linked writes to each person with a link of their own, of which only the hash
// is kept.
func (u PrepareMail) linked(ctx context.Context, r domain.Record, people []sibling.Person, to linking) ([]Mail, error) {
	mails := make([]Mail, len(people))
	links := make([]postgres.Link, len(people))
	for i, p := range people {
		t := token.New(to.kind)
		mails[i] = mailTo(p, r, to.template)
		mails[i].ActionPath = to.path + t.String()
		links[i] = postgres.Link{
			Hash: t.Hash(), ClientID: r.ClientID, ConsentID: r.ID, RecipientID: p.UserID,
			GivenName: p.GivenName, Locale: mails[i].Locale, CreateTime: u.Clock.Now(), ExpireTime: to.until,
		}
	}
	return mails, u.DB.InTenant(ctx, r.ClientID, func(ctx context.Context, tx pg.Tx) error {
		return u.links.Insert(ctx, tx, links)
	})
}
