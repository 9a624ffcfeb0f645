package app_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/consent/internal/app"
	"github.com/aval-access/aval/services/consent/internal/witness"
	"github.com/aval-access/aval/services/kit/testsize"
)

// findings are the audit's, as "FAULT@place".
func (b *books) findings(t *testing.T) []string {
	t.Helper()
	out := []string{}
	for _, f := range b.audit(t).Findings {
		out = append(out, fmt.Sprintf("%s@%d", f.Fault, f.Sequence))
	}
	return out
}

// T-17, L1: whoever owns the tables can change every row, and every change is
// named.
func TestWhatTheOwnerOfTheTablesDoesIsNamed(t *testing.T) {
	t.Parallel()
	entry := "(SELECT id FROM ledger_record WHERE sequence = 5)"
	for name, c := range map[string]struct {
		statements []string
		want       []string
	}{
		"a leaf altered": {
			[]string{"UPDATE ledger_leaf SET data = set_byte(data, 10, get_byte(data, 10) # 1) WHERE sequence = 5"},
			[]string{"TREE_DIFFERS@-1", "LEAF_ALTERED@5"},
		},
		"a leaf deleted": {[]string{"DELETE FROM ledger_leaf WHERE sequence = 5"}, []string{"LEAF_MISSING@5"}},
		"two leaves swapped": {
			[]string{
				"UPDATE ledger_leaf SET sequence = -1 WHERE sequence = 4", "UPDATE ledger_leaf SET sequence = 4 WHERE sequence = 5",
				"UPDATE ledger_leaf SET sequence = 5 WHERE sequence = -1",
			},
			[]string{
				"TREE_DIFFERS@-1", "LEAF_MOVED@4", "LEAF_ALTERED@4", "RECORD_ALTERED@4",
				"LEAF_MOVED@5", "LEAF_ALTERED@5", "RECORD_ALTERED@5",
			},
		},
		"a hash of the tree altered": {
			[]string{"UPDATE ledger_hash SET hash = set_byte(hash, 0, get_byte(hash, 0) # 1) WHERE position = 0"}, []string{"LEAF_ALTERED@0"},
		},
		"a hash deleted":   {[]string{"DELETE FROM ledger_hash WHERE position = 0"}, []string{"LEAF_ALTERED@0"}},
		"a record altered": {[]string{"UPDATE ledger_record SET content = content || '\\x00' WHERE sequence = 5"}, []string{"RECORD_ALTERED@5"}},
		"a record emptied": {
			[]string{"UPDATE ledger_record SET content = NULL, key = NULL, actor = NULL, actor_key = NULL WHERE sequence = 5"},
			[]string{"RECORD_MISSING@5"},
		},
		"a record deleted":               {[]string{"DELETE FROM ledger_record WHERE sequence = 5"}, []string{"RECORD_MISSING@5"}},
		"a history altered":              {[]string{"UPDATE history SET object = 'nothing' WHERE id = " + entry}, []string{"ENTRY_ALTERED@5"}},
		"a history under another name":   {[]string{"UPDATE history SET actor_id = gen_random_uuid() WHERE id = " + entry}, []string{"ENTRY_ALTERED@5"}},
		"a history at another time":      {[]string{"UPDATE history SET time = time - interval '1 day' WHERE id = " + entry}, []string{"ENTRY_ALTERED@5"}},
		"a history handed to another":    {[]string{"UPDATE history SET account_id = gen_random_uuid() WHERE id = " + entry}, []string{"ENTRY_MISSING@5"}},
		"a line of a history deleted":    {[]string{"DELETE FROM history WHERE id = " + entry}, []string{"ENTRY_MISSING@5"}},
		"the end of the ledger cut off":  {[]string{"DELETE FROM ledger_leaf WHERE sequence >= 6"}, []string{"LEAF_MISSING@6"}},
		"the whole ledger truncated":     {[]string{"TRUNCATE ledger_leaf"}, []string{"LEAF_MISSING@0"}},
		"a checkpoint under another key": {[]string{"UPDATE ledger_checkpoint SET note = replace(note, E'\\n8\\n', E'\\n7\\n')"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := openBooks(t)
			b.visits(t, 8)
			b.advance(t)
			b.asOwner(t, c.statements...)
			if c.want == nil {
				_, err := app.AuditLedger{Deps: b.Deps, Keys: b.Signer.VerifierKeys()}.Do(t.Context())
				require.Error(t, err)
				return
			}
			require.ElementsMatch(t, c.want, b.findings(t))
		})
	}
}

// T-17: whatever bit of whatever leaf, hash or record changes.
func TestEveryAlteredBitIsFound(t *testing.T) {
	t.Parallel()
	b := openBooks(t)
	b.visits(t, 16)
	b.advance(t)
	seed := time.Now().UnixNano()
	t.Log("seed", seed)
	random := rand.New(rand.NewPCG(uint64(seed), 0))
	for range testsize.Of(t, 60, 10_000) {
		flip := func(table, column, key string, at int) string {
			byteAt, bit := random.IntN(32), 1<<random.IntN(8)
			return fmt.Sprintf("UPDATE %s SET %s = set_byte(%s, %d, get_byte(%s, %d) # %d) WHERE %s = %d",
				table, column, column, byteAt, column, byteAt, bit, key, at)
		}
		leaf := random.IntN(16)
		change := []string{
			flip("ledger_leaf", "data", "sequence", leaf), flip("ledger_record", "content", "sequence", leaf),
			flip("ledger_record", "key", "sequence", leaf), flip("ledger_record", "actor", "sequence", leaf),
		}[random.IntN(4)]
		b.asOwner(t, change)
		require.NotEmpty(t, b.findings(t), change)
		b.asOwner(t, change) // the same bit again puts it right
		require.Empty(t, b.findings(t))
	}
}

func TestNothingIsSignedOverAnotherPast(t *testing.T) { // T-17: rollback
	t.Parallel()
	t.Run("a database that was put back is noticed by the witness", func(t *testing.T) {
		t.Parallel()
		b := openBooks(t)
		b.visits(t, 4)
		b.advance(t)
		b.visits(t, 4)
		b.advance(t)
		b.asOwner(t, // as it was before the second minute
			"DELETE FROM ledger_checkpoint WHERE size > 4", "DELETE FROM ledger_leaf WHERE sequence >= 4",
			"DELETE FROM ledger_hash WHERE position >= 7", "DELETE FROM ledger_record WHERE sequence >= 4",
			"DELETE FROM history WHERE id NOT IN (SELECT id FROM ledger_record)")
		require.Equal(t, []string{"ROLLED_BACK@-1"}, b.findings(t))
		b.visits(t, 1)
		b.clock.Advance(time.Minute)
		_, err := b.Do(t.Context())
		require.ErrorIs(t, err, app.ErrLedgerChanged)
		b.visits(t, 8) // other facts at the same places
		_, err = b.Do(t.Context())
		require.ErrorIs(t, err, app.ErrLedgerChanged)
		require.Equal(t, 4, b.ask(t, "SELECT count(*) FROM ledger_leaf"), "what waits stays waiting")
	})
	t.Run("a tree cut off below its last checkpoint is not gone on with", func(t *testing.T) {
		t.Parallel()
		b := openBooks(t)
		b.Witness = witness.Folder("")
		b.visits(t, 4)
		b.advance(t)
		b.asOwner(t, "DELETE FROM ledger_leaf WHERE sequence >= 2", "DELETE FROM ledger_hash WHERE position >= 3",
			"UPDATE ledger_record SET sequence = NULL WHERE sequence >= 2")
		b.clock.Advance(time.Minute)
		_, err := b.Do(t.Context())
		require.NoError(t, err, "the same facts come to the same places")
		require.Empty(t, b.findings(t))
		b.asOwner(t, "DELETE FROM ledger_leaf WHERE sequence >= 2", "DELETE FROM ledger_hash WHERE position >= 3",
			"DELETE FROM ledger_record WHERE sequence >= 2")
		b.visits(t, 3)
		b.clock.Advance(time.Minute)
		_, err = b.Do(t.Context())
		require.ErrorIs(t, err, app.ErrLedgerChanged)
	})
}

// Nobody but the owner of the tables changes anything, and loudly.
func TestTheLedgerIsAppendOnly(t *testing.T) { // L1
	t.Parallel()
	b := openBooks(t)
	b.visits(t, 2)
	b.advance(t)
	for _, statement := range []string{
		"UPDATE ledger_leaf SET data = ''", "DELETE FROM ledger_leaf", "TRUNCATE ledger_leaf", "UPDATE ledger_hash SET hash = ''",
		"DELETE FROM ledger_hash", "DELETE FROM ledger_checkpoint", "UPDATE ledger_checkpoint SET note = ''", "DELETE FROM ledger_record",
		"UPDATE ledger_record SET commitment = commitment || '\\x00'", "UPDATE ledger_record SET sequence = sequence + 10",
		"UPDATE ledger_record SET content = '\\x00'", "UPDATE ledger_record SET actor = '\\x00'",
		"UPDATE ledger_record SET account_id = gen_random_uuid()", "UPDATE ledger_record SET people = ARRAY[gen_random_uuid()]",
	} {
		require.Error(t, b.try(t, statement), statement)
	}
}
