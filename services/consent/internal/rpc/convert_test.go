package rpc

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/consent/internal/app"
	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/consent/internal/sibling"
	"github.com/aval-access/aval/services/kit/fault"
)

func TestEveryRefusalHasItsReason(t *testing.T) {
	t.Parallel()
	for refusal, want := range map[domain.Refusal]reasonv1.Reason{
		domain.NotPending:          reasonv1.Reason_REASON_CONSENT_NOT_PENDING,
		domain.NotGiven:            reasonv1.Reason_REASON_CONSENT_NOT_GIVEN,
		domain.CodeRequired:        reasonv1.Reason_REASON_CONSENT_CODE_REQUIRED,
		domain.CodeRefused:         reasonv1.Reason_REASON_CONSENT_CODE_REFUSED,
		domain.TooManyCodes:        reasonv1.Reason_REASON_TOO_MANY_ATTEMPTS,
		domain.SignInRequired:      reasonv1.Reason_REASON_CONSENT_SIGN_IN_REQUIRED,
		domain.SelfApproval:        reasonv1.Reason_REASON_SELF_APPROVAL,
		domain.NotAnApprover:       reasonv1.Reason_REASON_NOT_AN_APPROVER,
		domain.PartnerSession:      reasonv1.Reason_REASON_PARTNER_SESSION_REFUSED,
		domain.FactorRequired:      reasonv1.Reason_REASON_SECOND_FACTOR_REQUIRED,
		domain.DurationRequired:    reasonv1.Reason_REASON_DURATION_REQUIRED,
		domain.DurationOutOfRange:  reasonv1.Reason_REASON_INVALID_ARGUMENT,
		domain.DurationTooLong:     reasonv1.Reason_REASON_DURATION_TOO_LONG,
		domain.RightsExceedRequest: reasonv1.Reason_REASON_RIGHTS_EXCEED_REQUEST,
		domain.TextChanged:         reasonv1.Reason_REASON_TEXT_CHANGED,
		domain.TransitionRefused:   reasonv1.Reason_REASON_STATE_TRANSITION_REFUSED,
	} {
		require.Equal(t, want, fault.ReasonOf(faultOf(fmt.Errorf("doing: %w", refusal))), refusal)
	}
	other := errors.New("other")
	require.Equal(t, other, faultOf(other))
}

func TestNamesOfStatesAndChoicesAgree(t *testing.T) {
	t.Parallel()
	for _, state := range domain.States() {
		require.NotZero(t, app.StateToProto(state), state)
		require.Equal(t, []domain.State{state}, statesFromProto([]consentv1.ConsentState{app.StateToProto(state)}))
	}
	for number := range consentv1.DurationChoice_name {
		choice := consentv1.DurationChoice(number)
		require.Equal(t, choice, choiceToProto(durationFromProto(&consentv1.Answer{Duration: choice}).Choice))
	}
	for _, party := range []domain.Party{domain.ByClient, domain.ByPartner, domain.ByPlatform} {
		require.NotZero(t, app.PartyToProto(party), party)
	}
	for _, role := range []domain.Role{domain.TechnicalSupport, domain.Accountant} {
		require.Equal(t, role, roleFromProto(sibling.RoleToProto(role)))
	}
	for _, assurance := range []domain.Assurance{domain.EmailLink, domain.Session} {
		require.NotZero(t, assuranceToProto(assurance), assurance)
	}
}

func TestNamesAreOneLine(t *testing.T) {
	t.Parallel()
	require.Equal(t, "Cabinet Martin Bcc: x", oneLine(" Cabinet\r\nMartin\x00 Bcc: x\t"))
}
