package app

import (
	"context"
	"encoding/hex"
	"errors"
	"slices"
	"time"

	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/consent/internal/postgres"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/idempotency"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/token"
)

const (
	// stopTerm is how long a mailed link stops accesses.
	stopTerm = 90 * 24 * time.Hour
	// byMail is how the timeline says that a yes was taken back by such a link.
	byMail = "mail_link"
)

// StopByLink ends accesses on the strength of a mail that lists who can come in:
// taking a yes back asks for no more than giving it did (R41).
type StopByLink struct{ Deps }

// Open are the accesses of a client as its link shows them.
type Open struct {
	Link       postgres.Link
	ClientName string
	Accesses   []domain.Record
}

// Look lists who can come in. It changes nothing and uses nothing up.
func (u StopByLink) Look(ctx context.Context, text string) (Open, error) {
	link, about, _, err := u.open(ctx, text)
	if err != nil {
		return Open{}, err
	}
	open, err := u.inForce(ctx, link.ClientID)
	slices.SortStableFunc(open, func(a, b domain.Record) int { return firstOf(link.ConsentID, a) - firstOf(link.ConsentID, b) })
	return Open{Link: link, ClientName: about.ClientName, Accesses: open}, err
}

// firstOf puts the consent that a mail is about before the others.
func firstOf(named id.ID, r domain.Record) int {
	if r.ID == named {
		return 0
	}
	return 1
}

// inForce are the accesses of a client that let somebody in now.
func (d Deps) inForce(ctx context.Context, client id.ID) ([]domain.Record, error) {
	open, err := pg.InTenant(ctx, d.DB, client, func(ctx context.Context, tx pg.Tx) ([]domain.Record, error) {
		return d.consents.InForce(ctx, tx, client)
	})
	return slices.DeleteFunc(open, func(r domain.Record) bool { return r.StateAt(d.Clock.Now()) != domain.Given }), err
}

// open reads the link and asks whether its recipient may still answer for the
// client, now.
func (u StopByLink) open(ctx context.Context, text string) (postgres.Link, domain.Record, domain.Respondent, error) {
	link, err := u.openLink(ctx, token.Stop, text)
	if err != nil {
		return postgres.Link{}, domain.Record{}, domain.Respondent{}, err
	}
	about, err := u.read(ctx, link.ClientID, link.ConsentID)
	if err != nil {
		return postgres.Link{}, domain.Record{}, domain.Respondent{}, err
	}
	by, err := u.Siblings.Respondent(ctx, link.RecipientID, link.ClientID, about.PartnerID)
	if err == nil && !by.Approver {
		err = domain.NotAnApprover
	}
	return link, about, by, err
}

// Press is what was ticked behind a link.
type Press struct {
	Token    string
	Consents []id.ID
	// SessionOrganizationID is where the browser is signed in, if anywhere.
	SessionOrganizationID id.ID
	// Key recognises the repetition; its tenant and principal are the link's.
	Key idempotency.Key
}

// Do commits every end first, then waits until nobody answers yes any more. What
// is over already is waited for again and stays as it is.
func (u StopByLink) Do(ctx context.Context, p Press) (Swept, error) {
	link, _, by, err := u.open(ctx, p.Token)
	if err != nil {
		return Swept{}, err
	}
	return u.Stop(ctx, p, link, domain.Actor{Party: domain.ByClient, ID: by.UserID, Name: by.Name})
}

// Stop ends what was ticked, in the name of the link's recipient.
func (u StopByLink) Stop(ctx context.Context, p Press, link postgres.Link, by domain.Actor) (Swept, error) {
	if err := u.refusePartner(ctx, link.ClientID, p); err != nil {
		return Swept{}, err
	}
	var ended []domain.Grant
	for _, consent := range p.Consents {
		key := p.Key
		key.Tenant, key.Principal = link.ClientID, hex.EncodeToString(link.Hash)
		if key.RequestID != "" {
			key.RequestID += "." + consent.String()
		}
		decided, err := Withdraw(u).Decide(ctx, Withdrawal{
			ClientID: link.ClientID, ConsentID: consent, Actor: by, Reason: byMail, Key: key,
		})
		if errors.Is(err, domain.NotGiven) {
			continue
		}
		if err != nil {
			return Swept{}, err
		}
		ended = append(ended, decided.Grants...)
	}
	count, err := u.waitForEnd(ctx, ended)
	return Swept{Consents: len(p.Consents), Ended: count}, err
}

// refusePartner: what the partner gives up is no taking back by the client.
func (u StopByLink) refusePartner(ctx context.Context, client id.ID, p Press) error {
	if p.SessionOrganizationID.IsZero() {
		return nil
	}
	for _, consent := range p.Consents {
		r, err := u.read(ctx, client, consent)
		if err != nil {
			return err
		}
		if r.PartnerID == p.SessionOrganizationID {
			return domain.PartnerSession
		}
	}
	return nil
}
