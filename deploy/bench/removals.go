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
	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
)

// bulkRows is how many dossiers one call assigns, and how many grants the
// removal ends.
const bulkRows = 500

// removalPatience bounds the wait for a removal's end.
const removalPatience = time.Minute

// removals measures one call that assigns a person to 500 dossiers, and, once
// the clients have said yes to all of them, one that removes the person. Between
// the two, how long a yes takes: when it returns, the access works.
func removals(ctx context.Context, out io.Writer, s *stack.Stack, _ *demodata.Data) error {
	return play(s, overGRPC, func(w journey.World) error {
		h := &helped{World: w}
		if err := h.fill(ctx, s); err != nil {
			return err
		}
		if err := h.measureAssigning(ctx, out); err != nil {
			return err
		}
		for _, client := range h.clients {
			if err := h.agree(ctx, client.Text("org")); err != nil {
				return err
			}
		}
		figure(out, "consent_approve_p99_ms", p99(h.yeses), "ms")
		return h.measureRemoving(ctx, out)
	})
}

func (h *helped) measureAssigning(ctx context.Context, out io.Writer) error {
	began := time.Now()
	if err := h.assign(ctx); err != nil {
		return err
	}
	figure(out, "bulk_assign_rows_per_s", bulkRows/time.Since(began).Seconds(), "rows/s")
	return nil
}

func (h *helped) measureRemoving(ctx context.Context, out io.Writer) error {
	began := time.Now()
	if err := h.remove(ctx); err != nil {
		return fmt.Errorf("removing the collaborator: %w", err)
	}
	figure(out, "remove_collaborator_500_grants_ms", float64(time.Since(began).Microseconds())/1000, "ms")
	return nil
}

// helped is a partner with one ready collaborator and 500 clients, all of one
// owner.
type helped struct {
	journey.World
	partner      journey.Organization
	collaborator string
	owner        journey.Person
	clients      []id.ID
	dossiers     []string
	yeses        []time.Duration
}

func (h *helped) fill(ctx context.Context, s *stack.Stack) error {
	partner, err := h.FoundOrganization(ctx, &membershipv1.CreateOrganizationRequest{
		Kind: membershipv1.OrganizationKind_ORGANIZATION_KIND_PARTNER, Level1Support: true,
		Identification: &membershipv1.Identification{LegalName: "Helpers"}, OwnerEmail: "owner@helpers.example",
	})
	if err != nil {
		return err
	}
	client, err := h.FoundOrganization(ctx, &membershipv1.CreateOrganizationRequest{
		Kind:           membershipv1.OrganizationKind_ORGANIZATION_KIND_CLIENT,
		Identification: &membershipv1.Identification{LegalName: "Helped"}, OwnerEmail: "owner@helped.example",
	})
	if err != nil {
		return err
	}
	_, collaborator, err := h.AddCollaborator(ctx, partner, journey.Person{Email: "karim@helpers.example", GivenName: "Karim", FamilyName: "Renaud"})
	if err != nil {
		return err
	}
	h.partner, h.collaborator, h.owner = partner, collaborator.GetId(), client.Owner
	return h.link(ctx, s)
}

// link makes the clients, their owner's memberships and the dossiers by rows.
func (h *helped) link(ctx context.Context, s *stack.Stack) error {
	partner, err := id.Parse("org", h.partner.ID)
	if err != nil {
		return err
	}
	owner, err := id.Parse("usr", h.owner.UserID)
	if err != nil {
		return err
	}
	dossiers := make([]id.ID, bulkRows)
	for n := range bulkRows {
		dossiers[n] = id.New()
		h.clients, h.dossiers = append(h.clients, id.New()), append(h.dossiers, dossiers[n].Text("dos"))
	}
	err = execute(ctx, s.Database("membership").System, `
WITH made AS (
  INSERT INTO organization (id, kind, legal_name, registration_number, postal_address, contact_email, contact_phone, locale, level1_support, state, create_time)
  SELECT client, 'CLIENT', 'Helped', '', '', '', '', 'fr', false, 'ACTIVE', now()
  FROM unnest($1::uuid[]) AS client
  RETURNING id
), joined AS (
  INSERT INTO member (id, organization_id, user_id, given_name, family_name, email, email_key, locale, role, partner_role, rights, create_time, version)
  SELECT gen_random_uuid(), made.id, $2, 'Claire', 'Martin', $3, $3, 'fr', 'OWNER', '', '{}', now(), 1
  FROM made
  RETURNING id, organization_id, user_id
)
INSERT INTO access_entry (id, account_id, subject_id, source, rights, version)
SELECT id, organization_id, user_id, 'MEMBERSHIP', '{"": 4}', 1
FROM joined`, h.clients, owner, h.owner.Email)
	if err != nil {
		return err
	}
	return execute(ctx, s.Database("partnersupport").System, `
INSERT INTO dossier (partner_id, id, client_id, partner_name, client_name, client_registration_number, sort_name, state, version, create_time)
SELECT $1, dossier, client, 'Helpers', 'Helped', '', 'helped', 'ACTIVE', 1, now()
FROM unnest($2::uuid[], $3::uuid[]) AS t (dossier, client)`, partner, dossiers, h.clients)
}

func (h *helped) assign(ctx context.Context) error {
	done, err := partnersupportv1.NewAssignmentServiceClient(h.partner.Owner).BatchCreateAssignments(ctx, &partnersupportv1.BatchCreateAssignmentsRequest{
		PartnerId: h.partner.ID, CollaboratorId: h.collaborator, DossierIds: h.dossiers,
	})
	if err != nil {
		return fmt.Errorf("assigning: %w", err)
	}
	for _, result := range done.GetResults() {
		if result.GetErrorReason() != "" {
			return fmt.Errorf("assigning: %s", result.GetErrorReason())
		}
	}
	return nil
}

// agree waits for the request and says yes to it, signed in.
func (h *helped) agree(ctx context.Context, client string) error {
	if err := h.owner.Enter(ctx, client); err != nil {
		return err
	}
	consents := consentv1.NewConsentServiceClient(h.owner)
	asked := ""
	err := journey.Eventually(ctx, func(ctx context.Context) (bool, error) {
		list, err := consents.ListConsents(ctx, &consentv1.ListConsentsRequest{
			OrganizationId: client, States: []consentv1.ConsentState{consentv1.ConsentState_CONSENT_STATE_REQUESTED},
		})
		if err != nil || len(list.GetConsents()) == 0 {
			return false, err
		}
		asked = list.GetConsents()[0].GetId()
		return true, nil
	})
	if err != nil {
		return fmt.Errorf("waiting for the request: %w", err)
	}
	shown, err := consents.LookupConsent(ctx, &consentv1.LookupConsentRequest{ConsentId: asked})
	if err != nil {
		return fmt.Errorf("reading the request: %w", err)
	}
	began := time.Now()
	_, err = consents.ApproveConsent(ctx, &consentv1.ApproveConsentRequest{
		ConsentId: asked, Answer: journey.Yes(shown.GetText(), consentv1.DurationChoice_DURATION_CHOICE_UNTIL_STOPPED),
	})
	h.yeses = append(h.yeses, time.Since(began))
	if err != nil {
		return fmt.Errorf("saying yes: %w", err)
	}
	return nil
}

// remove asks until all is over, as a caller does whose answer did not come in
// time.
func (h *helped) remove(ctx context.Context) error {
	request := &partnersupportv1.RemoveCollaboratorRequest{
		PartnerId: h.partner.ID, CollaboratorId: h.collaborator, Confirm: "REMOVE", RequestId: "bench",
	}
	return journey.Eventually(journey.WithPatience(ctx, removalPatience), func(ctx context.Context) (bool, error) {
		done, err := partnersupportv1.NewCollaboratorServiceClient(h.partner.Owner).RemoveCollaborator(ctx, request)
		if fault.Is(err, reasonv1.Reason_REASON_DEADLINE_EXCEEDED) || fault.Is(err, reasonv1.Reason_REASON_REQUEST_IN_FLIGHT) {
			return false, nil
		}
		if n := done.GetReceipt().GetAssignments(); err == nil && n != bulkRows {
			err = fmt.Errorf("%d assignments ended instead of %d", n, bulkRows)
		}
		return true, err
	})
}
