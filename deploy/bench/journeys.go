package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/aval-access/aval/deploy/demodata"
	"github.com/aval-access/aval/deploy/journey"
	"github.com/aval-access/aval/deploy/stack"
	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
)

const (
	journeyTime    = 15 * time.Second
	journeyWorkers = 4
)

// journeys measures whole journeys over REST and real mails: two people set a
// password, a collaborator is assigned, the client says yes, the collaborator
// enters, the product checks, the client withdraws, the product checks again.
func journeys(ctx context.Context, out io.Writer, s *stack.Stack, _ *demodata.Data) error {
	return play(s, overREST, func(w journey.World) error {
		rate, err := workload{journeyWorkers, journeyTime}.run(ctx, func(ctx context.Context, n int) error { return oneJourney(ctx, w, n) })
		if err != nil {
			return fmt.Errorf("playing a journey: %w", err)
		}
		figure(out, "journey_per_s", rate, "journeys/s")
		return nil
	})
}

func oneJourney(ctx context.Context, w journey.World, n int) error {
	found := func(kind membershipv1.OrganizationKind, word string) (journey.Organization, error) {
		return w.FoundOrganization(ctx, &membershipv1.CreateOrganizationRequest{
			Kind: kind, Level1Support: kind == membershipv1.OrganizationKind_ORGANIZATION_KIND_PARTNER,
			Identification: &membershipv1.Identification{LegalName: fmt.Sprint(word, n)},
			OwnerEmail:     fmt.Sprintf("%s%d@bench.example", word, n),
		})
	}
	partner, err := found(membershipv1.OrganizationKind_ORGANIZATION_KIND_PARTNER, "partner")
	if err != nil {
		return err
	}
	client, err := found(membershipv1.OrganizationKind_ORGANIZATION_KIND_CLIENT, "client")
	if err != nil {
		return err
	}
	person, collaborator, err := w.AddCollaborator(ctx, partner, journey.Person{
		Email: fmt.Sprintf("support%d@bench.example", n), GivenName: "Karim", FamilyName: "Renaud",
	})
	if err != nil {
		return err
	}
	dossier, err := w.LinkDossier(ctx, partner, client)
	if err != nil {
		return err
	}
	if _, err := w.Assign(ctx, partner, collaborator.GetId(), dossier.GetId()); err != nil {
		return err
	}
	return visitAndWithdraw(ctx, w, cast{partner: partner, client: client, person: person, dossier: dossier.GetId()})
}

type cast struct {
	partner, client journey.Organization
	person          journey.Person
	dossier         string
}

func visitAndWithdraw(ctx context.Context, w journey.World, c cast) error {
	token, err := w.ConsentLink(ctx, c.client.Owner.Email)
	if err != nil {
		return err
	}
	consent, err := w.ApproveByLink(ctx, c.client.Owner.Email, token, consentv1.DurationChoice_DURATION_CHOICE_1_WEEK)
	if err != nil {
		return err
	}
	visit, err := w.EnterDossier(ctx, c.person, c.partner.ID, c.dossier)
	if err != nil {
		return err
	}
	for _, want := range []bool{true, false} {
		answer, err := w.Check(ctx, c.person.UserID, c.client.ID, visit.GetSupportSession().GetId(), "management/invoices")
		if err != nil {
			return err
		}
		if answer.GetAllowed() != want {
			return fmt.Errorf("the decision is %t", answer.GetAllowed())
		}
		if _, err := w.Withdraw(ctx, c.client.Owner, consent.GetId()); err != nil {
			return err
		}
	}
	return nil
}
