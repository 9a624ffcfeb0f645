package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/aval-access/aval/deploy/journey"
	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
)

const (
	feature = "management/invoices"
	// checksAfter follow each withdrawal at once; another one comes at the end.
	checksAfter = 5
)

// outcome is what the answers of one journey said.
type outcome struct {
	n               int64
	partner, client journey.Organization
	person          journey.Person
	dossier         string
	consent         string
	session         string
}

func (c *company) play(ctx context.Context, n int64) (o outcome, err error) {
	o.n = n
	if o, err = c.prepare(ctx, o); err != nil {
		return o, err
	}
	token, err := c.world.ConsentLink(ctx, o.client.Owner.Email)
	if err != nil {
		return o, err
	}
	given, err := c.world.ApproveByLink(ctx, token, consentv1.DurationChoice_DURATION_CHOICE_1_WEEK)
	if err != nil {
		return o, err
	}
	o.consent = given.GetId()
	if err := c.visit(ctx, &o); err != nil {
		return o, err
	}
	if _, err := c.world.Withdraw(ctx, o.client.Owner, o.consent); err != nil {
		return o, fmt.Errorf("withdrawing: %w", err)
	}
	for range checksAfter {
		if err := c.refused(ctx, o); err != nil {
			return o, err
		}
	}
	return o, nil
}

// prepare founds two organisations and assigns a person of the one to the other.
func (c *company) prepare(ctx context.Context, o outcome) (outcome, error) {
	var err error
	if o.partner, err = c.found(ctx, membershipv1.OrganizationKind_ORGANIZATION_KIND_PARTNER, fmt.Sprint("partner", o.n)); err != nil {
		return o, err
	}
	if o.client, err = c.found(ctx, membershipv1.OrganizationKind_ORGANIZATION_KIND_CLIENT, fmt.Sprint("client", o.n)); err != nil {
		return o, err
	}
	var collaborator *partnersupportv1.Collaborator
	o.person, collaborator, err = c.world.AddCollaborator(ctx, o.partner, journey.Person{
		Email: fmt.Sprintf("support%d@chaos.example", o.n), GivenName: "Karim", FamilyName: "Renaud",
	})
	if o.person, err = c.joined(ctx, o.person, o.partner.ID, err); err != nil {
		return o, err
	}
	dossier, err := c.world.LinkDossier(ctx, o.partner, o.client)
	if err != nil {
		return o, err
	}
	o.dossier = dossier.GetId()
	_, err = c.world.Assign(ctx, o.partner, collaborator.GetId(), o.dossier)
	return o, err
}

func (c *company) found(ctx context.Context, kind membershipv1.OrganizationKind, word string) (journey.Organization, error) {
	made, err := c.world.FoundOrganization(ctx, &membershipv1.CreateOrganizationRequest{
		Kind: kind, Level1Support: kind == membershipv1.OrganizationKind_ORGANIZATION_KIND_PARTNER,
		Identification: &membershipv1.Identification{LegalName: word}, OwnerEmail: word + "@chaos.example",
	})
	made.Owner, err = c.joined(ctx, made.Owner, made.ID, err)
	return made, err
}

// joined makes good an entry whose answer was lost on its way: a link works
// once, and a new session's token is told once. The person signs in, as people
// do, and presses the invitation's button again.
func (c *company) joined(ctx context.Context, p journey.Person, organization string, err error) (journey.Person, error) {
	for tries := 0; errors.Is(err, errUncertain) && p.Password != "" && tries < 10; tries++ {
		c.report.count("entries_made_good")
		lost := err
		p, err = c.world.SignIn(ctx, p, organization)
		if err == nil || errors.Is(err, errUncertain) || p.UserID == "" {
			continue
		}
		token, failed := c.world.InvitationToken(ctx, p.Email)
		if failed != nil {
			return p, failed
		}
		if err = p.Accept(ctx, token); err != nil {
			return p, errors.Join(err, lost)
		}
		err = p.Enter(ctx, organization)
	}
	return p, err
}

// visit enters the dossier, which the partner's side may hear of a moment
// later, and must then be let in.
func (c *company) visit(ctx context.Context, o *outcome) error {
	err := journey.Eventually(ctx, func(ctx context.Context) (bool, error) {
		entered, err := c.world.EnterDossier(ctx, o.person, o.partner.ID, o.dossier)
		if err != nil {
			return false, err
		}
		o.session = entered.GetSupportSession().GetId()
		return true, nil
	})
	if err != nil {
		return fmt.Errorf("entering: %w", err)
	}
	answer, err := c.world.Check(ctx, o.person.UserID, o.client.ID, o.session, feature)
	if err != nil {
		return fmt.Errorf("checking: %w", err)
	}
	if !answer.GetAllowed() {
		return errors.New("a check was refused although the client said yes")
	}
	return nil
}
