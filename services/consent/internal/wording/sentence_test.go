package wording_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/consent/internal/wording"
)

// actions are all those that histories hold but products' own.
func actions() []string {
	out := []string{
		"aval.membership.v1.organization.created", "aval.membership.v1.invitation.created",
		"aval.membership.v1.invitation.renewed", "aval.membership.v1.invitation.cancelled",
		"aval.membership.v1.membership.started", "aval.membership.v1.membership.ended",
		"aval.partnersupport.v1.collaborator.entered_untagged", "aval.partnersupport.v1.release.requested", "aval.partnersupport.v1.release.kept", "aval.partnersupport.v1.dossier.requested", "aval.partnersupport.v1.dossier.accepted", "aval.partnersupport.v1.dossier.declined",
		"aval.partnersupport.v1.dossier.activated", "aval.partnersupport.v1.assignment.created",
		"aval.partnersupport.v1.assignment.ended", "aval.partnersupport.v1.support_session.started",
		"aval.partnersupport.v1.support_session.ended", "aval.consent.v1.consent.requested",
		"aval.consent.v1.consent.reminded", "aval.consent.v1.consent.given",
		"aval.consent.v1.consent.refused", "aval.consent.v1.consent.postponed", "aval.consent.v1.consent_code.sent",
	}
	for _, state := range []domain.State{
		domain.ExpiredUnanswered, domain.Cancelled, domain.Withdrawn, domain.Terminated,
		domain.Expired, domain.Superseded, domain.Invalidated,
	} {
		out = append(out, "aval.consent.v1.consent.ended#"+string(state))
	}
	return out
}

func TestEveryActionHasItsSentence(t *testing.T) { // R110
	t.Parallel()
	for _, action := range actions() {
		fr := wording.Sentence("fr", wording.Fact{Action: action})
		en := wording.Sentence("en", wording.Fact{Action: action})
		require.NotContains(t, fr, "aval.", action)
		require.NotEqual(t, fr, en, action)
	}
	require.Contains(t, wording.Sentence("fr", wording.Fact{Action: "aval.x.v1.y.z"}), "aval.x.v1.y.z", "the unknown is shown, not hidden")
}

func TestSentencesNameWhoDidWhat(t *testing.T) { // R6
	t.Parallel()
	require.Equal(t, "Anne Petit a autorisé l'accès de Karim Haddad, de Cabinet Martin.", wording.Sentence("fr", wording.Fact{
		Action: "aval.consent.v1.consent.given", Actor: "Anne Petit", Subject: "Karim Haddad", Partner: "Cabinet Martin",
	}))
	visit := wording.Fact{
		Action: "invoice.opened", Actor: "Karim Haddad", Partner: "Cabinet Martin", Feature: "management/invoices", Object: "F-2026-11",
	}
	require.Equal(t, "Karim Haddad, de Cabinet Martin, a fait « invoice.opened » sur F-2026-11 (management/invoices).", wording.Sentence("fr", visit))
	visit.Refused = true
	require.Equal(t, "Karim Haddad, of Cabinet Martin, did “invoice.opened” on F-2026-11 (management/invoices): refused.", wording.Sentence("en", visit))
}
