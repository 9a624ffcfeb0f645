package domain_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/consent/internal/domain"
)

// held is an access until a week from the start.
func held() domain.Record {
	r := asked()
	r.State, r.GiveTime, r.ExpireTime, r.Choice = domain.Given, start(), start().Add(7*24*time.Hour), domain.OneWeek
	r.Granted = []domain.Right{
		{Feature: "accounting", Level: domain.Approver}, {Feature: "accounting/bank", Level: domain.None},
		{Feature: "management", Level: domain.Editor}, {Feature: "management/sms", Level: domain.Approver},
	}
	return r
}

// Narrowing leaves less, of what is named and of all below it; nothing widens.
func TestNarrowingLeavesLess(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		named []domain.Right
		want  map[string]domain.Level
		err   error
	}{
		"lower":         {[]domain.Right{{Feature: "accounting", Level: domain.Guest}}, map[string]domain.Level{"accounting": domain.Guest, "accounting/bank": domain.None}, nil},
		"below":         {[]domain.Right{{Feature: "management", Level: domain.Guest}}, map[string]domain.Level{"management": domain.Guest, "management/sms": domain.Guest}, nil},
		"in between":    {[]domain.Right{{Feature: "accounting/entries", Level: domain.Guest}}, map[string]domain.Level{"accounting": domain.Approver, "accounting/entries": domain.Guest}, nil},
		"both":          {[]domain.Right{{Feature: "management", Level: domain.Guest}, {Feature: "management/sms", Level: domain.Editor}}, map[string]domain.Level{"management": domain.Guest, "management/sms": domain.Editor}, nil},
		"none":          {[]domain.Right{{Feature: "management", Level: domain.None}}, map[string]domain.Level{"management": domain.None, "management/sms": domain.None}, nil},
		"higher":        {[]domain.Right{{Feature: "management", Level: domain.Approver}}, nil, domain.RightsExceedRequest},
		"sensitive":     {[]domain.Right{{Feature: "accounting/bank", Level: domain.Guest}}, nil, domain.RightsExceedRequest},
		"never asked":   {[]domain.Right{{Feature: "account", Level: domain.Guest}}, nil, domain.RightsExceedRequest},
		"no such level": {[]domain.Right{{Feature: "management", Level: 0}}, nil, domain.RightsExceedRequest},
	} {
		consent := domain.Restore(held())
		step, changed, err := consent.Narrow(domain.Narrowing{Rights: c.named, Now: start()})
		if c.err != nil {
			require.ErrorIs(t, err, c.err, name)
			require.Equal(t, held().Granted, consent.Record().Granted, name)
			continue
		}
		require.NoError(t, err, name)
		require.True(t, changed, name)
		require.Equal(t, domain.Narrow, step.Event)
		for feature, level := range c.want {
			require.Contains(t, consent.Record().Granted, domain.Right{Feature: feature, Level: level}, name)
		}
		require.Equal(t, held().ExpireTime, consent.Record().ExpireTime, name)
		_, changed, err = consent.Narrow(domain.Narrowing{Rights: c.named, Now: start()})
		require.NoError(t, err, name)
		require.False(t, changed, name)
	}
}

// The end comes nearer, never later, and not into the past.
func TestTheEndComesNearer(t *testing.T) {
	t.Parallel()
	now, end := start().Add(time.Hour), held().ExpireTime
	for until, allowed := range map[time.Time]bool{
		now.Add(time.Hour): true, end: true, end.Add(time.Second): false, now: false, start(): false,
	} {
		consent := domain.Restore(held())
		_, changed, err := consent.Narrow(domain.Narrowing{Until: until, Now: now})
		if !allowed {
			require.ErrorIs(t, err, domain.DurationOutOfRange)
			continue
		}
		require.NoError(t, err)
		require.Equal(t, until, consent.Record().ExpireTime)
		require.Equal(t, !until.Equal(end), changed)
	}
	endless := held()
	endless.ExpireTime, endless.Choice = time.Time{}, domain.UntilStopped
	consent := domain.Restore(endless)
	_, changed, err := consent.Narrow(domain.Narrowing{Until: now.AddDate(5, 0, 0), Now: now})
	require.NoError(t, err)
	require.True(t, changed)
	require.True(t, consent.Record().NextYear(now).IsZero(), "it has an end now")
	require.Equal(t, domain.UntilDate, consent.Record().Choice)
}

func TestOnlyWhatHoldsIsNarrowed(t *testing.T) {
	t.Parallel()
	for _, state := range domain.States() {
		r := held()
		r.State, r.RequestExpireTime = state, start().Add(time.Hour)
		_, _, err := domain.Restore(r).Narrow(domain.Narrowing{Now: start()})
		if state == domain.Given {
			require.NoError(t, err)
			continue
		}
		require.ErrorIs(t, err, domain.NotGiven)
	}
	_, _, err := domain.Restore(held()).Narrow(domain.Narrowing{Now: held().ExpireTime})
	require.ErrorIs(t, err, domain.NotGiven, "its time is over")
}
