package app_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/consent/internal/app"
	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/kit/id"
)

func (b *bundle) less(consent id.ID, until time.Time, rights ...domain.Right) app.Less {
	return app.Less{ClientID: b.asked.ClientID, ConsentID: consent, Narrowing: domain.Narrowing{
		Until: until, Rights: rights, By: domain.Actor{Party: domain.ByClient, ID: b.by.By.UserID},
	}}
}

// The grant is what is left of the consent, the fact says what it was, and the
// collaborator hears of it.
func TestNarrowingChangesTheGrant(t *testing.T) {
	t.Parallel()
	b := setup(t)
	given := b.give(t)
	until := b.clock.Now().Add(48 * time.Hour)
	guest := domain.Right{Feature: "management", Level: domain.Guest}
	decided, err := app.Narrow{Deps: b.Deps}.Decide(t.Context(), b.less(given.Record.ID, until, guest))
	require.NoError(t, err)
	require.Equal(t, until, decided.Record.ExpireTime)
	require.Contains(t, decided.Record.Granted, guest)
	grant := decided.Grants[0]
	require.Equal(t, given.Grants[0].ID, grant.ID)
	require.Equal(t, decided.Record.Granted, grant.Rights)
	require.Equal(t, until, grant.ValidUntil)
	require.Equal(t, given.Grants[0].Version+1, grant.Version)
	require.Equal(t, domain.GrantActive, grant.State)
	require.Equal(t, []string{"requested", "given", "narrowed"}, b.events(t))

	_, err = app.Narrow{Deps: b.Deps}.Decide(t.Context(), b.less(given.Record.ID, until, guest))
	require.NoError(t, err)
	require.Len(t, b.events(t), 3, "nothing is left to narrow")
	_, err = app.Narrow{Deps: b.Deps}.Decide(t.Context(), b.less(given.Record.ID, until.Add(time.Hour)))
	require.ErrorIs(t, err, domain.DurationOutOfRange)

	_, err = app.Withdraw{Deps: b.Deps}.Decide(t.Context(), b.withdrawal(given.Record.ID))
	require.NoError(t, err)
	_, err = app.Narrow{Deps: b.Deps}.Decide(t.Context(), b.less(given.Record.ID, time.Time{}, guest))
	require.ErrorIs(t, err, domain.NotGiven)
}

// Less of a yes to a whole team is less for everybody who came in by it, and
// for whoever comes next.
func TestNarrowingATeamsYesNarrowsAll(t *testing.T) {
	t.Parallel()
	m := letIn(t)
	second := m.next(t)
	none := domain.Right{Feature: "accounting", Level: domain.None}
	decided, err := app.Narrow{Deps: m.Deps}.Decide(t.Context(), m.less(m.first.Record.ID, time.Time{}, none))
	require.NoError(t, err)
	require.Len(t, decided.Grants, 2, "the answer waits for both")
	require.Contains(t, m.stored(t, second.ID).Granted, none)
	require.Contains(t, m.next(t).Granted, none)
}
