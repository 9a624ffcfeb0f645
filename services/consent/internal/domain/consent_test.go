package domain_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/kit/id"
)

func start() time.Time { return time.Date(2026, time.January, 31, 14, 32, 0, 0, time.UTC) }

func asked() domain.Record {
	return domain.Record{
		ID: id.New(), ClientID: id.New(), PartnerID: id.New(), AssignmentID: id.New(), UserID: id.New(), RequesterID: id.New(),
		GivenName: "Karim", FamilyName: "Haddad", Role: domain.TechnicalSupport, Version: 1,
		State: domain.Requested, Lines: lines(),
	}
}

func lines() []domain.Line {
	return domain.LinesOf(domain.TechnicalSupport, catalogue())
}

func catalogue() []domain.Feature {
	return []domain.Feature{
		{Path: "account", Excluded: true},
		{Path: "accounting", LabelFR: "Comptabilité", LabelEN: "Accounting"},
		{Path: "accounting/bank", LabelFR: "Coordonnées bancaires", LabelEN: "Bank details", Sensitive: true},
		{Path: "accounting/entries", LabelFR: "Écritures", LabelEN: "Entries"},
		{Path: "management", LabelFR: "Gestion générale", LabelEN: "General management"},
		{Path: "management/billing", Sensitive: true, Excluded: true},
		{Path: "spending", Excluded: true, Sensitive: true},
	}
}

func administrator() domain.Respondent {
	return domain.Respondent{
		UserID: id.New(), Name: "Anne Petit", Folded: "anne@client.example", Approver: true, Administrator: true,
	}
}

const hash = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

func pending() (*domain.Consent, domain.Yes) {
	c, _ := domain.Ask(asked(), start(), 14*24*time.Hour)
	now := start().Add(time.Hour)
	return c, domain.Yes{
		GrantID: id.New(), By: administrator(),
		For:      domain.Asker{UserID: c.Record().UserID, Folded: "karim@partner.example"},
		Duration: domain.Duration{Choice: domain.OneWeek},
		Evidence: domain.Evidence{Assurance: domain.EmailLink, TextHash: hash}, CurrentHash: hash, Now: now,
	}
}

func TestYesRecordsEverything(t *testing.T) { // R40, R45
	t.Parallel()
	c, yes := pending()
	grant, step, err := c.Give(yes)
	require.NoError(t, err)
	r := c.Record()
	require.Equal(t, domain.Given, r.State)
	require.Equal(t, yes.Now, r.GiveTime)
	require.Equal(t, yes.Now.Add(7*24*time.Hour), r.ExpireTime)
	require.Equal(t, yes.By.UserID, r.ApproverID)
	require.Equal(t, yes.Evidence, r.Evidence)
	require.Equal(t, domain.Actor{Party: domain.ByClient, ID: yes.By.UserID, Name: "Anne Petit"}, step.Actor)
	require.Equal(t, domain.GrantActive, grant.State)
	require.Equal(t, int64(1), grant.Version)
	require.Equal(t, r.ExpireTime, grant.ValidUntil)
	require.Equal(t, r.Granted, grant.Rights)
}

// A member of the asking partner answers as an owner of the client alone, signed
// in with a second factor, and the evidence says so.
func TestAnOwnerFromThePartnerIsFlagged(t *testing.T) {
	t.Parallel()
	c, yes := pending()
	yes.By.MemberOfPartner, yes.By.Owner, yes.By.SecondFactor = true, true, true
	_, _, err := c.Give(yes)
	require.NoError(t, err)
	require.True(t, c.Record().Evidence.OfPartner)
}

func TestYesIsRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*domain.Yes)
		want   error
	}{
		"by the person who asks":                    {func(y *domain.Yes) { y.By.UserID = y.For.UserID }, domain.SelfApproval},
		"by the same person under a tagged address": {func(y *domain.Yes) { y.By.Folded = y.For.Folded }, domain.SelfApproval},
		"by somebody without the right":             {func(y *domain.Yes) { y.By.Approver = false }, domain.NotAnApprover},
		"by a member of the asking partner":         {func(y *domain.Yes) { y.By.MemberOfPartner = true }, domain.NotAnApprover},
		"by an administrator of the client from the partner": {func(y *domain.Yes) {
			y.By.MemberOfPartner, y.By.SecondFactor, y.By.Owner = true, true, false
		}, domain.NotAnApprover},
		"by an owner from the partner without a second factor": {func(y *domain.Yes) {
			y.By.MemberOfPartner, y.By.Owner = true, true
		}, domain.NotAnApprover},
		"to another text":    {func(y *domain.Yes) { y.CurrentHash = "x" }, domain.TextChanged},
		"without a duration": {func(y *domain.Yes) { y.Duration = domain.Duration{} }, domain.DurationRequired},
		"for a month by a delegate who may not give a year": {func(y *domain.Yes) {
			y.By.Administrator, y.Duration.Choice = false, domain.OneYear
		}, domain.DurationTooLong},
		"without end by a delegate": {func(y *domain.Yes) {
			y.By.Administrator, y.Duration.Choice = false, domain.UntilStopped
		}, domain.DurationTooLong},
		"for more than was asked": {func(y *domain.Yes) {
			y.Rights = []domain.Right{{Feature: "emailings", Level: domain.Guest}}
		}, domain.RightsExceedRequest},
		"when the request is over": {func(y *domain.Yes) { y.Now = start().Add(14 * 24 * time.Hour) }, domain.NotPending},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			consent, yes := pending()
			c.change(&yes)
			before := consent.Record()
			_, _, err := consent.Give(yes)
			require.ErrorIs(t, err, c.want)
			require.Equal(t, before, consent.Record(), "a refused yes changes nothing")
		})
	}
}

func TestDelegateGivesAMonthAtMost(t *testing.T) {
	t.Parallel()
	for _, choice := range []domain.Choice{domain.Hours24, domain.OneWeek, domain.OneMonth} {
		c, yes := pending()
		yes.By.Administrator, yes.Duration.Choice = false, choice
		_, _, err := c.Give(yes)
		require.NoError(t, err, choice)
	}
	c, yes := pending()
	yes.By.Administrator = false
	yes.Duration = domain.Duration{Choice: domain.UntilDate, Date: yes.By.Ceiling(yes.Now).Add(time.Second)}
	_, _, err := c.Give(yes)
	require.ErrorIs(t, err, domain.DurationTooLong)
}

func TestNotNowLeavesTheRequestOpen(t *testing.T) { // R36: asked again, not refused for ever
	t.Parallel()
	c, yes := pending()
	step, err := c.Decline(domain.No{By: yes.By, For: yes.For, NotNow: true, Now: yes.Now})
	require.NoError(t, err)
	require.Equal(t, domain.Postpone, step.Event)
	require.Equal(t, domain.Requested, c.Record().State)
	require.Zero(t, c.RetryTime(7*24*time.Hour), "no cool-down")
	_, _, err = c.Give(yes)
	require.NoError(t, err)
}

func TestNoCoolsDown(t *testing.T) { // R28
	t.Parallel()
	c, yes := pending()
	step, err := c.Decline(domain.No{By: yes.By, For: yes.For, Reason: "unknown_person", Now: yes.Now})
	require.NoError(t, err)
	require.Equal(t, "unknown_person", step.Reason)
	require.Equal(t, domain.Refused, c.Record().State)
	require.Equal(t, yes.Now.Add(7*24*time.Hour), c.RetryTime(7*24*time.Hour))
	_, _, err = c.Give(yes)
	require.ErrorIs(t, err, domain.NotPending)
}

func TestTimeEndsAtTheInstant(t *testing.T) { // R40
	t.Parallel()
	c, yes := pending()
	due := c.Record().RequestExpireTime
	require.Equal(t, domain.Requested, c.StateAt(due.Add(-time.Microsecond)))
	require.Equal(t, domain.ExpiredUnanswered, c.StateAt(due))

	_, _, err := c.Give(yes)
	require.NoError(t, err)
	end := c.Record().ExpireTime
	require.Equal(t, domain.Given, c.StateAt(end.Add(-time.Microsecond)))
	require.Equal(t, domain.Expired, c.StateAt(end))
	_, lapsed := c.Lapse(end.Add(-time.Microsecond))
	require.False(t, lapsed)
	step, lapsed := c.Lapse(end)
	require.True(t, lapsed)
	require.Equal(t, domain.ByTime, step.Actor.Party)
	require.Equal(t, domain.Expired, c.Record().State)
}

func TestReminderLeavesOnceADay(t *testing.T) { // R28
	t.Parallel()
	c, _ := pending()
	require.False(t, c.Remind(start().Add(24*time.Hour-time.Second)), "the first mail counts")
	require.True(t, c.Remind(start().Add(24*time.Hour)))
	require.False(t, c.Remind(start().Add(47*time.Hour)))
	require.True(t, c.Remind(start().Add(48*time.Hour)))
	require.False(t, c.Remind(start().Add(14*24*time.Hour)), "the request is over")
}

func TestGrantEndsOnce(t *testing.T) {
	t.Parallel()
	c, yes := pending()
	grant, _, err := c.Give(yes)
	require.NoError(t, err)
	for by, want := range map[domain.State]domain.GrantState{
		domain.Withdrawn: domain.GrantRevoked, domain.Terminated: domain.GrantRevoked, domain.Invalidated: domain.GrantRevoked,
		domain.Expired: domain.GrantEnded, domain.Superseded: domain.GrantEnded,
	} {
		ended := grant.End(by, yes.Now)
		require.Equal(t, want, ended.State, by)
		require.Equal(t, int64(2), ended.Version)
		require.False(t, ended.IsSettled())
		require.Equal(t, ended, ended.End(domain.Expired, yes.Now.Add(time.Hour)), "what is over stays as it is")
	}
}
