package ledger_test

import (
	"crypto/ed25519"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/tlog"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	"github.com/aval-access/aval/services/ledger"
)

const origin = "aval.example/ledger"

// bundle is a ledger of its own, without any database.
type bundle struct {
	*consentv1.LedgerBundle
	signer *ledger.Signer
	tree   *ledger.Tree
}

// setup makes a whole ledger of n leaves, signed at every fourth.
func setup(t *testing.T, n int64) *bundle {
	t.Helper()
	_, key, err := ed25519.GenerateKey(nil)
	require.NoError(t, err)
	signer, err := ledger.NewSigner(origin, []ed25519.PrivateKey{key})
	require.NoError(t, err)
	b := &bundle{
		LedgerBundle: &consentv1.LedgerBundle{Whole: true, VerifierKeys: signer.VerifierKeys()},
		signer:       signer, tree: ledger.Grow(0, nil),
	}
	for at := range n {
		b.add(t, fmt.Sprint("invoice ", at))
		if at%4 == 3 || at == n-1 {
			b.sign(t)
		}
	}
	return b
}

// add appends one fact, with the history's entry of it.
func (b *bundle) add(t *testing.T, object string, erased ...int64) *consentv1.LedgerEntry {
	t.Helper()
	actor, err := ledger.Seal(&consentv1.LedgerActor{ActorId: "usr_karim", ActorName: "Karim Haddad"})
	require.NoError(t, err)
	shown := &consentv1.HistoryEntry{
		Id: fmt.Sprint("act_", b.tree.Size()), AccountId: "org_client", ActorId: "usr_karim", ActorName: "Karim Haddad", Action: "invoice.opened", Object: object,
		Outcome: consentv1.Outcome_OUTCOME_DONE, Time: timestamppb.New(time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)),
	}
	record, err := ledger.Seal(&consentv1.LedgerRecord{
		Id: shown.GetId(), AccountId: shown.GetAccountId(), Action: shown.GetAction(), Object: object,
		Outcome: shown.GetOutcome(), Time: shown.GetTime(), ActorCommitment: actor.Commitment,
	})
	require.NoError(t, err)
	leaf, err := ledger.EncodeLeaf(&consentv1.LedgerLeaf{
		Sequence: b.tree.Size(), Time: shown.GetTime(), Type: ledger.ActivityRecorded, Commitment: record.Commitment, Erased: erased,
	})
	require.NoError(t, err)
	hash := tlog.RecordHash(leaf)
	entry := &consentv1.LedgerEntry{
		Sequence: b.tree.Size(), Leaf: leaf, LeafHash: hash[:], Record: record.Content, RecordKey: record.Key,
		Actor: actor.Content, ActorKey: actor.Key, Entry: shown,
	}
	require.NoError(t, b.tree.Append(hash))
	b.Entries = append(b.Entries, entry)
	return entry
}

func (b *bundle) sign(t *testing.T) string {
	t.Helper()
	root, err := b.tree.Root(b.tree.Size())
	require.NoError(t, err)
	note, err := b.signer.Sign(b.tree.Size(), root)
	require.NoError(t, err)
	b.Checkpoints = append(b.Checkpoints, &consentv1.LedgerCheckpoint{TreeSize: b.tree.Size(), RootHash: root[:], Note: note})
	return note
}

// part keeps some of the leaves, with their proofs.
func (b *bundle) part(t *testing.T, places ...int64) {
	t.Helper()
	proofs, err := b.tree.Prove(b.tree.Size(), places)
	require.NoError(t, err)
	var kept []*consentv1.LedgerEntry
	for i, at := range places {
		entry := b.Entries[at]
		for _, hash := range proofs[i] {
			entry.Proof = append(entry.Proof, hash[:])
		}
		kept = append(kept, entry)
	}
	b.Entries, b.Whole = kept, false
	b.Checkpoints = b.Checkpoints[len(b.Checkpoints)-1:]
}

func (b *bundle) findings(t *testing.T, trust ledger.Trust) []string {
	t.Helper()
	report, err := ledger.Verify(b.LedgerBundle, trust)
	require.NoError(t, err)
	out := []string{}
	for _, f := range report.Findings {
		out = append(out, fmt.Sprintf("%s@%d", f.Fault, f.Sequence))
	}
	return out
}

func TestWhatNobodyTouchedVerifies(t *testing.T) { // T-17, L1
	t.Parallel()
	for _, n := range []int64{1, 2, 3, 7, 8, 33, 100} {
		b := setup(t, n)
		report, err := ledger.Verify(b.LedgerBundle, ledger.Trust{Records: true, Keys: b.signer.VerifierKeys()})
		require.NoError(t, err)
		require.Empty(t, report.Findings)
		require.EqualValues(t, n, report.Checkpoint.Size)
		require.EqualValues(t, n, report.Opened)
		require.Equal(t, origin, report.Checkpoint.Origin)
		b.part(t, n/2)
		require.Empty(t, b.findings(t, ledger.Trust{}))
	}
}

// T-17, L1: what was done to a ledger is named, with its place.
func TestTamperingIsNamed(t *testing.T) {
	t.Parallel()
	other := func(t *testing.T, entry *consentv1.LedgerEntry) { // a leaf that says something else
		t.Helper()
		leaf, err := ledger.DecodeLeaf(entry.GetLeaf())
		require.NoError(t, err)
		leaf.Type = "aval.consent.v1.consent.given"
		entry.Leaf, err = ledger.EncodeLeaf(leaf)
		require.NoError(t, err)
	}
	for name, c := range map[string]struct {
		tamper func(t *testing.T, b *bundle)
		want   []string
	}{
		"a bit of a leaf": {func(_ *testing.T, b *bundle) { b.Entries[5].Leaf[len(b.Entries[5].Leaf)-1] ^= 1 }, []string{"TREE_DIFFERS@-1", "LEAF_ALTERED@5", "RECORD_ALTERED@5"}},
		"another leaf":    {func(t *testing.T, b *bundle) { other(t, b.Entries[5]) }, []string{"TREE_DIFFERS@-1", "LEAF_ALTERED@5"}},
		"another leaf and its hash": {func(t *testing.T, b *bundle) {
			other(t, b.Entries[5])
			hash := tlog.RecordHash(b.Entries[5].GetLeaf())
			b.Entries[5].LeafHash = hash[:]
		}, []string{"TREE_DIFFERS@-1"}},
		"a leaf that is no leaf":  {func(_ *testing.T, b *bundle) { b.Entries[5].Leaf = []byte("x") }, []string{"LEAF_ALTERED@5"}},
		"a stored hash":           {func(_ *testing.T, b *bundle) { b.Entries[5].LeafHash[0] ^= 1 }, []string{"LEAF_ALTERED@5"}},
		"a deleted leaf":          {func(_ *testing.T, b *bundle) { b.Entries = slices.Delete(b.Entries, 5, 6) }, []string{"LEAF_MISSING@5"}},
		"the last leaves deleted": {func(_ *testing.T, b *bundle) { b.Entries = b.Entries[:5] }, []string{"LEAF_MISSING@5"}},
		"a deleted leaf, closed up": {func(_ *testing.T, b *bundle) {
			b.Entries = slices.Delete(b.Entries, 5, 6)
			for i, e := range b.Entries {
				e.Sequence = int64(i)
			}
		}, []string{"LEAF_MOVED@5", "LEAF_MOVED@6", "LEAF_MISSING@7"}},
		"a swapped pair": {func(_ *testing.T, b *bundle) {
			b.Entries[4].Leaf, b.Entries[5].Leaf = b.Entries[5].GetLeaf(), b.Entries[4].GetLeaf()
		}, []string{"TREE_DIFFERS@-1", "LEAF_MOVED@4", "LEAF_ALTERED@4", "RECORD_ALTERED@4", "LEAF_MOVED@5", "LEAF_ALTERED@5", "RECORD_ALTERED@5"}},
		"an altered record":       {func(_ *testing.T, b *bundle) { b.Entries[5].Record[3] ^= 1 }, []string{"RECORD_ALTERED@5"}},
		"a record of another":     {func(_ *testing.T, b *bundle) { b.Entries[5].Record = b.Entries[4].GetRecord() }, []string{"RECORD_ALTERED@5"}},
		"another key":             {func(_ *testing.T, b *bundle) { b.Entries[5].RecordKey = b.Entries[4].GetRecordKey() }, []string{"RECORD_ALTERED@5"}},
		"a record that is gone":   {func(_ *testing.T, b *bundle) { b.Entries[5].Record, b.Entries[5].RecordKey = nil, nil }, []string{"RECORD_MISSING@5"}},
		"who acted is gone":       {func(_ *testing.T, b *bundle) { b.Entries[5].Actor, b.Entries[5].ActorKey = nil, nil }, []string{"RECORD_MISSING@5"}},
		"who acted is altered":    {func(_ *testing.T, b *bundle) { b.Entries[5].Actor[5] ^= 1 }, []string{"RECORD_ALTERED@5"}},
		"an entry by another":     {func(_ *testing.T, b *bundle) { b.Entries[5].Entry.ActorId = "usr_anne" }, []string{"ENTRY_ALTERED@5"}},
		"an entry that says more": {func(_ *testing.T, b *bundle) { b.Entries[5].Entry.Object = "all invoices" }, []string{"ENTRY_ALTERED@5"}},
		"an entry of another day": {func(_ *testing.T, b *bundle) { b.Entries[5].Entry.Time.Seconds -= 86400 }, []string{"ENTRY_ALTERED@5"}},
		"a signature": {func(_ *testing.T, b *bundle) {
			b.Checkpoints[0].Note = strings.Replace(b.Checkpoints[0].GetNote(), "\n4\n", "\n5\n", 1)
		}, []string{"BAD_SIGNATURE@-1"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, 8)
			c.tamper(t, b)
			require.ElementsMatch(t, c.want, b.findings(t, ledger.Trust{Records: true}))
		})
	}
}

func TestAPartIsHeldToTheSignedRoot(t *testing.T) { // T-17
	t.Parallel()
	for name, tamper := range map[string]func(b *bundle){
		"the leaf":        func(b *bundle) { b.Entries[0].Leaf = append(b.Entries[0].GetLeaf(), 0x32, 0) },
		"the proof":       func(b *bundle) { b.Entries[0].Proof[0][7] ^= 1 },
		"a shorter proof": func(b *bundle) { b.Entries[0].Proof = b.Entries[0].GetProof()[1:] },
		"its place":       func(b *bundle) { b.Entries[0].Sequence-- },
		"beyond the tree": func(b *bundle) { b.Entries[0].Sequence = 1 << 40 },
		"below the tree":  func(b *bundle) { b.Entries[0].Sequence = -4 },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, 21)
			b.part(t, 6, 19)
			tamper(b)
			require.Contains(t, strings.Join(b.findings(t, ledger.Trust{}), " "), "LEAF_ALTERED")
		})
	}
}

func TestKeptNotesHoldTheLedgerToItsPast(t *testing.T) { // T-17: rollback and fork
	t.Parallel()
	t.Run("a tree that was larger is rolled back", func(t *testing.T) {
		t.Parallel()
		b := setup(t, 8)
		old := proto.CloneOf(b.LedgerBundle)
		b.add(t, "later")
		seen := b.sign(t)
		b.LedgerBundle = old
		require.Equal(t, []string{"ROLLED_BACK@-1"}, b.findings(t, ledger.Trust{Seen: []string{seen}}))
	})
	t.Run("another past is a fork, even under a good signature", func(t *testing.T) {
		t.Parallel()
		b := setup(t, 8)
		seen := b.Checkpoints[1].GetNote()
		fork := &bundle{LedgerBundle: &consentv1.LedgerBundle{Whole: true, VerifierKeys: b.VerifierKeys}, signer: b.signer, tree: ledger.Grow(0, nil)}
		for range 9 {
			fork.add(t, "rewritten")
		}
		fork.sign(t)
		require.Equal(t, []string{"FORKED@-1"}, fork.findings(t, ledger.Trust{Seen: []string{seen}}))
		fork.part(t, 3)
		ask := ledger.Trust{Seen: []string{seen}, Prove: func(first, second int64) (tlog.TreeProof, error) {
			return tlog.ProveTree(second, first, fork.tree)
		}}
		require.Equal(t, []string{"FORKED@-1"}, fork.findings(t, ask))
	})
	t.Run("a tree that went on is proven to", func(t *testing.T) {
		t.Parallel()
		b := setup(t, 21)
		seen := []string{b.Checkpoints[0].GetNote(), b.Checkpoints[3].GetNote()}
		require.Empty(t, b.findings(t, ledger.Trust{Seen: seen}))
		b.part(t, 6)
		require.Empty(t, b.findings(t, ledger.Trust{Seen: seen, Prove: func(first, second int64) (tlog.TreeProof, error) {
			return tlog.ProveTree(second, first, b.tree)
		}}))
		report, err := ledger.Verify(b.LedgerBundle, ledger.Trust{Seen: seen})
		require.NoError(t, err)
		require.Equal(t, []int64{4, 16}, report.Unproven, "offline it is said, and not taken for proven")
	})
	t.Run("another's signature proves nothing", func(t *testing.T) {
		t.Parallel()
		b, stranger := setup(t, 8), setup(t, 8)
		_, err := ledger.Verify(b.LedgerBundle, ledger.Trust{Keys: stranger.signer.VerifierKeys()})
		require.ErrorIs(t, err, ledger.ErrNoCheckpoint)
	})
}

func TestWhatEndedLeavesTheTreeWhole(t *testing.T) { // T-17, L3
	t.Parallel()
	b := setup(t, 8)
	b.add(t, "", 2, 5)
	b.sign(t)
	for _, at := range []int64{2, 5} {
		b.Entries[at].Record, b.Entries[at].RecordKey, b.Entries[at].Entry = nil, nil, nil
	}
	require.Empty(t, b.findings(t, ledger.Trust{Records: true}))
	b.Entries[6].Record, b.Entries[6].RecordKey = nil, nil
	require.Equal(t, []string{"RECORD_MISSING@6"}, b.findings(t, ledger.Trust{Records: true}), "no leaf says that it ended")
}

func TestOldAndNewKeySignTogether(t *testing.T) {
	t.Parallel()
	var keys []ed25519.PrivateKey
	for range 2 {
		_, key, err := ed25519.GenerateKey(nil)
		require.NoError(t, err)
		keys = append(keys, key)
	}
	both, err := ledger.NewSigner(origin, keys)
	require.NoError(t, err)
	note, err := both.Sign(3, tlog.Hash{1})
	require.NoError(t, err)
	for _, key := range both.VerifierKeys() {
		c, err := ledger.OpenCheckpoint(note, []string{key})
		require.NoError(t, err)
		require.Equal(t, ledger.Checkpoint{Origin: origin, Size: 3, Root: tlog.Hash{1}}, c)
	}
	_, err = ledger.NewSigner(origin, nil)
	require.Error(t, err, "nothing is signed by nobody")
}

// T-21: the decoder takes what the encoder writes, and nothing else.
func FuzzDecodeLeaf(f *testing.F) {
	leaf, err := ledger.EncodeLeaf(&consentv1.LedgerLeaf{
		Sequence: 7, Time: timestamppb.New(time.Unix(1, 0)), Type: "x", Commitment: make([]byte, 32), Erased: []int64{1, 300},
	})
	require.NoError(f, err)
	f.Add(leaf)
	f.Add(append(leaf, 0x38, 1))
	f.Fuzz(func(t *testing.T, data []byte) {
		leaf, err := ledger.DecodeLeaf(data)
		if err != nil {
			return
		}
		again, err := ledger.EncodeLeaf(leaf)
		require.NoError(t, err)
		require.Equal(t, data, again)
	})
}
