package idempotency_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/types/known/wrapperspb"

	eventv1 "github.com/aval-access/aval/proto/gen/aval/event/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/idempotency"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

type answer = *wrapperspb.StringValue

type bundle struct {
	t  *testing.T
	db *pg.DB
	// runs counts how often the effect happened.
	runs int
}

func setup(t *testing.T) *bundle {
	return &bundle{t: t, db: pgtest.DB(t, "sample", nil)}
}

func key(body string) idempotency.Key {
	return idempotency.Key{Principal: "somebody", Method: "/m", RequestID: "r1", BodyHash: []byte(body)}
}

func (b *bundle) do(k idempotency.Key, failure error) (resp answer, err error) {
	err = b.db.InApp(b.t.Context(), func(ctx context.Context, tx pg.Tx) error {
		resp, err = idempotency.Do(ctx, tx, k, func() (answer, error) {
			b.runs++
			return wrapperspb.String("done"), failure
		})
		return err
	})
	return resp, err
}

func TestDo(t *testing.T) {
	t.Parallel()

	t.Run("the same request is answered from the store", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		for range 3 {
			resp, err := b.do(key("x"), nil)
			require.NoError(t, err)
			require.Equal(t, "done", resp.GetValue())
		}
		require.Equal(t, 1, b.runs)
	})
	t.Run("an empty answer is an answer", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		runs := 0
		for range 2 {
			resp, err := pg.InApp(t.Context(), b.db, func(ctx context.Context, tx pg.Tx) (answer, error) {
				return idempotency.Do(ctx, tx, key("x"), func() (answer, error) {
					runs++
					return &wrapperspb.StringValue{}, nil
				})
			})
			require.NoError(t, err)
			require.Empty(t, resp.GetValue())
		}
		require.Equal(t, 1, runs)
	})
	t.Run("another body is refused", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		_, err := b.do(key("x"), nil)
		require.NoError(t, err)
		_, err = b.do(key("y"), nil)
		require.True(t, fault.Is(err, reasonv1.Reason_REASON_IDEMPOTENCY_KEY_REUSED))
	})
	t.Run("another tenant or principal is another request", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		one, two := key("x"), key("x")
		one.Tenant, two.Principal = id.New(), "somebody else"
		for _, k := range []idempotency.Key{key("x"), one, two} {
			_, err := b.do(k, nil)
			require.NoError(t, err)
		}
		require.Equal(t, 3, b.runs)
	})
	t.Run("a failure is not stored", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		_, err := b.do(key("x"), errors.New("broken"))
		require.Error(t, err)
		_, err = b.do(key("x"), nil)
		require.NoError(t, err)
	})
	t.Run("an expired answer is forgotten", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		_, err := b.do(key("x"), nil)
		require.NoError(t, err)
		b.expire()
		_, err = b.do(key("y"), nil)
		require.NoError(t, err)
		_, err = b.do(key("y"), nil)
		require.NoError(t, err)
		require.Equal(t, 2, b.runs)
		b.expire()
		require.NoError(t, b.db.InSystem(t.Context(), "test", func(ctx context.Context, tx pg.Tx) error {
			removed, err := idempotency.Purge(ctx, tx)
			require.EqualValues(t, 1, removed)
			return err
		}))
	})
	t.Run("without a request id nothing is stored", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		for range 2 {
			_, err := b.do(idempotency.Key{}, nil)
			require.NoError(t, err)
		}
		require.Equal(t, 2, b.runs)
	})
}

func (b *bundle) expire() {
	require.NoError(b.t, b.db.InSystem(b.t.Context(), "test", func(ctx context.Context, tx pg.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE idempotency SET expire_time = now()")
		return err
	}))
}

func TestRequestInFlight(t *testing.T) {
	t.Parallel()
	b := setup(t)
	err := b.db.InApp(t.Context(), func(ctx context.Context, tx pg.Tx) error {
		_, err := idempotency.Do(ctx, tx, key("x"), func() (answer, error) {
			_, second := b.do(key("x"), nil)
			require.True(t, fault.Is(second, reasonv1.Reason_REASON_REQUEST_IN_FLIGHT))
			return wrapperspb.String("first"), nil
		})
		return err
	})
	require.NoError(t, err)
	resp, err := b.do(key("x"), nil)
	require.NoError(t, err)
	require.Equal(t, "first", resp.GetValue())
}

func TestKeyOf(t *testing.T) {
	t.Parallel()
	person := authn.Person{UserID: id.New(), OrganizationID: id.New()}
	ctx := authn.NewContext(t.Context(), authn.Caller{SPIFFE: "spiffe://x/gateway", Person: &person})
	k := idempotency.KeyOf(ctx, "/m", &eventv1.DeadLetter{Consumer: "c"})
	require.Equal(t, person.OrganizationID, k.Tenant)
	require.Equal(t, person.UserID.String(), k.Principal)
	require.Len(t, k.BodyHash, 32)
	other := idempotency.KeyOf(ctx, "/m", &eventv1.DeadLetter{Consumer: "d"})
	require.NotEqual(t, k.BodyHash, other.BodyHash)
	workload := idempotency.KeyOf(authn.NewContext(ctx, authn.Caller{SPIFFE: "spiffe://x/consent"}), "/m", &eventv1.DeadLetter{})
	require.Equal(t, "spiffe://x/consent", workload.Principal)
}
