package app

import (
	"context"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
	"github.com/aval-access/aval/services/partnersupport/internal/sibling"
)

// RequestConsent asks the client of an assignment. A job does it after the
// assignment was made; entering does it where the job is late.
type RequestConsent struct{ Deps }

// asking is an assignment and what the client will read about it.
type asking struct {
	ending       ending
	collaborator domain.Collaborator
	productName  string
	handedOver   id.ID // the consent that this one takes over; zero: none
}

// Do asks once: an assignment that was asked for already is left as it is, and
// consent itself knows an assignment that it saw before. One that ended takes
// back what was asked for it: a request, or a yes that came too late.
func (u RequestConsent) Do(ctx context.Context, partner, assignment id.ID) error {
	a, err := u.read(ctx, partner, assignment)
	if err != nil {
		return err
	}
	now := a.ending.assignment
	switch {
	case !now.Live():
		return u.takeBack(ctx, now)
	case !now.ConsentID.IsZero():
		return nil
	}
	asked, err := u.ask(ctx, a)
	if fault.Is(err, reasonv1.Reason_REASON_CONSENT_REFUSED) {
		return u.giveUp(ctx, a, err)
	}
	if err != nil {
		return err
	}
	return u.note(ctx, a, asked)
}

func (u RequestConsent) read(ctx context.Context, partner, assignment id.ID) (a asking, err error) {
	err = u.DB.InSystem(ctx, "asking for consent", func(ctx context.Context, tx pg.Tx) error {
		a.ending, a.collaborator, err = lockEnding(ctx, tx, partner, assignment)
		if err != nil {
			return err
		}
		if a.handedOver, err = postgres.ConsentBehind(ctx, tx, a.ending.assignment); err != nil {
			return err
		}
		product, err := postgres.FirstProduct(ctx, tx)
		if product != nil {
			a.productName = product.Name
		}
		return err
	})
	return a, err
}

func (u RequestConsent) ask(ctx context.Context, a asking) (sibling.Asked, error) {
	partner, err := u.Membership.Organization(ctx, a.ending.assignment.PartnerID)
	if err != nil {
		return sibling.Asked{}, err
	}
	client, err := u.Membership.Organization(ctx, a.ending.parties.ClientID)
	if err != nil {
		return sibling.Asked{}, err
	}
	return u.Consent.Request(ctx, sibling.Question{
		Assignment:   a.ending.assignment,
		Collaborator: a.collaborator,
		Partner:      partner,
		Client:       client,
		ProductName:  a.productName,
		HandedOver:   a.handedOver,
	})
}

// note stores the consent. An assignment that ended while the client was being
// asked takes the request back.
func (u RequestConsent) note(ctx context.Context, a asking, asked sibling.Asked) error {
	var now domain.Assignment
	err := u.DB.InSystem(ctx, "noting a consent", func(ctx context.Context, tx pg.Tx) (err error) {
		now, err = postgres.LockAssignment(ctx, tx, a.ending.assignment.PartnerID, a.ending.assignment.ID)
		if err != nil {
			return err
		}
		now.ConsentID, now.MailTime = asked.ConsentID, asked.MailTime
		return postgres.SaveAssignment(ctx, tx, now)
	})
	if err != nil || now.Live() {
		return err
	}
	return u.takeBack(ctx, now)
}

// takeBack ends what was asked for an assignment that is over. Repeating it is
// harmless: a consent that is over stays as it is.
func (u RequestConsent) takeBack(ctx context.Context, over domain.Assignment) error {
	if over.ConsentID.IsZero() {
		return nil
	}
	actor := over.EndActorID
	if actor.IsZero() {
		actor = over.RequesterID
	}
	_, err := u.Consent.Terminate(ctx, over, actor)
	return err
}

// giveUp ends an assignment that the client may not be asked for: they said no
// a short while ago.
func (u RequestConsent) giveUp(ctx context.Context, a asking, cause error) error {
	err := u.DB.InSystem(ctx, "giving up a request in its cool-down", func(ctx context.Context, tx pg.Tx) error {
		e, _, err := lockEnding(ctx, tx, a.ending.assignment.PartnerID, a.ending.assignment.ID)
		if err != nil || e.assignment.State != domain.PendingConsent {
			return err
		}
		_, err = e.end(ctx, tx, domain.Happening{Event: domain.ClientRefused, Time: u.Clock.Now()})
		return err
	})
	if err != nil {
		return err
	}
	return cause
}
