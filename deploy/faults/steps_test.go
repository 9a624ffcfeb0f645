package faults

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/deploy/house"
	"github.com/aval-access/aval/deploy/journey"
	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
)

const feature = "management/invoices"

// founded has the operator create an organisation, whose owner gets a mail;
// nobody waits for it.
func founded(t *testing.T) (organization, owner string) {
	t.Helper()
	owner = unique() + "@house.example"
	return foundedBy(t, owner), owner
}

func foundedBy(t *testing.T, owner string) (organization string) {
	t.Helper()
	answer, err := membershipv1.NewOrganizationServiceClient(shared.world.Operator["membership"]).CreateOrganization(patient(t),
		&membershipv1.CreateOrganizationRequest{
			Kind: membershipv1.OrganizationKind_ORGANIZATION_KIND_CLIENT, OwnerEmail: owner,
			Identification: &membershipv1.Identification{LegalName: owner},
		})
	require.NoError(t, err)
	return answer.GetOrganization().GetId()
}

// mailsTo are those that came to an address, by Message-ID.
func mailsTo(address string) map[string]int {
	out := map[string]int{}
	for _, mail := range shared.house.Mail.Messages() {
		if mail.To == address {
			out[mail.MessageID]++
		}
	}
	return out
}

// asked assigns the case's person, and gives the request once the client sees
// it. No mail is needed for that.
func asked(ctx context.Context, c house.Case) (*consentv1.Consent, error) {
	if _, err := shared.world.Assign(ctx, c.Partner, c.Collaborator, c.Dossier); err != nil {
		return nil, err
	}
	var found *consentv1.Consent
	err := journey.Eventually(ctx, func(ctx context.Context) (bool, error) {
		answer, err := consentv1.NewConsentServiceClient(c.Client.Owner).ListConsents(ctx, &consentv1.ListConsentsRequest{
			OrganizationId: c.Client.ID, States: []consentv1.ConsentState{consentv1.ConsentState_CONSENT_STATE_REQUESTED}, PageSize: 200,
		})
		for _, one := range answer.GetConsents() {
			if one.GetUserId() == c.Person.UserID {
				found = one
			}
		}
		return found != nil, err
	})
	return found, err
}

// yes is the client's answer, signed in.
func yes(ctx context.Context, s journey.Person, consent string) error {
	client := consentv1.NewConsentServiceClient(s)
	shown, err := client.LookupConsent(ctx, &consentv1.LookupConsentRequest{ConsentId: consent})
	if err != nil {
		return fmt.Errorf("reading the request: %w", err)
	}
	_, err = client.ApproveConsent(ctx, &consentv1.ApproveConsentRequest{
		ConsentId: consent, Answer: journey.Yes(shown.GetText(), consentv1.DurationChoice_DURATION_CHOICE_1_WEEK),
	})
	return err
}

// open is a case with a visit that is let in.
type open struct {
	house.Case
	consent, session string
}

// opened asks, says yes and enters.
func opened(ctx context.Context, c house.Case) (open, error) {
	o := open{Case: c}
	request, err := asked(ctx, c)
	if err != nil {
		return o, err
	}
	o.consent = request.GetId()
	if err := yes(ctx, c.Client.Owner, o.consent); err != nil {
		return o, err
	}
	err = journey.Eventually(ctx, func(ctx context.Context) (bool, error) {
		entered, err := shared.world.EnterDossier(ctx, c.Person, c.Partner.ID, c.Dossier)
		o.session = entered.GetSupportSession().GetId()
		return err == nil, err
	})
	if err != nil {
		return o, err
	}
	allowed, err := o.allowed(ctx)
	if err == nil && !allowed {
		err = errors.New("a check was refused although the client said yes")
	}
	return o, err
}

func (o open) allowed(ctx context.Context) (bool, error) {
	answer, err := shared.world.Check(ctx, o.Person.UserID, o.Client.ID, o.session, feature)
	return answer.GetAllowed(), err
}

// requireRefused looks at the decision and at what it is read from.
func (o open) requireRefused(t *testing.T) {
	t.Helper()
	allowed, err := o.allowed(patient(t))
	require.NoError(t, err)
	require.False(t, allowed)
	require.Zero(t, liveGrants(t, o.Case), "no grant is left")
}

func liveGrants(t *testing.T, c house.Case) int {
	t.Helper()
	return count(t, "membership", `
SELECT count(*)
FROM access_entry
WHERE source = 'GRANT'
  AND end_time IS NULL
  AND subject_id = $1
  AND via_partner = $2`, key(t, "usr", c.Person.UserID), key(t, "org", c.Partner.ID))
}
