package domain_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/kit/id"
)

// teamYes is a yes to the whole team of a partner, as it stands after some
// changes.
func teamYes(t *testing.T, changes ...func(*domain.Record)) domain.Record {
	t.Helper()
	c, yes := pending()
	_, _, err := c.Give(yes)
	require.NoError(t, err)
	r := c.Record()
	r.Team = true
	for _, change := range changes {
		change(&r)
	}
	return r
}

func follow(team domain.Record, lines []domain.Line) (*domain.Consent, domain.Grant, error) {
	r := asked()
	r.Lines = lines
	c, _ := domain.Ask(r, start().Add(2*time.Hour), 14*24*time.Hour)
	grant, _, err := c.FollowTeam(domain.Following{GrantID: id.New(), Team: team, Now: start().Add(2 * time.Hour)})
	return c, grant, err
}

func line(feature string, level domain.Level) domain.Line {
	return domain.Line{Right: domain.Right{Feature: feature, Level: level}}
}

func sensitive(feature string, level domain.Level) domain.Line {
	l := line(feature, level)
	l.Sensitive = true
	return l
}

// R36: whoever follows a team gets what it was given, never more.
func TestWhoFollowsATeamGetsNothingWider(t *testing.T) {
	t.Parallel()
	lowered := func(r *domain.Record) {
		r.Granted = []domain.Right{
			{Feature: "accounting", Level: domain.Guest}, {Feature: "accounting/bank", Level: domain.Editor},
			{Feature: "management", Level: domain.Approver}, {Feature: "management/invoices", Level: domain.None},
		}
	}
	for name, c := range map[string]struct {
		lines []domain.Line
		want  []domain.Right
	}{
		"the same work": {lines(), []domain.Right{
			{Feature: "accounting", Level: domain.Guest}, {Feature: "accounting/bank", Level: domain.Editor},
			{Feature: "management", Level: domain.Approver}, {Feature: "management/invoices", Level: domain.None},
		}},
		"less than the team": {[]domain.Line{line("management", domain.Guest)}, []domain.Right{
			{Feature: "accounting", Level: domain.None}, {Feature: "accounting/bank", Level: domain.None},
			{Feature: "management", Level: domain.Guest}, {Feature: "management/invoices", Level: domain.None},
		}},
		"a page below what the client lowered, and one that became sensitive": {
			append(lines(), line("accounting/entries", domain.Approver), sensitive("management/quotes", domain.Approver)),
			[]domain.Right{
				{Feature: "accounting", Level: domain.Guest}, {Feature: "accounting/bank", Level: domain.Editor},
				{Feature: "accounting/entries", Level: domain.Guest},
				{Feature: "management", Level: domain.Approver}, {Feature: "management/invoices", Level: domain.None},
				{Feature: "management/quotes", Level: domain.None},
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			team := teamYes(t, lowered)
			consent, grant, err := follow(team, c.lines)
			require.NoError(t, err)
			require.Equal(t, c.want, grant.Rights)
			require.Equal(t, team.ExpireTime, grant.ValidUntil, "until the same end")
			require.Equal(t, team.ID, consent.Record().TeamConsentID)
		})
	}
}

// What was never asked for the team is a request of its own: the approvers answer.
func TestAWiderRequestDoesNotFollowTheTeam(t *testing.T) {
	t.Parallel()
	for name, wider := range map[string]domain.Line{
		"a feature of its own": line("sms", domain.Guest),
		"a higher level":       line("accounting/entries", domain.Approver),
	} {
		team := teamYes(t, func(r *domain.Record) {
			r.Lines = []domain.Line{line("accounting", domain.Editor), line("management", domain.Approver)}
		})
		consent, _, err := follow(team, append([]domain.Line{line("accounting", domain.Editor)}, wider))
		require.ErrorIs(t, err, domain.RightsExceedRequest, name)
		require.Equal(t, domain.Requested, consent.Record().State, name)
	}
}

func TestAYesToTheTeamStandsUntilItIsTakenBack(t *testing.T) {
	t.Parallel()
	now := start().Add(2 * time.Hour)
	for name, c := range map[string]struct {
		change func(*domain.Record)
		want   bool
	}{
		"given":                      {func(*domain.Record) {}, true},
		"its first person left":      {func(r *domain.Record) { r.State = domain.Terminated }, true},
		"its first person handed on": {func(r *domain.Record) { r.State = domain.Superseded }, true},
		"taken back":                 {func(r *domain.Record) { r.State = domain.Withdrawn }, false},
		"for one person":             {func(r *domain.Record) { r.Team = false }, false},
		"no longer for the team":     {func(r *domain.Record) { r.TeamEndTime = now }, false},
		"over":                       {func(r *domain.Record) { r.ExpireTime = now }, false},
		"paused":                     {func(r *domain.Record) { r.Lease.Until = now }, false},
	} {
		require.Equal(t, c.want, teamYes(t, c.change).TeamStands(now), name)
	}
}
