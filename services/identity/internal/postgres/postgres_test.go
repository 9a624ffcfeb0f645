package postgres_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/identity/internal/postgres"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/pgtest"
	"github.com/aval-access/aval/services/kit/token"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

const product = "spiffe://aval.local/ns/aval/sa/demo-product"

type bundle struct {
	db  *pg.DB
	now time.Time
}

func setup(t *testing.T) bundle {
	t.Helper()
	return bundle{
		db:  pgtest.DB(t, "identity", postgres.Migrations),
		now: time.Now().UTC().Truncate(time.Microsecond),
	}
}

func (b bundle) do(t *testing.T, fn pg.Func) {
	t.Helper()
	require.NoError(t, b.db.InApp(t.Context(), fn))
}

func (b bundle) user(t *testing.T, address, key string) domain.User {
	t.Helper()
	u := domain.User{ID: id.New(), Email: address, Locale: "fr", CreateTime: b.now}
	b.do(t, func(ctx context.Context, tx pg.Tx) (err error) {
		u, err = postgres.EnsureUser(ctx, tx, u, key)
		return err
	})
	return u
}

func (b bundle) code(t *testing.T) token.Token {
	t.Helper()
	secret := token.New(token.Support)
	code := postgres.Code{ID: id.New(), Kind: token.Support, Subject: id.New(), Binding: product, Life: domain.CodeLife}
	b.do(t, func(ctx context.Context, tx pg.Tx) error {
		_, err := postgres.InsertCode(ctx, tx, code, secret.Hash())
		return err
	})
	return secret
}

func (b bundle) consume(ctx context.Context, secret token.Token, by string) error {
	return b.db.InApp(ctx, func(ctx context.Context, tx pg.Tx) error {
		_, err := postgres.ConsumeCode(ctx, tx, secret, by)
		return err
	})
}

// R88: the address is unique. R91, R125: an alias is somebody else.
func TestUsers(t *testing.T) {
	t.Parallel()
	b := setup(t)
	first := b.user(t, "Camille@cabinet.fr", "camille@cabinet.fr")

	t.Run("one key is one person, stored as first typed", func(t *testing.T) {
		again := b.user(t, "camille@CABINET.fr", "camille@cabinet.fr")
		require.Equal(t, first, again)
	})
	t.Run("an alias is another person", func(t *testing.T) {
		alias := b.user(t, "Camille+cabinet2@cabinet.fr", "camille+cabinet2@cabinet.fr")
		require.NotEqual(t, first.ID, alias.ID)
	})
	t.Run("those who are unknown are left out", func(t *testing.T) {
		b.do(t, func(ctx context.Context, tx pg.Tx) error {
			found, err := postgres.ListUsers(ctx, tx, []id.ID{id.New(), first.ID})
			require.Equal(t, []domain.User{first}, found)
			return err
		})
	})
	t.Run("a first password is added once", func(t *testing.T) {
		b.do(t, func(ctx context.Context, tx pg.Tx) error {
			password := postgres.Password{UserID: first.ID, Hash: "one", Now: b.now}
			added, err := postgres.InsertPassword(ctx, tx, password)
			require.NoError(t, err)
			require.True(t, added)
			password.Hash = "two"
			added, err = postgres.InsertPassword(ctx, tx, password)
			require.False(t, added)
			return err
		})
	})
}

func TestSessionReadsBack(t *testing.T) {
	t.Parallel()
	b := setup(t)
	u := b.user(t, "a@cabinet.fr", "a@cabinet.fr")
	open := domain.OpenSession(domain.SignedIn{SessionID: id.New(), UserID: u.ID, Now: b.now})
	chosen := open.Rotate(domain.Choice{SessionID: id.New(), OrganizationID: id.New(), Name: "Camille", Now: b.now})
	for name, want := range map[string]domain.Session{"intermediate": open, "chosen": chosen} {
		t.Run(name, func(t *testing.T) {
			hash := token.New(token.Session).Hash()
			b.do(t, func(ctx context.Context, tx pg.Tx) error {
				require.NoError(t, postgres.InsertSession(ctx, tx, want, hash))
				got, err := postgres.FindSession(ctx, tx, hash)
				require.Equal(t, want, got)
				return err
			})
		})
	}
}

func TestCode(t *testing.T) {
	t.Parallel()
	b := setup(t)

	t.Run("of a hundred at once exactly one succeeds", func(t *testing.T) {
		t.Parallel()
		secret := b.code(t)
		results := make([]error, 100)
		var all sync.WaitGroup
		for n := range results {
			all.Go(func() { results[n] = b.consume(t.Context(), secret, product) })
		}
		all.Wait()
		succeeded := 0
		for _, err := range results {
			if err == nil {
				succeeded++
				continue
			}
			require.ErrorIs(t, err, pg.ErrNoRows)
		}
		require.Equal(t, 1, succeeded)
	})
	t.Run("another product neither uses it nor uses it up", func(t *testing.T) {
		t.Parallel()
		secret := b.code(t)
		require.ErrorIs(t, b.consume(t.Context(), secret, product+"-2"), pg.ErrNoRows)
		require.NoError(t, b.consume(t.Context(), secret, product))
	})
	t.Run("its time is over after a minute", func(t *testing.T) {
		t.Parallel()
		secret := b.code(t)
		b.age(t, secret, 61*time.Second)
		require.ErrorIs(t, b.consume(t.Context(), secret, product), pg.ErrNoRows)
	})
	t.Run("just before, it still serves", func(t *testing.T) {
		t.Parallel()
		secret := b.code(t)
		b.age(t, secret, 40*time.Second)
		require.NoError(t, b.consume(t.Context(), secret, product))
	})
	t.Run("revoked is over", func(t *testing.T) {
		t.Parallel()
		secret := b.code(t)
		b.do(t, func(ctx context.Context, tx pg.Tx) error {
			_, err := tx.Exec(ctx, "UPDATE one_time_token SET revoked_at = now() WHERE hash = @hash",
				pgx.NamedArgs{"hash": secret.Hash()})
			return err
		})
		require.ErrorIs(t, b.consume(t.Context(), secret, product), pg.ErrNoRows)
	})
	t.Run("a transaction that fails gives it back", func(t *testing.T) {
		t.Parallel()
		secret := b.code(t)
		err := b.db.InApp(t.Context(), func(ctx context.Context, tx pg.Tx) error {
			_, err := postgres.ConsumeCode(ctx, tx, secret, product)
			require.NoError(t, err)
			return context.Canceled
		})
		require.ErrorIs(t, err, context.Canceled)
		require.NoError(t, b.consume(t.Context(), secret, product))
	})
}

// age moves a code into the past: its end is on the database's clock.
func (b bundle) age(t *testing.T, secret token.Token, by time.Duration) {
	t.Helper()
	b.do(t, func(ctx context.Context, tx pg.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE one_time_token SET expires_at = expires_at - make_interval(secs => @by) WHERE hash = @hash",
			pgx.NamedArgs{"hash": secret.Hash(), "by": by.Seconds()})
		return err
	})
}
