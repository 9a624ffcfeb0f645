package replica_test

import (
	"context"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/accessclient/engine"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/testsize"
	"github.com/aval-access/aval/services/membership/internal/domain"
	"github.com/aval-access/aval/services/membership/internal/replica"
)

// owned is an account with one owner, as a question.
func (b *bundle) owned() domain.Question {
	b.Helper()
	q := domain.Question{AccountID: id.New(), SubjectID: id.New(), Feature: "management", Level: domain.LevelEditor}
	b.exec(`
INSERT INTO organization (id, kind, legal_name, registration_number, postal_address, contact_email, contact_phone, locale,
  level1_support, state, create_time)
VALUES ($1, 'CLIENT', 'x', '', '', '', '', 'fr', false, 'ACTIVE', now())`, q.AccountID)
	b.join(q)
	return q
}

func (b *bundle) join(q domain.Question) {
	b.Helper()
	b.exec(`
INSERT INTO access_entry (id, account_id, subject_id, source, rights, version)
VALUES ($1, $2, $3, 'MEMBERSHIP', '{"": 4}', 1)`, id.New(), q.AccountID, q.SubjectID)
}

func (b *bundle) leave(q domain.Question) {
	b.Helper()
	b.exec(`
UPDATE access_entry
SET end_time = now()
WHERE account_id = $1
  AND subject_id = $2
  AND end_time IS NULL`, q.AccountID, q.SubjectID)
}

func (b *bundle) allowed(r *replica.Replica, q domain.Question) bool {
	b.Helper()
	a, err := r.Decide(b.Context(), q)
	require.NoError(b, err)
	return a.Allowed()
}

// T-01: no check that begins after a revoking call has returned is answered
// with what was before it, by any replica, however many ask.
func TestNoReplicaAllowsAfterARevocationReturned(t *testing.T) {
	t.Parallel()
	b := setup(t)
	replicas := make([]*replica.Replica, 3)
	for i := range replicas {
		replicas[i] = b.memory(nil)
		b.start(replicas[i].Component())
	}
	const people = 2
	var asked atomic.Int64
	var all sync.WaitGroup
	for range people {
		q := b.owned()
		require.NoError(t, b.fence.Wait(t.Context()))
		all.Go(func() {
			for range testsize.Of(t, 25, 4_000) {
				b.revokedUnderQuestions(replicas, q, &asked)
				b.join(q)
				require.NoError(t, b.fence.Wait(t.Context()))
				require.True(t, b.allowed(replicas[rand.IntN(len(replicas))], q), "what was given is there")
			}
		})
	}
	all.Wait()
	t.Logf("%d checks raced", asked.Load())
}

// revokedUnderQuestions takes a right away while every replica is asked for it.
func (b *bundle) revokedUnderQuestions(replicas []*replica.Replica, q domain.Question, asked *atomic.Int64) {
	b.Helper()
	var revoked atomic.Bool
	var askers sync.WaitGroup
	for _, r := range replicas {
		askers.Go(func() {
			for {
				after := revoked.Load() // before the check begins
				a, err := r.Decide(b.Context(), q)
				asked.Add(1)
				if err != nil {
					b.Error(err)
					return
				}
				if after {
					if a.Allowed() {
						b.Errorf("allowed after the revocation had returned")
					}
					return
				}
			}
		})
	}
	b.leave(q)
	require.NoError(b, b.fence.Wait(b.Context()))
	revoked.Store(true)
	askers.Wait()
}

// T-05: without a lease there is no answer from memory, and a replica that
// hears of nothing cannot hold a revocation up for longer than its lease.
func TestAReplicaThatHearsNothingDeniesNothingLate(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var late atomic.Int64
	memory := b.memory(func() time.Time { return time.Now().Add(time.Duration(late.Load())) })
	b.start(memory.Component())
	q := b.owned()
	require.NoError(t, b.fence.Wait(t.Context()))
	require.True(t, b.allowed(memory, q))

	late.Store(int64(engine.Lease))
	_, err := memory.Decide(t.Context(), q)
	require.ErrorIs(t, err, errNoMemory, "the lease is over")
	_, err = memory.DecideAll(t.Context(), []domain.Question{q})
	require.ErrorIs(t, err, errNoMemory)
}

func TestARevocationWaitsForALeaseThatNobodyAnswersFor(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.exec("INSERT INTO decision_lease (id, renewal, bound) VALUES ($1, 1, '1')", id.New())
	begin := time.Now()
	require.NoError(t, b.fence.Wait(t.Context()))
	require.GreaterOrEqual(t, time.Since(begin), engine.Lease, "its replica may have answered until now")

	begin = time.Now()
	require.NoError(t, b.fence.Wait(t.Context()))
	require.Less(t, time.Since(begin), engine.Lease, "and nobody waits for it twice")
}

func TestAWaitThatEndsEarlyIsNoPromise(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.exec("INSERT INTO decision_lease (id, renewal, bound) VALUES ($1, 1, '1')", id.New())
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	require.ErrorContains(t, b.fence.Wait(ctx), "REVOCATION_PENDING")
}

func TestAReplicaThatWasCutOffCatchesUpFirst(t *testing.T) { // T-05
	t.Parallel()
	b := setup(t)
	memory := b.memory(nil)
	b.start(memory.Component())
	for range 5 {
		q := b.owned()
		require.NoError(t, b.fence.Wait(t.Context()))
		b.exec(`
SELECT pg_terminate_backend(pid)
FROM pg_stat_activity
WHERE datname = current_database()
  AND pid <> pg_backend_pid()
  AND (query LIKE '%decision_lease AS l%' OR query LIKE '%FROM access_entry e%' OR query LIKE '%AS f (c, p)%')`)
		b.leave(q)
		require.NoError(t, b.fence.Wait(t.Context()))
		a, err := memory.Decide(t.Context(), q)
		require.False(t, err == nil && a.Allowed())
		b.answersAgain(memory, q, false)
	}
}

// answersAgain waits until memory says so.
func (b *bundle) answersAgain(r *replica.Replica, q domain.Question, allowed bool) {
	b.Helper()
	require.Eventually(b, func() bool {
		a, err := r.Decide(b.Context(), q)
		return err == nil && a.Allowed() == allowed
	}, 5*time.Second, time.Millisecond)
}

// Whoever removed the lease waited for nothing since: everything is read again,
// the old as well.
func TestAReplicaWhoseLeaseWasRemovedReadsEverything(t *testing.T) {
	t.Parallel()
	b := setup(t)
	memory := b.memory(nil)
	b.start(memory.Component())
	q := b.owned()
	require.NoError(t, b.fence.Wait(t.Context()))
	b.leave(q)
	b.exec("DELETE FROM decision_lease")
	b.answersAgain(memory, q, false)
}

// Somebody who comes back is let in, and stays, also when the transaction that
// let them in is older than the one that ended what was before, and another that
// is still open has both read again.
func TestWhoComesBackStays(t *testing.T) {
	t.Parallel()
	b := setup(t)
	memory := b.memory(nil)
	b.start(memory.Component())
	q := b.owned()
	back, open := b.begun(), b.begun()
	b.leave(q)
	_, err := back.Exec(t.Context(), `
INSERT INTO access_entry (id, account_id, subject_id, source, rights, version)
VALUES ($1, $2, $3, 'MEMBERSHIP', '{"": 4}', 1)`, id.New(), q.AccountID, q.SubjectID)
	require.NoError(t, err)
	_, err = back.Exec(t.Context(), "COMMIT")
	require.NoError(t, err)
	for begin := time.Now(); time.Since(begin) < engine.Lease; { // with renewals in between
		require.NoError(t, b.fence.Wait(t.Context()))
		require.True(t, b.allowed(memory, q))
	}
	_, err = open.Exec(t.Context(), "COMMIT")
	require.NoError(t, err)
}

// begun is a connection with an open transaction that has its number.
func (b *bundle) begun() *pgx.Conn {
	b.Helper()
	conn, err := b.db.Dedicated(b.Context())
	require.NoError(b, err)
	b.Cleanup(func() { _ = conn.Close(context.WithoutCancel(b.Context())) })
	_, err = conn.Exec(b.Context(), "BEGIN; SELECT pg_current_xact_id()")
	require.NoError(b, err)
	return conn
}

func TestAReplicaThatStopsHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	b := setup(t)
	memory := b.memory(nil)
	stop := b.start(memory.Component())
	q := b.owned()
	require.NoError(t, b.fence.Wait(t.Context()))
	require.True(t, b.allowed(memory, q))
	stop()
	_, err := memory.Decide(t.Context(), q)
	require.ErrorIs(t, err, errNoMemory)
	begin := time.Now()
	require.NoError(t, b.fence.Wait(t.Context()))
	require.Less(t, time.Since(begin), engine.Lease)
}

// Whatever a replica was doing when it was told to stop, its lease goes.
func TestAReplicaThatStopsWhileItRenewsGivesItsLeaseBack(t *testing.T) {
	t.Parallel()
	b := setup(t)
	stop := b.start(b.memory(nil).Component())
	stopped := make(chan struct{})
	require.NoError(t, b.db.InSystem(t.Context(), "test", func(ctx context.Context, tx pg.Tx) error {
		_, err := tx.Exec(ctx, "LOCK TABLE decision_lease IN EXCLUSIVE MODE")
		require.NoError(t, err)
		waiting := func() (pid int32) {
			err := tx.QueryRow(ctx, `
SELECT coalesce(max(pid), 0)
FROM pg_locks
WHERE NOT granted
  AND pg_backend_pid() = ANY(pg_blocking_pids(pid))`).Scan(&pid)
			require.NoError(t, err)
			return pid
		}
		var renewing int32
		for renewing == 0 {
			renewing = waiting()
		}
		go func() {
			defer close(stopped)
			stop()
		}()
		for waiting() == renewing {
		}
		return nil
	}))
	<-stopped
	var left int
	require.NoError(t, b.db.InSystem(t.Context(), "test", func(ctx context.Context, tx pg.Tx) error {
		return tx.QueryRow(ctx, "SELECT count(*) FROM decision_lease").Scan(&left)
	}))
	require.Zero(t, left)
}
