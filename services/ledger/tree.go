package ledger

import (
	"fmt"
	"slices"

	"golang.org/x/mod/sumdb/tlog"
)

// Tree is a tree that grows at its end. What it needs of hashes that were
// stored before, it asks for once.
type Tree struct {
	size   int64
	stored tlog.HashReader
	first  int64 // place of added[0]
	added  []tlog.Hash
	asked  map[int64]tlog.Hash
}

// Grow takes up a tree of a size whose hashes are stored; an empty one needs
// none, and stored may be nil.
func Grow(size int64, stored tlog.HashReader) *Tree {
	return &Tree{size: size, stored: stored, first: tlog.StoredHashCount(size), asked: map[int64]tlog.Hash{}}
}

// Size is how many leaves the tree has.
func (t *Tree) Size() int64 { return t.size }

// Added are the hashes that came since, which are stored from place First on.
func (t *Tree) Added() []tlog.Hash { return t.added }

// First is the place of the first hash that came since.
func (t *Tree) First() int64 { return t.first }

// Append adds a leaf by its hash.
func (t *Tree) Append(leaf tlog.Hash) error {
	hashes, err := tlog.StoredHashesForRecordHash(t.size, leaf, t)
	if err != nil {
		return fmt.Errorf("hashing leaf %d: %w", t.size, err)
	}
	t.added = append(t.added, hashes...)
	t.size++
	return nil
}

// Root is the hash of the tree at a size up to its own.
func (t *Tree) Root(size int64) (tlog.Hash, error) {
	root, err := tlog.TreeHash(size, t)
	if err != nil {
		return tlog.Hash{}, fmt.Errorf("hashing the tree: %w", err)
	}
	return root, nil
}

// Prove gives the proofs of several leaves in the tree of a size, with one
// question to what is stored.
func (t *Tree) Prove(size int64, leaves []int64) ([]tlog.RecordProof, error) {
	var wanted []int64
	collect := tlog.HashReaderFunc(func(places []int64) ([]tlog.Hash, error) {
		wanted = append(wanted, places...)
		return make([]tlog.Hash, len(places)), nil
	})
	if _, err := prove(size, leaves, collect); err != nil {
		return nil, err
	}
	slices.Sort(wanted)
	if _, err := t.ReadHashes(slices.Compact(wanted)); err != nil {
		return nil, err
	}
	return prove(size, leaves, t)
}

func prove(size int64, leaves []int64, reader tlog.HashReader) ([]tlog.RecordProof, error) {
	out := make([]tlog.RecordProof, len(leaves))
	for i, leaf := range leaves {
		var err error
		if out[i], err = tlog.ProveRecord(size, leaf, reader); err != nil {
			return nil, fmt.Errorf("proving leaf %d: %w", leaf, err)
		}
	}
	return out, nil
}

// ReadHashes implements tlog.HashReader.
func (t *Tree) ReadHashes(places []int64) ([]tlog.Hash, error) {
	if err := t.ask(places); err != nil {
		return nil, err
	}
	out := make([]tlog.Hash, len(places))
	for i, place := range places {
		switch at := place - t.first; {
		case at >= int64(len(t.added)):
			return nil, fmt.Errorf("reading hash %d: beyond the tree", place)
		case at >= 0:
			out[i] = t.added[at]
		default:
			out[i] = t.asked[place]
		}
	}
	return out, nil
}

// ask reads at once what lies before the added hashes and is not known yet.
func (t *Tree) ask(places []int64) error {
	var missing []int64
	for _, place := range places {
		if _, known := t.asked[place]; !known && place < t.first {
			missing = append(missing, place)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	hashes, err := t.stored.ReadHashes(missing)
	if err != nil {
		return fmt.Errorf("reading stored hashes: %w", err)
	}
	for i, place := range missing {
		t.asked[place] = hashes[i]
	}
	return nil
}
