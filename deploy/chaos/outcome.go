package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/aval-access/aval/deploy/house"
	"github.com/aval-access/aval/deploy/journey"
	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
)

const (
	feature = "management/invoices"
	// checksAfter follow each withdrawal at once; another one comes at the end.
	checksAfter = 5
)

// outcome is what the answers of one journey said.
type outcome struct {
	house.Case
	n       int64
	consent string
	session string
}

func (c *company) play(ctx context.Context, n int64) (o outcome, err error) {
	o.n = n
	if o, err = c.prepare(ctx, o); err != nil {
		return o, err
	}
	token, err := c.world.ConsentLink(ctx, o.Client.Owner.Email)
	if err != nil {
		return o, err
	}
	given, err := c.world.ApproveByLink(ctx, o.Client.Owner.Email, token, consentv1.DurationChoice_DURATION_CHOICE_1_WEEK)
	if err != nil {
		return o, err
	}
	o.consent = given.GetId()
	if err := c.visit(ctx, &o); err != nil {
		return o, err
	}
	if _, err := c.world.Withdraw(ctx, o.Client.Owner, o.consent); err != nil {
		return o, fmt.Errorf("withdrawing: %w", err)
	}
	for range checksAfter {
		if err := c.refused(ctx, o); err != nil {
			return o, err
		}
	}
	return o, nil
}

// prepare has a person of one new organisation assigned to another one.
func (c *company) prepare(ctx context.Context, o outcome) (outcome, error) {
	var err error
	if o.Case, err = c.world.NewCase(ctx, fmt.Sprint(o.n)); err != nil {
		return o, err
	}
	_, err = c.world.Assign(ctx, o.Partner, o.Collaborator, o.Dossier)
	return o, err
}

// visit enters the dossier, which the partner's side may hear of a moment
// later, and must then be let in.
func (c *company) visit(ctx context.Context, o *outcome) error {
	err := journey.Eventually(ctx, func(ctx context.Context) (bool, error) {
		entered, err := c.world.EnterDossier(ctx, o.Person, o.Partner.ID, o.Dossier)
		if err != nil {
			return false, err
		}
		o.session = entered.GetSupportSession().GetId()
		return true, nil
	})
	if err != nil {
		return fmt.Errorf("entering: %w", err)
	}
	answer, err := c.world.Check(ctx, o.Person.UserID, o.Client.ID, o.session, feature)
	if err != nil {
		return fmt.Errorf("checking: %w", err)
	}
	if !answer.GetAllowed() {
		return errors.New("a check was refused although the client said yes")
	}
	return nil
}
