package app

import (
	"context"

	"google.golang.org/protobuf/proto"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/consent/internal/postgres"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/idempotency"
	"github.com/aval-access/aval/services/kit/inbox"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/token"
)

// Respond says who answers which request, and how they came to it.
type Respond struct {
	ClientID, ConsentID, UserID id.ID
	// DepartureID is that of a link that stands for several requests.
	DepartureID id.ID
	Via         domain.Assurance
	// Overturn says that the recorded no was seen and becomes a yes.
	Overturn bool
	// Device is the hash of the secret that a device answers with; empty: none.
	Device []byte
	// SessionOrganizationID is where the browser is signed in, if anywhere.
	SessionOrganizationID id.ID
	Network, Agent        string
	// Key names the request, so that its repetition is recognised.
	Key idempotency.Key
}

// OpenLink reads the link behind a token. It changes nothing and uses nothing
// up.
func (d Deps) OpenLink(ctx context.Context, text string) (postgres.Link, error) {
	return d.openLink(ctx, token.Consent, text)
}

// openLink reads the link of one kind: the kind is part of the hash, so that none
// serves for another purpose.
func (d Deps) openLink(ctx context.Context, kind token.Kind, text string) (postgres.Link, error) {
	t, err := token.Parse(kind, text)
	if err != nil {
		return postgres.Link{}, fault.New(reasonv1.Reason_REASON_LINK_INVALID, fault.Cause(err))
	}
	var link postgres.Link
	err = d.DB.InApp(ctx, func(ctx context.Context, tx pg.Tx) error {
		link, err = d.links.ByHash(ctx, tx, t.Hash(), d.Clock.Now())
		return err
	})
	return link, err
}

// OpenRequest is OpenLink for one request: the only one of most links, or the
// one named of those that a link stands for.
func (d Deps) OpenRequest(ctx context.Context, text string, named id.ID) (postgres.Link, error) {
	link, err := d.OpenLink(ctx, text)
	if err != nil || link.DepartureID.IsZero() && (named.IsZero() || named == link.ConsentID) {
		return link, err
	}
	refused := fault.New(reasonv1.Reason_REASON_LINK_INVALID)
	if link.DepartureID.IsZero() {
		return postgres.Link{}, refused
	}
	err = d.DB.InApp(ctx, func(ctx context.Context, tx pg.Tx) error {
		client, ok, err := d.departures.Takes(ctx, tx, link.DepartureID, named)
		if err == nil && !ok {
			err = refused
		}
		link.ClientID, link.ConsentID = client, named
		return err
	})
	return link, err
}

// read gives a client's consent as it is stored.
func (d Deps) read(ctx context.Context, client, consent id.ID) (domain.Record, error) {
	return pg.InTenant(ctx, d.DB, client, func(ctx context.Context, tx pg.Tx) (domain.Record, error) {
		return d.consents.ByID(ctx, tx, client, consent)
	})
}

// people asks who answers and who is asked for, at the click, and notes in the
// answer how sure that is.
func (d Deps) people(ctx context.Context, a *Respond) (domain.Respondent, domain.Asker, error) {
	r, err := d.read(ctx, a.ClientID, a.ConsentID)
	if err != nil {
		return domain.Respondent{}, domain.Asker{}, err
	}
	if a.SessionOrganizationID == r.PartnerID {
		return domain.Respondent{}, domain.Asker{}, d.partnerTried(ctx, r)
	}
	if err := d.checkFactor(ctx, *a); err != nil {
		return domain.Respondent{}, domain.Asker{}, err
	}
	if err := d.prove(ctx, a, r); err != nil {
		return domain.Respondent{}, domain.Asker{}, err
	}
	by, err := d.Siblings.Respondent(ctx, a.UserID, r.ClientID, r.PartnerID)
	if err != nil {
		return domain.Respondent{}, domain.Asker{}, err
	}
	by.SecondFactor = a.Via == domain.SessionMFA
	asker, err := d.Siblings.Asker(ctx, r.UserID)
	return by, asker, err
}

// partnerTriedOnce is the name under which the client is told once of a request
// that its partner's own browser tried to answer.
const partnerTriedOnce = "consent-partner-tried"

// partnerTried refuses who is signed in at the asking partner, and has the client
// told.
func (d Deps) partnerTried(ctx context.Context, r domain.Record) error {
	err := d.note(ctx, timer{r.ClientID, r.ID, r.StateAt(d.Clock.Now())}, func(ctx context.Context, tx pg.Tx, r domain.Record) (proto.Message, error) {
		first, err := inbox.Once(ctx, tx, partnerTriedOnce, r.ID)
		if err != nil || !first {
			return nil, err
		}
		return &consentv1.ConsentPartnerTried{Consent: refOf(r, id.ID{})}, nil
	})
	if err != nil {
		return err
	}
	return domain.PartnerSession
}

// checkFactor: a link is worth what the mailbox is worth, and an approver who
// has a second factor wants more.
func (d Deps) checkFactor(ctx context.Context, a Respond) error {
	if a.Via == domain.SessionMFA {
		return nil
	}
	policy, err := Policy{d}.Of(ctx, a.ClientID)
	if err != nil {
		return err
	}
	if policy.SecondFactor {
		return domain.FactorRequired
	}
	enrolled, err := d.Siblings.HasFactor(ctx, a.UserID)
	if err == nil && enrolled {
		err = domain.FactorRequired
	}
	return err
}

func (a Respond) evidence() domain.Evidence {
	return domain.Evidence{Assurance: a.Via, Network: a.Network, Agent: a.Agent}
}
