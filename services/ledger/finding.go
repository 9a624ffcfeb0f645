package ledger

import "fmt"

// Fault is what is wrong with a ledger.
type Fault string

// The faults.
const (
	// BadSignature: a checkpoint that no trusted key signed.
	BadSignature Fault = "BAD_SIGNATURE"
	// LeafAltered: a leaf that is not what the tree holds there.
	LeafAltered Fault = "LEAF_ALTERED"
	// LeafMoved: a leaf that was written for another place.
	LeafMoved Fault = "LEAF_MOVED"
	// LeafMissing: places without a leaf.
	LeafMissing Fault = "LEAF_MISSING"
	// TreeDiffers: leaves that do not make the tree that was signed.
	TreeDiffers Fault = "TREE_DIFFERS"
	// RolledBack: a tree that was once larger.
	RolledBack Fault = "ROLLED_BACK"
	// Forked: a tree that does not go on from what was signed before.
	Forked Fault = "FORKED"
	// RecordAltered: a record that its leaf does not commit to.
	RecordAltered Fault = "RECORD_ALTERED"
	// RecordMissing: a record that is gone though nothing says that it ended.
	RecordMissing Fault = "RECORD_MISSING"
	// EntryAltered: an entry of the history that says something else than its record.
	EntryAltered Fault = "ENTRY_ALTERED"
	// EntryMissing: a record whose entry of the history is gone.
	EntryMissing Fault = "ENTRY_MISSING"
)

// nowhere is the place of findings about the whole tree.
const nowhere = -1

// Finding is one fault and where it lies.
type Finding struct {
	Fault Fault
	// Sequence is the leaf's place; -1 where it is about the whole tree.
	Sequence int64
	Detail   string
}

func (f Finding) String() string {
	if f.Sequence == nowhere {
		return fmt.Sprintf("%s: %s", f.Fault, f.Detail)
	}
	return fmt.Sprintf("%s at %d: %s", f.Fault, f.Sequence, f.Detail)
}
