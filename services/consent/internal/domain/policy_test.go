package domain_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/consent/internal/domain"
)

const aDay = 24 * time.Hour

// endless is a yes without an end of its own.
func endless(t *testing.T, p domain.Policy) (*domain.Consent, domain.Grant) {
	t.Helper()
	c, yes := pending()
	yes.Duration, yes.Policy = domain.Duration{Choice: domain.UntilStopped}, p
	grant, _, err := c.Give(yes)
	require.NoError(t, err)
	return c, grant
}

// An access that nobody uses pauses after 190 days and is over 30 days later;
// the decision is told the day with the yes, and needs no job for it.
func TestAnUnusedAccessPausesThenEnds(t *testing.T) {
	t.Parallel()
	c, grant := endless(t, undecided())
	given := c.Record().GiveTime
	require.Equal(t, given.Add(190*aDay), grant.WorksUntil())
	require.False(t, c.Record().PausedAt(given.Add(190*aDay-1)))
	require.True(t, c.Record().PausedAt(given.Add(190*aDay)))
	require.Equal(t, domain.Given, c.StateAt(given.Add(220*aDay-1)))
	require.Equal(t, domain.Expired, c.StateAt(given.Add(220*aDay)))

	require.False(t, c.Use(undecided(), given.Add(aDay/2)), "not worth writing")
	require.True(t, c.Use(undecided(), given.Add(100*aDay)))
	require.False(t, c.Record().PausedAt(given.Add(289*aDay)))
	require.True(t, c.Record().PausedAt(given.Add(290*aDay)))
	require.False(t, c.Use(undecided(), given.Add(290*aDay)), "a visit does not end a pause")
}

// Where the client asks for confirmation, silence pauses, and one press restores
// within 90 days, whatever visits there were.
func TestSilencePausesWhereTheClientAsksForConfirmation(t *testing.T) {
	t.Parallel()
	p := domain.Policy{ReconfirmDays: 60}
	c, grant := endless(t, p)
	given := c.Record().GiveTime
	c.Use(p, given.Add(59*aDay))
	require.Equal(t, given.Add(60*aDay), grant.WorksUntil())
	at := given.Add(149 * aDay)
	require.True(t, c.Record().PausedAt(at))
	require.Equal(t, domain.Expired, c.StateAt(given.Add(150*aDay)))

	asker := domain.Asker{UserID: c.Record().UserID}
	stranger := administrator()
	stranger.Approver = false
	_, err := c.Confirm(p, stranger, asker, at)
	require.ErrorIs(t, err, domain.NotAnApprover)
	_, err = c.Confirm(p, administrator(), asker, at)
	require.NoError(t, err)
	require.False(t, c.Record().PausedAt(at))
	require.Equal(t, at.Add(60*aDay), grant.Renew(c.Record().Lease).WorksUntil())
}

func TestWithoutAPolicyNothingPauses(t *testing.T) {
	t.Parallel()
	c, grant := endless(t, domain.Policy{})
	require.Zero(t, grant.WorksUntil())
	require.False(t, c.Record().PausedAt(start().AddDate(50, 0, 0)))
}

// The end that the client chose stays, however long the lease.
func TestALeaseNeverOutlastsTheEnd(t *testing.T) {
	t.Parallel()
	c, yes := pending()
	yes.Policy = undecided()
	grant, _, err := c.Give(yes)
	require.NoError(t, err)
	require.Equal(t, c.Record().ExpireTime, grant.WorksUntil())
}

// undecided is the policy of a client that decided nothing.
func undecided() domain.Policy { return domain.Policy{ClientID: asked().ClientID, InactivityDays: 190} }
