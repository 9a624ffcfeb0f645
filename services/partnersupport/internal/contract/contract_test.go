package contract

import (
	"testing"

	"github.com/stretchr/testify/require"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
)

func TestEveryRefusalIsARegisteredReason(t *testing.T) {
	t.Parallel()
	for _, r := range []domain.Refusal{
		domain.TransitionRefused, domain.CollaboratorNotReady, domain.CollaboratorGone, domain.AlreadyAssigned,
		domain.DossierNotActive, domain.DossierExists, domain.ConfirmationRequired, domain.ConsentPending,
		domain.ConsentRefused, domain.NotAssigned, domain.SessionOver, domain.SupportLevel1Missing,
		domain.ProductExists, domain.NoProduct, domain.KindWrong, domain.NotFound, domain.InFlight,
	} {
		require.NotEqual(t, reasonv1.Reason_REASON_UNSPECIFIED, Reason(r), string(r))
	}
}

func TestEveryStateHasItsEnumValue(t *testing.T) {
	t.Parallel()
	for _, s := range []domain.AssignmentState{domain.PendingConsent, domain.Active, domain.Suspended, domain.Ended} {
		require.NotZero(t, AssignmentToProto(domain.Assignment{State: s}, "").GetState(), string(s))
	}
	for _, r := range []domain.EndReason{
		domain.Declined, domain.Unanswered, domain.Cancelled, domain.Withdrawn, domain.Detached,
		domain.CollaboratorLeft, domain.Expired, domain.HandedOver, domain.DossierOver,
	} {
		require.NotZero(t, endReasonToProto(r), string(r))
	}
	for _, s := range []domain.CollaboratorState{domain.Invited, domain.Ready, domain.Left} {
		require.Equal(t, s, CollaboratorStateFromProto(CollaboratorToProto(domain.Collaborator{State: s}).GetState()))
	}
	for _, k := range []domain.TagKind{domain.Employee, domain.Freelancer} {
		require.Equal(t, k, TagKindFromProto(TagKindToProto(k)))
	}
	for _, r := range []domain.PartnerRole{domain.TechnicalSupport, domain.Accountant} {
		require.Equal(t, r, PartnerRoleFromProto(PartnerRoleToProto(r)))
	}
	require.Empty(t, PartnerRoleFromProto(membershipv1.PartnerRole_PARTNER_ROLE_UNSPECIFIED))
	for _, s := range []domain.DossierState{domain.DossierPending, domain.DossierActive, domain.DossierEnded} {
		require.NotEqual(t, v1.DossierState_DOSSIER_STATE_UNSPECIFIED, DossierToProto(domain.Dossier{State: s}, nil).GetState())
	}
}
