package worker_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/app"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
	"github.com/aval-access/aval/services/partnersupport/internal/worker"
)

// declined is an assignment whose client said no, and the yes that came after.
func declined(t *testing.T, deps app.Deps) (domain.Assignment, *consentv1.ConsentGiven) {
	t.Helper()
	a := pending(t, deps)
	named := ref(a)
	require.NoError(t, worker.Consent(deps).Handler(t.Context(), event(&consentv1.ConsentRefused{Consent: named})))
	require.Equal(t, domain.Declined, stateOf(t, deps, a).EndReason)
	return a, &consentv1.ConsentGiven{Consent: named, ActorId: id.New().Text("usr"), Overturned: true}
}

// R36: a no that becomes a yes makes its assignment active again.
func TestAChangeOfMindRevivesTheAssignment(t *testing.T) {
	t.Parallel()
	deps, _ := setup(t)
	a, yes := declined(t, deps)
	require.NoError(t, worker.Consent(deps).Handler(t.Context(), event(yes)))
	now := stateOf(t, deps, a)
	require.Equal(t, domain.Active, now.State)
	require.Nil(t, now.EndTime)
	require.Empty(t, now.EndReason)
}

// R36: a suspension takes no access away: a yes of that time holds once it is over.
func TestAChangeOfMindHoldsForWhoIsSuspended(t *testing.T) {
	t.Parallel()
	deps, _ := setup(t)
	a, yes := declined(t, deps)
	change(t, deps, a, func(c *domain.Collaborator) error {
		_, err := c.Suspend(id.New(), deps.Clock.Now())
		return err
	})
	require.NoError(t, worker.Consent(deps).Handler(t.Context(), event(yes)))
	require.Equal(t, domain.Active, stateOf(t, deps, a).State)
}

// change changes whose assignment it is.
func change(t *testing.T, deps app.Deps, a domain.Assignment, how func(*domain.Collaborator) error) {
	t.Helper()
	require.NoError(t, deps.DB.InTenant(t.Context(), a.PartnerID, func(ctx context.Context, tx pg.Tx) error {
		c, err := postgres.LockCollaborator(ctx, tx, a.PartnerID, a.CollaboratorID)
		require.NoError(t, err)
		require.NoError(t, how(&c))
		return postgres.SaveCollaborator(ctx, tx, c)
	}))
}

// R34: it revives nothing for a person who left; the yes is taken back.
func TestAChangeOfMindComesTooLateForWhoLeft(t *testing.T) {
	t.Parallel()
	deps, _ := setup(t)
	a, yes := declined(t, deps)
	change(t, deps, a, func(c *domain.Collaborator) error { return c.Leave(domain.Removed, deps.Clock.Now()) })
	require.NoError(t, worker.Consent(deps).Handler(t.Context(), event(yes)))
	require.Equal(t, domain.Ended, stateOf(t, deps, a).State)
	var jobs int
	require.NoError(t, deps.DB.InSystem(t.Context(), "test", func(ctx context.Context, tx pg.Tx) error {
		return tx.QueryRow(ctx, "SELECT count(*) FROM river.river_job WHERE kind = 'request_consent'").Scan(&jobs)
	}))
	require.Equal(t, 2, jobs, "one that asked, one that takes the yes back")
}

// R40: an access that pauses suspends its assignment, and a confirmation
// restores it.
func TestAPauseSuspendsTheAssignment(t *testing.T) {
	t.Parallel()
	deps, _ := setup(t)
	handle, a := worker.Consent(deps).Handler, pending(t, deps)
	named := ref(a)
	require.NoError(t, handle(t.Context(), event(&consentv1.ConsentGiven{Consent: named})))
	require.NoError(t, handle(t.Context(), event(&consentv1.ConsentPaused{Consent: named})))
	require.Equal(t, domain.Suspended, stateOf(t, deps, a).State)
	require.NoError(t, handle(t.Context(), event(&consentv1.ConsentConfirmed{Consent: named})))
	require.Equal(t, domain.Active, stateOf(t, deps, a).State)
}
