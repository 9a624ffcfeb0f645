package engine_test

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/accessclient/engine"
)

const now = 1_700_000_000_000_000

// number is the n-th id of a kind.
func number(kind byte, n int) (out engine.ID) {
	binary.BigEndian.PutUint64(out[8:], uint64(n)*0x9e3779b97f4a7c15)
	out[0] = kind
	return out
}

// populated is a view of so many entries: two out of ten are grants, an account
// has five entries, a person three.
func populated(tb testing.TB, entries int) *engine.View {
	tb.Helper()
	v := engine.NewView(rand.Uint64())
	v.SetFeatures([]engine.Feature{{Path: "management"}, {Path: "management/invoices"}, {Path: "spending", Excluded: true}})
	require.NoError(tb, v.SetPreset("TECHNICAL_SUPPORT", []byte(`{"management": 4}`)))
	for n := range entries {
		require.NoError(tb, v.SetEntry(entryOf(n)))
	}
	return v
}

func entryOf(n int) engine.Entry {
	e := engine.Entry{
		ID: number('e', n), Account: number('a', n/5), Subject: number('s', n%(n/3+1)),
		Rights: []byte(`{"management": 3}`), Until: engine.Forever,
	}
	if n%5 == 4 {
		e.Until = now + int64(n)
		e.Grant = &engine.Grant{Partner: number('a', n%100), Consent: number('c', n), Role: "TECHNICAL_SUPPORT"}
	}
	return e
}

func question(n int) engine.Question {
	e := entryOf(n)
	return engine.Question{Account: e.Account, Subject: e.Subject, Feature: "management/invoices", Level: 3}
}

func TestWhatIsTakenAwayIsGone(t *testing.T) {
	t.Parallel()
	const entries = 5000
	v := populated(t, entries)
	for n := 0; n < entries; n += 5 {
		q := question(n)
		require.Equal(t, engine.Allowed, v.Decide(&q, now).Denial, n)
		e := entryOf(n)
		e.Over = true
		require.NoError(t, v.SetEntry(e))
		require.Equal(t, engine.NoAccess, v.Decide(&q, now).Denial, n)
	}
}

// Lists and decisions agree: whoever is listed is let in to something, whoever
// is not is let in to nothing.
func TestListsAgreeWithDecisions(t *testing.T) {
	t.Parallel()
	const entries = 3000
	v := populated(t, entries)
	for n := 0; n < entries; n += 3 {
		e := entryOf(n)
		e.Over = true
		require.NoError(t, v.SetEntry(e))
	}
	v.SetAccount(number('a', 7), true)
	for n := range entries {
		q := question(n)
		denial := v.Decide(&q, now).Denial
		reached := denial != engine.NoAccess && denial != engine.AccountSuspended
		require.Equal(t, reached, slices.ContainsFunc(listed(v.Accounts, q.Subject), func(r engine.Reach) bool { return r.Account == q.Account }), n)
		require.Equal(t, reached, slices.ContainsFunc(listed(v.Subjects, q.Account), func(r engine.Reach) bool { return r.Subject == q.Subject }), n)
	}
}

func listed(list func(engine.ID, int64, func(engine.Reach) bool), of engine.ID) (out []engine.Reach) {
	list(of, now, func(r engine.Reach) bool {
		out = append(out, r)
		return true
	})
	return out
}

// Readers and the writer meet on the same pairs: the race detector looks on.
func TestReadersNeedNoLock(t *testing.T) {
	t.Parallel()
	const entries = 500
	v := populated(t, entries)
	done := make(chan struct{})
	for reader := range 2 {
		go func() {
			for n := reader; ; n++ {
				select {
				case <-done:
					return
				default:
				}
				q := question(n % (2 * entries))
				v.Decide(&q, now)
			}
		}()
	}
	for round := range 20 {
		for n := range 2 * entries {
			e := entryOf(n)
			e.Over = (n+round)%3 == 0
			require.NoError(t, v.SetEntry(e))
		}
	}
	close(done)
}

func BenchmarkDecide(b *testing.B) {
	for _, entries := range []int{1_000_000, 10_000_000} {
		b.Run(fmt.Sprint(entries), func(b *testing.B) {
			before := heap()
			v := populated(b, entries)
			perEntry := float64(heap()-before) / float64(entries)
			rng := rand.New(rand.NewPCG(1, 1))
			for b.Loop() {
				q := question(rng.IntN(entries))
				v.Decide(&q, now)
			}
			b.ReportMetric(perEntry, "B/entry")
		})
	}
}

func heap() uint64 {
	var stats runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}
