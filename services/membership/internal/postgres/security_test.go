package postgres_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/domain"
	"github.com/aval-access/aval/services/membership/internal/postgres"
)

// counts gives how many rows of each tenant's table a transaction sees.
func counts(t *testing.T, in func(context.Context, pg.Func) error) map[string]int {
	t.Helper()
	got := map[string]int{}
	require.NoError(t, in(t.Context(), func(ctx context.Context, tx pg.Tx) error {
		for _, table := range []string{"organization", "member", "invitation", "access_entry", "support_session"} {
			var n int
			if err := tx.QueryRow(ctx, "SELECT count(*) FROM "+pgx.Identifier{table}.Sanitize()).Scan(&n); err != nil {
				return err
			}
			got[table] = n
		}
		return nil
	}))
	return got
}

func TestRowsOfATenant(t *testing.T) { // B1, T-09
	t.Parallel()
	b := setup(t)
	s := b.support(domain.Rights{"management": 4})
	b.invitation(s.client, "a@example.com")
	b.invitation(s.partner, "a@example.com")
	in := func(tenant id.ID) map[string]int {
		return counts(t, func(ctx context.Context, fn pg.Func) error { return b.db.InTenant(ctx, tenant, fn) })
	}
	none := map[string]int{"organization": 0, "member": 0, "invitation": 0, "access_entry": 0, "support_session": 0}
	require.Equal(t, map[string]int{
		"organization": 1, "member": 0, "invitation": 1, "access_entry": 1, "support_session": 1,
	}, in(s.client))
	require.Equal(t, map[string]int{
		"organization": 1, "member": 1, "invitation": 1, "access_entry": 1, "support_session": 0,
	}, in(s.partner), "a grant is the client's row")
	require.Equal(t, none, in(id.New()), "another tenant sees nothing")
	require.Equal(t, none, counts(t, b.db.InApp), "no context, no rows")
}

func TestRowsOfAPerson(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := b.support(domain.Rights{"management": 4})
	b.member(b.organization(domain.Client), s.grant.SubjectID, domain.Offer{Role: domain.Member})
	b.invitation(s.client, "a@example.com")
	b.invitation(s.partner, "b@example.com")
	as := func(user id.ID, key string) map[string]int {
		return counts(t, func(ctx context.Context, fn pg.Func) error {
			return b.db.InUser(ctx, user, func(ctx context.Context, tx pg.Tx) error {
				if err := postgres.UseAddress(ctx, tx, key); err != nil {
					return err
				}
				return fn(ctx, tx)
			})
		})
	}
	require.Equal(t, map[string]int{
		"organization": 2, "member": 2, "invitation": 0, "access_entry": 0, "support_session": 0,
	}, as(s.grant.SubjectID, ""), "their memberships and nobody else's")
	require.Equal(t, map[string]int{
		"organization": 1, "member": 0, "invitation": 1, "access_entry": 0, "support_session": 0,
	}, as(id.New(), "a@example.com"), "the invitations to their address")
	require.Equal(t, map[string]int{
		"organization": 0, "member": 0, "invitation": 0, "access_entry": 0, "support_session": 0,
	}, as(id.New(), ""))
}

func TestTenantWritesNoOtherTenantsRow(t *testing.T) {
	t.Parallel()
	b := setup(t)
	one, two := b.organization(domain.Client), b.organization(domain.Client)
	foreign := b.invitation(two, "a@example.com")
	err := b.db.InTenant(t.Context(), one, func(ctx context.Context, tx pg.Tx) error {
		foreign.ID = id.New()
		foreign.Invitee.EmailKey = "b@example.com"
		_, err := postgres.InsertInvitation(ctx, tx, foreign)
		return err
	})
	require.ErrorContains(t, err, "row-level security")
}

func TestCatalogueIsReadOnly(t *testing.T) {
	t.Parallel()
	b := setup(t)
	err := b.db.InTenant(t.Context(), id.New(), func(ctx context.Context, tx pg.Tx) error {
		_, err := tx.Exec(ctx, "INSERT INTO feature (path, label_fr, label_en) VALUES ('x', 'x', 'x')")
		return err
	})
	require.ErrorContains(t, err, "row-level security")
	require.NoError(t, b.db.InApp(t.Context(), func(ctx context.Context, tx pg.Tx) error {
		list, err := postgres.LoadCatalogue(ctx, tx)
		require.Len(t, list, 29)
		for _, f := range list {
			require.NotEmpty(t, f.LabelFR)
			require.NotEmpty(t, f.LabelEN)
			require.True(t, f.Excluded || !f.System, "%s: Aval's own permissions are in no grant", f.Path)
		}
		return err
	}))
}

func TestOnePendingPerAddress(t *testing.T) { // R55, R57
	t.Parallel()
	b := setup(t)
	one, two := b.organization(domain.Client), b.organization(domain.Client)
	first := b.invitation(one, "a@example.com")
	b.invitation(two, "a@example.com")
	b.invitation(one, "a+cabinet1@example.com") // R91
	second := first
	second.ID = id.New()
	require.NoError(t, b.db.InTenant(t.Context(), one, func(ctx context.Context, tx pg.Tx) error {
		stored, err := postgres.InsertInvitation(ctx, tx, second)
		require.False(t, stored)
		return err
	}))
}

func TestListInvitationsKnowsExpiredByTheInstant(t *testing.T) { // R51
	t.Parallel()
	b := setup(t)
	org := b.organization(domain.Client)
	i := b.invitation(org, "a@example.com")
	list := func(state domain.InvitationState) (found []domain.Invitation) {
		require.NoError(t, b.db.InTenant(t.Context(), org, func(ctx context.Context, tx pg.Tx) (err error) {
			f := postgres.InvitationFilter{OrganizationID: org, State: state}
			found, err = postgres.ListInvitations(ctx, tx, f, postgres.Slice{Limit: 10})
			return err
		}))
		return found
	}
	require.Len(t, list(domain.Pending), 1)
	require.Empty(t, list(domain.Expired))
	b.exec("UPDATE invitation SET expire_time = clock_timestamp() WHERE id = $1", i.ID)
	require.Empty(t, list(domain.Pending))
	require.Equal(t, domain.Expired, list(domain.Expired)[0].State)
	require.Len(t, list(""), 1)
}
