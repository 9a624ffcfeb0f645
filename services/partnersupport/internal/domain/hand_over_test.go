package domain_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
)

// R36, R7: a dossier is passed on to somebody who did not leave, in the same
// role, and never after the client itself ended it.
func TestADossierIsPassedOn(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, time.November, 21, 9, 0, 0, 0, time.UTC)
	from := domain.Collaborator{ID: id.New(), State: domain.Ready, PartnerRole: domain.TechnicalSupport}
	to := domain.Collaborator{ID: id.New(), State: domain.Ready, PartnerRole: domain.TechnicalSupport}
	before := domain.Assignment{
		ID: id.New(), DossierID: id.New(), CollaboratorID: from.ID, State: domain.Active, Reason: "ticket 1", ProposedDuration: time.Hour,
	}
	passing := domain.Passing{AssignmentID: id.New(), RequesterID: id.New(), Time: now}

	next, err := before.PassOn(from, to, passing)
	require.NoError(t, err)
	require.Equal(t, domain.Assignment{
		ID: passing.AssignmentID, DossierID: before.DossierID, CollaboratorID: to.ID, RequesterID: passing.RequesterID,
		PredecessorID: before.ID, Reason: "ticket 1", ProposedDuration: time.Hour, State: domain.PendingConsent, Version: 1, CreateTime: now,
	}, next)

	for state, refusal := range map[domain.CollaboratorState]error{
		domain.Left: domain.CollaboratorGone, domain.Invited: domain.CollaboratorNotReady,
	} {
		_, err := before.PassOn(from, domain.Collaborator{State: state, PartnerRole: from.PartnerRole}, passing)
		require.ErrorIs(t, err, refusal)
	}
	_, err = before.PassOn(from, domain.Collaborator{State: domain.Ready, PartnerRole: domain.Accountant}, passing)
	require.ErrorIs(t, err, domain.RoleDiffers)

	before.State = domain.Ended
	for reason, refused := range map[domain.EndReason]bool{
		domain.Declined: true, domain.Withdrawn: true, domain.DossierOver: true, domain.HandedOver: true,
		domain.Unanswered: false, domain.Cancelled: false, domain.Detached: false, domain.CollaboratorLeft: false, domain.Expired: false,
	} {
		before.EndReason = reason
		_, err := before.PassOn(from, to, passing)
		require.Equal(t, refused, err != nil, reason)
	}
}

// A hand-over that the client never said yes to leads back to whom it was from.
func TestAHandOverThatNeverCameLeadsBack(t *testing.T) {
	t.Parallel()
	first := id.New()
	for _, a := range []domain.Assignment{
		{ID: id.New(), PredecessorID: first, State: domain.PendingConsent},
		{ID: id.New(), PredecessorID: first, State: domain.Ended, EndReason: domain.Unanswered},
	} {
		require.Equal(t, first, a.Origin())
	}
	given := domain.Assignment{ID: id.New(), PredecessorID: first, State: domain.Active}
	require.Equal(t, given.ID, given.Origin())
	alone := domain.Assignment{ID: id.New(), State: domain.PendingConsent}
	require.Equal(t, alone.ID, alone.Origin())
	silent := domain.Assignment{PredecessorID: first, State: domain.Ended, EndReason: domain.Unanswered}
	require.Equal(t, first, silent.Again(id.New(), "", time.Time{}).PredecessorID)
}
