package e2e

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/config"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

const (
	mixers = 64
	mixed  = 20
)

var errOnPurpose = errors.New("on purpose")

// T-09, B2: over one small pool, with transactions that end well, fail, panic
// and are cancelled, no transaction sees the tenant of another.
func TestMixedTransactionsKeepTheirTenant(t *testing.T) {
	t.Parallel()
	b := setup(t, shared.edge)
	urls := shared.stack.Database("membership")
	db, err := pg.Open(t.Context(), pg.Config{AppURL: config.NewSecret(urls.App), MaxConns: 4})
	require.NoError(t, err)
	t.Cleanup(db.Close)
	var tenants []id.ID
	for _, one := range []string{b.client(t).ID, b.partner(t).ID, b.client(t).ID} {
		tenant, err := id.Parse("org", one)
		require.NoError(t, err)
		tenants = append(tenants, tenant)
	}
	var wg sync.WaitGroup
	failed := make(chan error, mixers*mixed)
	for i := range mixers {
		wg.Go(func() {
			for j := range mixed {
				failed <- mix(t.Context(), db, tenants[(i+j)%len(tenants)], i+j)
			}
		})
	}
	wg.Wait()
	close(failed)
	for err := range failed {
		require.NoError(t, err)
	}
}

// mix looks at what one transaction sees, and ends it in one of four ways.
func mix(ctx context.Context, db *pg.DB, tenant id.ID, way int) (err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer func() {
		if cause := recover(); cause != nil && cause != errOnPurpose {
			err = fmt.Errorf("panic: %v", cause)
		}
	}()
	look := func(ctx context.Context, tx pg.Tx) error {
		if err := onlyOwn(ctx, tx, tenant); err != nil {
			return err
		}
		switch way % 4 {
		case 1:
			return errOnPurpose
		case 2:
			panic(errOnPurpose)
		case 3:
			cancel()
		}
		return nil
	}
	if way%5 == 0 {
		return db.InApp(ctx, func(ctx context.Context, tx pg.Tx) error { return onlyOwn(ctx, tx, id.ID{}) })
	}
	err = db.InTenant(ctx, tenant, look)
	if way%4 != 0 && errorsExpected(err) {
		return nil
	}
	return err
}

func errorsExpected(err error) bool {
	return errors.Is(err, errOnPurpose) || errors.Is(err, context.Canceled) || fault.Is(err, reasonv1.Reason_REASON_UNAVAILABLE)
}

// onlyOwn wants one organisation to be seen, the tenant's; none without one.
func onlyOwn(ctx context.Context, tx pg.Tx, tenant id.ID) error {
	rows, err := tx.Query(ctx, "SELECT id FROM organization ORDER BY id LIMIT 10")
	if err != nil {
		return err
	}
	defer rows.Close()
	seen := 0
	for rows.Next() {
		var one id.ID
		if err := rows.Scan(&one); err != nil {
			return err
		}
		if one != tenant {
			return fmt.Errorf("in the context of %s the organisation %s is seen", tenant.Text("org"), one.Text("org"))
		}
		seen++
	}
	want := 1
	if tenant.IsZero() {
		want = 0
	}
	if seen != want {
		return fmt.Errorf("%d organisations are seen", seen)
	}
	return rows.Err()
}
