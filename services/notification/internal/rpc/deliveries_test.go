package rpc_test

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	notificationv1 "github.com/aval-access/aval/proto/gen/aval/notification/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/page"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/pgtest"
	"github.com/aval-access/aval/services/notification/internal/domain"
	"github.com/aval-access/aval/services/notification/internal/postgres"
	"github.com/aval-access/aval/services/notification/internal/rpc"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func setup(t *testing.T) (*rpc.Deliveries, *pg.DB) {
	t.Helper()
	db := pgtest.DB(t, "notification", postgres.Migrations)
	pages, err := page.NewSealer(clock.System{}, bytes.Repeat([]byte("k7"), 16))
	require.NoError(t, err)
	return &rpc.Deliveries{DB: db, Pages: pages}, db
}

// deliveries makes one delivery per state for the tenant, oldest first.
func deliveries(t *testing.T, db *pg.DB, tenant id.ID) (out []domain.Delivery) {
	t.Helper()
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	for _, state := range domain.States() {
		d := domain.New(domain.Delivery{ID: id.New(), Tenant: tenant, RecipientRef: "usr_1", Template: "invitation", Locale: "fr",
			Fact: domain.Fact{EventID: id.New(), Payload: []byte{1}}, Body: domain.Body{Address: "ana@client.test"}}, now)
		d.State, d.SMTPCode, d.Attempts = state, 451, 2
		if state == domain.Sent {
			d.SentTime = now.Add(time.Second)
		}
		require.NoError(t, db.InSystem(t.Context(), "test", func(ctx context.Context, tx pg.Tx) error {
			_, err := postgres.Deliveries{}.Insert(ctx, tx, d)
			return err
		}))
		out = append(out, d)
	}
	return out
}

func TestDeliveriesAreListedNewestFirstInPages(t *testing.T) {
	t.Parallel()
	server, db := setup(t)
	tenant := id.New()
	made := deliveries(t, db, tenant)
	deliveries(t, db, id.New())
	var got []*notificationv1.Delivery
	in := &notificationv1.ListDeliveriesRequest{OrganizationId: tenant.Text("org"), PageSize: 4}
	for pages := 1; ; pages++ {
		out, err := server.ListDeliveries(t.Context(), in)
		require.NoError(t, err)
		got = append(got, out.GetDeliveries()...)
		if in.PageToken = out.GetNextPageToken(); in.PageToken == "" {
			require.Equal(t, 2, pages)
			break
		}
	}
	require.Len(t, got, len(made))
	for i, d := range got {
		want := made[len(made)-1-i]
		require.Equal(t, want.ID.Text("dlv"), d.GetId())
		require.Equal(t, tenant.Text("org"), d.GetOrganizationId())
		require.NotZero(t, d.GetState())
		require.EqualValues(t, 2, d.GetAttempts())
		require.Equal(t, want.State == domain.Sent, d.GetSentTime() != nil)
		require.NotContains(t, d.String(), "@", "no address leaves")
	}
}

func TestPageOfAnotherOrganisationIsRefused(t *testing.T) {
	t.Parallel()
	server, db := setup(t)
	tenant := id.New()
	deliveries(t, db, tenant)
	first, err := server.ListDeliveries(t.Context(), &notificationv1.ListDeliveriesRequest{OrganizationId: tenant.Text("org"), PageSize: 1})
	require.NoError(t, err)
	_, err = server.ListDeliveries(t.Context(), &notificationv1.ListDeliveriesRequest{
		OrganizationId: id.New().Text("org"), PageToken: first.GetNextPageToken()})
	require.Equal(t, reasonv1.Reason_REASON_PAGE_TOKEN_INVALID, fault.ReasonOf(err))
}

func TestMalformedOrganisationIsNotFound(t *testing.T) {
	t.Parallel()
	server, _ := setup(t)
	_, err := server.ListDeliveries(t.Context(), &notificationv1.ListDeliveriesRequest{OrganizationId: "org_x"})
	require.Equal(t, reasonv1.Reason_REASON_NOT_FOUND, fault.ReasonOf(err))
}

func TestDeliveriesOfOneRecipient(t *testing.T) { // R62, R66
	t.Parallel()
	server, db := setup(t)
	tenant := id.New()
	deliveries(t, db, tenant)
	mine := domain.New(domain.Delivery{
		ID: id.New(), Tenant: tenant, RecipientRef: "inv_1", Template: "invitation", Locale: "fr",
		Fact: domain.Fact{EventID: id.New(), Payload: []byte{1}}, Body: domain.Body{Address: "ana@client.test"},
	}, time.Now().Truncate(time.Microsecond).UTC())
	require.NoError(t, mine.Claim(mine.CreateTime))
	require.NoError(t, mine.Refused(mine.CreateTime, 451))
	require.NoError(t, db.InSystem(t.Context(), "test", func(ctx context.Context, tx pg.Tx) error {
		_, err := postgres.Deliveries{}.Insert(ctx, tx, mine)
		return err
	}))
	out, err := server.ListDeliveries(t.Context(), &notificationv1.ListDeliveriesRequest{
		OrganizationId: tenant.Text("org"), RecipientRefs: []string{"inv_1", "inv_2"},
	})
	require.NoError(t, err)
	require.Len(t, out.GetDeliveries(), 1)
	got := out.GetDeliveries()[0]
	require.Equal(t, mine.ID.Text("dlv"), got.GetId())
	require.Equal(t, mine.CreateTime, got.GetTryTime().AsTime())
	require.Equal(t, mine.DueTime, got.GetNextTryTime().AsTime())
}
