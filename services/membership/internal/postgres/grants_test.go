package postgres_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/domain"
	"github.com/aval-access/aval/services/membership/internal/postgres"
)

func (b *bundle) apply(grants ...domain.Grant) (applied int) {
	b.Helper()
	b.system(func(ctx context.Context, tx pg.Tx) (err error) {
		applied, err = postgres.UpsertGrants(ctx, tx, grants)
		return err
	})
	return applied
}

func (b *bundle) end(ends ...domain.GrantEnd) int {
	b.Helper()
	ended, _, err := postgres.EndGrants(b.Context(), b.db, ends)
	require.NoError(b, err)
	return ended
}

func TestNewerVersionWins(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change  func(*domain.Grant)
		applied int
		want    domain.Denial
	}{
		"newer":                      {func(g *domain.Grant) { g.Version = 2 }, 1, domain.LevelTooLow},
		"equal":                      {func(g *domain.Grant) { g.Version = 1 }, 0, yes},
		"another subject is refused": {func(g *domain.Grant) { g.Version, g.SubjectID = 2, id.New() }, 0, yes},
		"another account is refused": {func(g *domain.Grant) { g.Version, g.AccountID = 2, id.New() }, 0, yes},
		"another partner is refused": {func(g *domain.Grant) { g.Version, g.PartnerID = 2, id.New() }, 0, yes},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			s := b.support(domain.Rights{"management": 4})
			changed := s.grant
			changed.Rights = domain.Rights{"management": 2}
			c.change(&changed)
			require.Equal(t, c.applied, b.apply(changed))
			require.Equal(t, c.want, b.decide(s.question("management", domain.LevelApprover)).Denial)
		})
	}
}

func TestOlderVersionArrivingLateChangesNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := b.support(domain.Rights{"management": 4})
	newer, older := s.grant, s.grant
	newer.Version, newer.Rights = 3, domain.Rights{"management": 2}
	older.Version, older.ValidUntil = 2, time.Now().Add(time.Hour)
	require.Equal(t, 1, b.apply(newer))
	require.Equal(t, 0, b.apply(older))
	require.Equal(t, domain.LevelTooLow, b.decide(s.question("management", domain.LevelApprover)).Denial)
}

func TestEndedGrantStaysEnded(t *testing.T) { // A1, A3
	t.Parallel()
	b := setup(t)
	s := b.support(domain.Rights{"management": 4})
	end := domain.GrantEnd{GrantID: s.grant.ID, AccountID: s.client, Version: 2}
	require.Equal(t, 1, b.end(end))
	require.Zero(t, b.end(end), "ending again ends nothing more")
	again := s.grant
	again.Version = 9
	require.Equal(t, 0, b.apply(again))
	require.Equal(t, domain.NoAccess, b.decide(s.question("management", domain.LevelGuest)).Denial)
}

func TestEndOfAnUnknownGrantIsRemembered(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := b.support(domain.Rights{"management": 4})
	late := s.grant
	late.ID = id.New()
	require.Zero(t, b.end(domain.GrantEnd{GrantID: late.ID, AccountID: s.client, Version: 2}))
	for _, version := range []int64{1, 2, 3} {
		late.Version = version
		require.Equal(t, 0, b.apply(late), "a late grant does not come to life")
	}
}

func TestEndNeedsNoNewerVersion(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := b.support(domain.Rights{"management": 4})
	newer := s.grant
	newer.Version = 5
	require.Equal(t, 1, b.apply(newer))
	require.Equal(t, 1, b.end(domain.GrantEnd{GrantID: s.grant.ID, AccountID: s.client, Version: 2}))
	require.Equal(t, domain.NoAccess, b.decide(s.question("management", domain.LevelGuest)).Denial)
}

func TestMembershipIsNoGrant(t *testing.T) {
	t.Parallel()
	b := setup(t)
	account, user := b.organization(domain.Client), id.New()
	m := b.member(account, user, domain.Offer{Role: domain.Owner})
	require.Zero(t, b.end(domain.GrantEnd{GrantID: m.ID, AccountID: account, Version: 9}))
	require.Equal(t, 0, b.apply(domain.Grant{
		ID: m.ID, SubjectID: user, AccountID: account, PartnerID: id.New(), ConsentID: id.New(),
		PartnerRole: domain.TechnicalSupport, Rights: domain.Rights{}, Version: 9,
	}))
	require.Equal(t, yes, b.decide(domain.Question{
		SubjectID: user, AccountID: account, Feature: "spending", Level: domain.LevelApprover,
	}).Denial)
}
