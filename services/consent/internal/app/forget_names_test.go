package app_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/consent/internal/app"
	"github.com/aval-access/aval/services/consent/internal/postgres"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/idempotency"
)

// named counts what still names somebody.
type named struct{ consents, steps, actions, traces int }

func (b *bundle) named(t *testing.T) named {
	t.Helper()
	return named{
		consents: b.count(t, "SELECT count(*) FROM consent WHERE given_name || family_name || approver_name <> ''"),
		steps:    b.count(t, "SELECT count(*) FROM transition WHERE actor_name <> ''"),
		actions:  b.count(t, "SELECT count(*) FROM history WHERE actor_name <> '' AND source <> 'event'"),
		traces:   b.count(t, "SELECT count(*) FROM consent WHERE network <> '' OR agent <> ''"),
	}
}

// Names follow a term and facts do not: a consent and its steps are nameless
// five years after its end, what was done in a visit after thirteen months;
// nothing of it disappears.
func TestNamesGoAtTheirTermAndFactsStay(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.Terms.Keep = app.Keep{Proofs: 1826 * day, Visits: 1096 * day, Actions: 396 * day, Traces: 183 * day}
	given := b.give(t)
	visit := id.New()
	b.hear(t, id.New(), &partnersupportv1.SupportSessionStarted{
		ClientId: b.asked.ClientID.Text("org"), PartnerId: b.asked.PartnerID.Text("org"), UserId: b.asked.UserID.Text("usr"),
		ConsentId: given.Record.ID.Text("cns"), SupportSessionId: visit.Text("sup"),
	})
	_, err := app.RecordActivity{Deps: b.Deps}.Do(t.Context(), idempotency.Key{}, []postgres.Entry{{
		AccountID: b.asked.ClientID, ID: id.New(), ActorID: b.asked.UserID, ActorName: "Karim Haddad", SupportSessionID: visit,
		Action: "invoice.opened", Outcome: postgres.Done, Source: "spiffe://aval.local/x",
	}})
	require.NoError(t, err)
	_, err = app.Withdraw{Deps: b.Deps}.Decide(t.Context(), b.withdrawal(given.Record.ID))
	require.NoError(t, err)
	facts := func() int {
		return b.count(t, "SELECT (SELECT count(*) FROM consent) + (SELECT count(*) FROM transition) + (SELECT count(*) FROM history)")
	}
	all, left := facts(), b.named(t)
	require.Positive(t, left.consents)
	require.Positive(t, left.actions)
	require.Positive(t, left.traces)
	now := time.Duration(0)
	for _, step := range []struct {
		age  time.Duration
		less func()
	}{
		{182 * day, func() {}},
		{184 * day, func() { left.traces = 0 }},
		{397 * day, func() { left.actions = 0 }},
		{1825 * day, func() {}},
		{1827 * day, func() { left.consents, left.steps = 0, 0 }},
	} {
		b.clock.Advance(step.age - now)
		now = step.age
		require.NoError(t, app.ForgetNames{Deps: b.Deps}.Do(t.Context()))
		step.less()
		require.Equal(t, left, b.named(t), "after %s", step.age)
		require.Equal(t, all, facts(), "facts never vanish")
	}
}

// What is read with the names of now is read without them past its term.
func TestAnOldEntryNamesNobody(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, time.November, 21, 9, 0, 0, 0, time.UTC)
	keep := app.Keep{Visits: 3 * day, Actions: day}
	fact, product := "event", "spiffe://aval.local/x"
	for name, c := range map[string]struct {
		entry postgres.Entry
		want  bool
	}{
		"a new act":              {postgres.Entry{Source: product, Time: now.Add(-day)}, false},
		"an old act":             {postgres.Entry{Source: product, Time: now.Add(-2 * day)}, true},
		"a visit":                {postgres.Entry{Source: fact, SupportSessionID: id.New(), ConsentID: id.New(), Time: now.Add(-2 * day)}, false},
		"an old visit":           {postgres.Entry{Source: fact, SupportSessionID: id.New(), ConsentID: id.New(), Time: now.Add(-4 * day)}, true},
		"who joined long ago":    {postgres.Entry{Source: fact, Time: now.Add(-4 * day)}, true},
		"an old step of consent": {postgres.Entry{Source: fact, ConsentID: id.New(), Time: now.Add(-4000 * day)}, false},
	} {
		require.Equal(t, c.want, keep.Nameless(c.entry, now), name)
		require.False(t, app.Keep{}.Nameless(c.entry, now), "kept for ever")
	}
}

// A consent in force names who may come in, however old it is.
func TestAConsentInForceKeepsItsNames(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.Terms.Keep = app.Keep{Proofs: day}
	b.give(t)
	b.clock.Advance(3 * day)
	require.NoError(t, app.ForgetNames{Deps: b.Deps}.Do(t.Context()))
	require.Equal(t, 1, b.named(t).consents)
}
