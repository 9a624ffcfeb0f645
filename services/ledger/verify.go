package ledger

import (
	"errors"
	"fmt"
	"slices"

	"golang.org/x/mod/sumdb/tlog"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
)

// Trust is what the verifier holds of their own.
type Trust struct {
	// Keys are verifier keys known from elsewhere; none: the download's own,
	// which prove no more than that it agrees with itself.
	Keys []string
	// Seen are signed notes kept from earlier.
	Seen []string
	// Records says that every record is to be there that has not ended.
	Records bool
	// Prove asks how a tree goes on from an earlier one; nil: nobody can be asked.
	Prove func(first, second int64) (tlog.TreeProof, error)
}

// Report is the verdict.
type Report struct {
	// Checkpoint is the newest that was signed.
	Checkpoint Checkpoint
	// Leaves, and how many of their records could be read.
	Leaves, Opened int
	// Unproven are sizes of kept notes that could not be compared with.
	Unproven []int64
	Findings []Finding
}

// ErrNoCheckpoint says that nothing is proven.
var ErrNoCheckpoint = errors.New("there is no checkpoint that can be trusted")

// Verify judges a download. The report is whole even where it finds faults.
func Verify(bundle *consentv1.LedgerBundle, trust Trust) (*Report, error) {
	if len(trust.Keys) == 0 {
		trust.Keys = bundle.GetVerifierKeys()
	}
	audit, err := NewAudit(bundle.GetCheckpoints(), trust)
	if err != nil {
		return nil, err
	}
	audit.parts = !bundle.GetWhole()
	for _, entry := range bundle.GetEntries() {
		audit.Add(entry)
	}
	return audit.Report(), nil
}

// Audit reads a ledger leaf by leaf, in their order.
type Audit struct {
	trust  Trust
	signed []Checkpoint // by size
	report *Report
	// parts says that the leaves are some of the tree, each with its proof.
	parts bool

	tree   *Tree // of the leaves so far, up to the first gap
	next   int64 // place of the next leaf
	closed []int64
	erased map[int64]bool
}

// NewAudit reads the checkpoints; those that nobody signed are findings.
func NewAudit(checkpoints []*consentv1.LedgerCheckpoint, trust Trust) (*Audit, error) {
	a := &Audit{trust: trust, report: &Report{}, tree: Grow(0, nil), erased: map[int64]bool{}}
	for _, one := range checkpoints {
		c, err := OpenCheckpoint(one.GetNote(), trust.Keys)
		if err != nil {
			a.find(BadSignature, nowhere, "checkpoint of size %d: %v", one.GetTreeSize(), err)
			continue
		}
		a.signed = append(a.signed, c)
	}
	if len(a.signed) == 0 {
		return nil, ErrNoCheckpoint
	}
	slices.SortFunc(a.signed, func(x, y Checkpoint) int { return int(x.Size - y.Size) })
	a.report.Checkpoint = a.signed[len(a.signed)-1]
	return a, nil
}

// Find adds what the caller found beside.
func (a *Audit) Find(f Finding) { a.report.Findings = append(a.report.Findings, f) }

func (a *Audit) find(fault Fault, at int64, format string, args ...any) {
	a.Find(Finding{Fault: fault, Sequence: at, Detail: fmt.Sprintf(format, args...)})
}

// Add takes the next leaf, with what opens and proves it.
func (a *Audit) Add(entry *consentv1.LedgerEntry) {
	at := entry.GetSequence()
	a.report.Leaves++
	a.gap(at)
	leaf, err := DecodeLeaf(entry.GetLeaf())
	if err != nil {
		a.find(LeafAltered, at, "%v", err)
		return
	}
	if leaf.GetSequence() != at {
		a.find(LeafMoved, at, "it was written for place %d", leaf.GetSequence())
	}
	hash := tlog.RecordHash(entry.GetLeaf())
	if stored := entry.GetLeafHash(); len(stored) > 0 && string(stored) != string(hash[:]) {
		a.find(LeafAltered, at, "the tree holds another")
	}
	for _, gone := range leaf.GetErased() {
		a.erased[gone] = true
	}
	a.record(entry, leaf)
	if a.parts {
		a.included(entry, hash)
	} else if at == a.tree.Size() {
		_ = a.tree.Append(hash) // who began with nothing asks nobody
	}
}

// gap names the places without a leaf, a run of them once.
func (a *Audit) gap(to int64) {
	if !a.parts && to > a.next {
		a.find(LeafMissing, a.next, "no leaf from there to %d", to-1)
	}
	a.next = max(a.next, to+1)
}

// included follows a proof to the newest checkpoint.
func (a *Audit) included(entry *consentv1.LedgerEntry, hash tlog.Hash) {
	proof := make(tlog.RecordProof, len(entry.GetProof()))
	for i, step := range entry.GetProof() {
		copy(proof[i][:], step)
	}
	c, at := a.report.Checkpoint, entry.GetSequence()
	if at < 0 || at >= c.Size || tlog.CheckRecord(proof, c.Size, c.Root, at, hash) != nil {
		a.find(LeafAltered, at, "its proof does not lead to the signed root")
	}
}

// Report ends the audit.
func (a *Audit) Report() *Report {
	if !a.parts {
		a.gap(a.report.Checkpoint.Size)
		for _, c := range a.signed {
			a.compare(c, TreeDiffers)
		}
	}
	if a.trust.Records {
		a.endings()
	}
	for _, signed := range a.trust.Seen {
		a.past(signed)
	}
	slices.SortStableFunc(a.report.Findings, func(x, y Finding) int { return int(x.Sequence - y.Sequence) })
	return a.report
}

// endings wants an erasure for every record that is gone.
func (a *Audit) endings() {
	for _, at := range a.closed {
		if !a.erased[at] {
			a.find(RecordMissing, at, "no erasure names it")
		}
	}
}

// compare holds the tree to what was signed, as far as it goes; what is
// missing of it has been said.
func (a *Audit) compare(c Checkpoint, fault Fault) {
	if c.Size > a.tree.Size() {
		return
	}
	if root, err := a.tree.Root(c.Size); err != nil || root != c.Root {
		a.find(fault, nowhere, "its first %d leaves are not those that were signed", c.Size)
	}
}

// past holds the newest checkpoint to one that was kept from earlier.
func (a *Audit) past(signed string) {
	newest := a.report.Checkpoint
	seen, err := OpenCheckpoint(signed, a.trust.Keys)
	switch {
	case err != nil:
		a.find(BadSignature, nowhere, "kept note: %v", err)
	case seen.Size > newest.Size:
		a.find(RolledBack, nowhere, "it had %d leaves and has %d", seen.Size, newest.Size)
	case slices.Contains(a.signed, seen): // compared as such
	case !a.parts:
		a.compare(seen, Forked)
	case seen.Size == newest.Size && seen.Root != newest.Root:
		a.find(Forked, nowhere, "two trees of %d leaves were signed", seen.Size)
	case seen.Size < newest.Size:
		a.goesOn(seen)
	}
}

func (a *Audit) goesOn(seen Checkpoint) {
	if a.trust.Prove == nil {
		a.report.Unproven = append(a.report.Unproven, seen.Size)
		return
	}
	newest := a.report.Checkpoint
	proof, err := a.trust.Prove(seen.Size, newest.Size)
	if err == nil {
		err = tlog.CheckTree(proof, newest.Size, newest.Root, seen.Size, seen.Root)
	}
	if err != nil {
		a.find(Forked, nowhere, "nothing proves that it goes on from its first %d leaves as they were signed: %v", seen.Size, err)
	}
}
