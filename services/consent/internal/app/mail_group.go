package app

import (
	"context"
	"slices"
	"strings"
	"time"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/consent/internal/postgres"
	"github.com/aval-access/aval/services/consent/internal/sibling"
	"github.com/aval-access/aval/services/consent/internal/wording"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/token"
)

// maxMailed bounds the requests that one mail names.
const maxMailed = 200

// addressed is a request with the approver it is mailed to.
type addressed struct {
	record domain.Record
	to     sibling.Person
}

// departed writes one mail about all requests of a departure that still wait
// and that its recipient may still answer. A request that is alone has the mail
// that it would have had.
func (u PrepareMail) departed(ctx context.Context, e *consentv1.RequestMailDeparted) ([]Mail, error) {
	var read fields.Reader
	d := domain.Departure{
		ID:        read.ID("dep", "departure_id", e.GetDepartureId()),
		PartnerID: read.ID("org", "partner_id", e.GetPartnerId()), RecipientID: read.ID("usr", "recipient_id", e.GetRecipientId()),
	}
	if read.Err() != nil {
		return nil, read.Err()
	}
	open, err := u.waiting(ctx, d)
	if err != nil {
		return nil, err
	}
	switch len(open) {
	case 0:
		return nil, nil
	case 1:
		return u.request(ctx, open[0].record, func(p sibling.Person) bool { return p.UserID == d.RecipientID })
	default:
		return u.grouped(ctx, d, open)
	}
}

// waiting are the requests of a departure that are still to be answered. The
// alarm rings for one whose client has nobody left who could.
func (u PrepareMail) waiting(ctx context.Context, d domain.Departure) ([]addressed, error) {
	taken, err := pg.InTenant(ctx, u.DB, d.PartnerID, func(ctx context.Context, tx pg.Tx) ([]domain.Record, error) {
		return u.consents.OfDeparture(ctx, tx, d, maxMailed)
	})
	if err != nil {
		return nil, err
	}
	var out []addressed
	known := map[id.ID][]sibling.Person{}
	for _, r := range taken {
		if r.StateAt(u.Clock.Now()) != domain.Requested {
			continue
		}
		if _, ok := known[r.ClientID]; !ok {
			if known[r.ClientID], err = u.Siblings.Approvers(ctx, r.ClientID, r.PartnerID); err != nil {
				return nil, err
			}
		}
		approvers := known[r.ClientID]
		if len(approvers) == 0 {
			if err := u.reachNobody(ctx, r); err != nil {
				return nil, err
			}
		}
		if at := slices.IndexFunc(approvers, func(p sibling.Person) bool { return p.UserID == d.RecipientID }); at >= 0 {
			out = append(out, addressed{r, approvers[at]})
		}
	}
	return out, nil
}

// grouped is the mail about several requests, with the one link of them all.
func (u PrepareMail) grouped(ctx context.Context, d domain.Departure, open []addressed) ([]Mail, error) {
	first, t := open[0], token.New(token.Consent)
	mail := mailTo(first.to, first.record, mailRequests)
	mail.ActionPath = "/g/" + t.String()
	for _, single := range []string{"collaborator_name", "client_name", "predecessor_name", "running", "reason", "rights", "duration", "state"} {
		delete(mail.Variables, single)
	}
	mail.Variables["title"], mail.Variables["requests"] = groupTitle(open, mail.Locale), requestLines(open, mail.Locale)
	mail.Variables["expire_date"] = wording.Moment(mail.Locale, lastCall(open, time.Time.Before))
	link := postgres.Link{
		Hash: t.Hash(), DepartureID: d.ID, RecipientID: d.RecipientID, GivenName: first.to.GivenName, Locale: mail.Locale,
		CreateTime: u.Clock.Now(), ExpireTime: lastCall(open, time.Time.After),
	}
	return []Mail{mail}, u.DB.InTenant(ctx, d.PartnerID, func(ctx context.Context, tx pg.Tx) error {
		return u.links.Insert(ctx, tx, []postgres.Link{link})
	})
}

// groupTitle is the fixed title (R21); only where no assistance is asked for is
// it the one of bookkeeping (R7).
func groupTitle(open []addressed, locale string) string {
	role := domain.Accountant
	for _, one := range open {
		if one.record.Role != domain.Accountant {
			role = one.record.Role
		}
	}
	return wording.Title(role, locale)
}

// requestLines names each person and company, a line each.
func requestLines(open []addressed, locale string) string {
	return strings.Join(fields.Each(open, func(one addressed) string { return wording.Request(locale, one.record) }), "\n")
}

// lastCall is the first or the last moment until which the requests wait.
func lastCall(open []addressed, sooner func(a, b time.Time) bool) time.Time {
	end := open[0].record.RequestExpireTime
	for _, one := range open[1:] {
		if sooner(one.record.RequestExpireTime, end) {
			end = one.record.RequestExpireTime
		}
	}
	return end
}
