package e2e

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	notificationv1 "github.com/aval-access/aval/proto/gen/aval/notification/v1"
	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/id"
)

// B1: ids of another tenant look like ids of nothing, for every method that
// names an organisation or one of its things.
func TestAnotherTenantsIdsAreNotFound(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		own, other := b.visiting(t), b.visiting(t)
		for name, call := range foreignCalls(own, other) {
			t.Run(name, func(t *testing.T) {
				requireReason(t, reasonv1.Reason_REASON_NOT_FOUND, call(t.Context()))
			})
		}
		require.True(t, b.allowed(t, other, "management/invoices"), "nothing of the other tenant changed")
	})
}

type call func(ctx context.Context) error

// foreignCalls are made by people of one tenant with ids of another.
func foreignCalls(own, other visiting) map[string]call {
	partner := partnersupportv1.NewAssignmentServiceClient(own.partner.Owner)
	client := consentv1.NewConsentServiceClient(own.client.Owner)
	return map[string]call{
		"organization": func(ctx context.Context) error {
			_, err := membershipv1.NewOrganizationServiceClient(own.client.Owner).GetOrganization(ctx, &membershipv1.GetOrganizationRequest{OrganizationId: other.client.ID})
			return err
		},
		"members": func(ctx context.Context) error {
			_, err := membershipv1.NewMemberServiceClient(own.client.Owner).ListMembers(ctx, &membershipv1.ListMembersRequest{OrganizationId: other.client.ID})
			return err
		},
		"invitations": func(ctx context.Context) error {
			_, err := membershipv1.NewInvitationServiceClient(own.client.Owner).CancelInvitation(ctx, &membershipv1.CancelInvitationRequest{
				OrganizationId: own.client.ID, InvitationId: id.New().Text("inv"),
			})
			return err
		},
		"consents": func(ctx context.Context) error {
			_, err := client.ListConsents(ctx, &consentv1.ListConsentsRequest{OrganizationId: other.client.ID})
			return err
		},
		"consent": func(ctx context.Context) error {
			_, err := client.GetConsent(ctx, &consentv1.GetConsentRequest{ConsentId: other.consent.GetId()})
			return err
		},
		"withdraw": func(ctx context.Context) error {
			_, err := client.WithdrawConsent(ctx, &consentv1.WithdrawConsentRequest{ConsentId: other.consent.GetId()})
			return err
		},
		"history": func(ctx context.Context) error {
			_, err := consentv1.NewHistoryServiceClient(own.client.Owner).ListHistory(ctx, &consentv1.ListHistoryRequest{OrganizationId: other.client.ID})
			return err
		},
		"deliveries": func(ctx context.Context) error {
			_, err := notificationv1.NewDeliveryServiceClient(own.client.Owner).ListDeliveries(ctx, &notificationv1.ListDeliveriesRequest{OrganizationId: other.client.ID})
			return err
		},
		"detach": func(ctx context.Context) error {
			_, err := partner.DetachAssignment(ctx, &partnersupportv1.DetachAssignmentRequest{
				PartnerId: own.partner.ID, AssignmentId: other.assignment.GetId(), Confirm: "REMOVE",
			})
			return err
		},
		"detach elsewhere": func(ctx context.Context) error {
			_, err := partner.DetachAssignment(ctx, &partnersupportv1.DetachAssignmentRequest{
				PartnerId: other.partner.ID, AssignmentId: other.assignment.GetId(), Confirm: "REMOVE",
			})
			return err
		},
		"remove": func(ctx context.Context) error {
			_, err := partnersupportv1.NewCollaboratorServiceClient(own.partner.Owner).RemoveCollaborator(ctx, &partnersupportv1.RemoveCollaboratorRequest{
				PartnerId: own.partner.ID, CollaboratorId: other.collaborator.GetId(), Confirm: "REMOVE",
			})
			return err
		},
		"enter": func(ctx context.Context) error {
			_, err := partnersupportv1.NewDossierServiceClient(own.person).EnterDossier(ctx, &partnersupportv1.EnterDossierRequest{
				PartnerId: own.partner.ID, DossierId: other.dossier.GetId(), Reason: "x",
			})
			return err
		},
		"end visit": func(ctx context.Context) error {
			_, err := partnersupportv1.NewSupportSessionServiceClient(own.person).EndSupportSession(ctx, &partnersupportv1.EndSupportSessionRequest{
				PartnerId: own.partner.ID, SupportSessionId: other.visit.GetSupportSession().GetId(),
			})
			return err
		},
		"about somebody else": func(ctx context.Context) error {
			_, err := membershipv1.NewAccessServiceClient(own.client.Owner).CheckAccess(ctx, &membershipv1.CheckAccessRequest{
				SubjectId: other.person.UserID, AccountId: own.client.ID, Feature: "management", Level: 2,
			})
			return err
		},
	}
}
