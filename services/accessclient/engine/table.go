package engine

import (
	"encoding/binary"
	"slices"
	"sync/atomic"
)

const (
	chunkBits = 10
	chunkLen  = 1 << chunkBits
	minSlots  = 64
)

// arena holds rows that never move. A row is written before its number is
// published, and its plain fields never change after.
type arena[R any] struct {
	chunks atomic.Pointer[[]*[chunkLen]R]
	n      uint32 // the writer's
}

func (a *arena[R]) at(i uint32) *R { return &(*a.chunks.Load())[i>>chunkBits][i&(chunkLen-1)] }

// add gives a new, zero row.
func (a *arena[R]) add() (uint32, *R) {
	var chunks []*[chunkLen]R
	if p := a.chunks.Load(); p != nil {
		chunks = *p
	}
	if int(a.n>>chunkBits) == len(chunks) {
		grown := append(slices.Clip(chunks), new([chunkLen]R))
		a.chunks.Store(&grown)
	}
	i := a.n
	a.n++
	return i, a.at(i)
}

// table finds rows by key: open addressing over row numbers, a slot of four
// bytes each, one writer, readers without a lock.
type table[K comparable, R any] struct {
	slots atomic.Pointer[[]atomic.Uint32] // row number + 1; 0: free
	rows  arena[R]
	hash  func(K) uint64
	key   func(*R) K
}

func (t *table[K, R]) init(hash func(K) uint64, key func(*R) K) {
	t.hash, t.key = hash, key
	slots := make([]atomic.Uint32, minSlots)
	t.slots.Store(&slots)
}

// find gives the row of the key; nil when there is none.
func (t *table[K, R]) find(k K) (uint32, *R) {
	slots := *t.slots.Load()
	mask := uint64(len(slots) - 1)
	for at := t.hash(k) & mask; ; at = (at + 1) & mask {
		n := slots[at].Load()
		if n == 0 {
			return 0, nil
		}
		if row := t.rows.at(n - 1); t.key(row) == k {
			return n - 1, row
		}
	}
}

// obtain gives the row of the key, making it by fill when it is new.
func (t *table[K, R]) obtain(k K, fill func(n uint32, row *R)) (uint32, *R) {
	if n, row := t.find(k); row != nil {
		return n, row
	}
	n, row := t.rows.add()
	fill(n, row)
	slots := *t.slots.Load()
	if uint64(t.rows.n)*4 > uint64(len(slots))*3 {
		slots = make([]atomic.Uint32, 2*len(slots))
		for i := range n {
			t.put(slots, i)
		}
		t.put(slots, n)
		t.slots.Store(&slots)
		return n, row
	}
	t.put(slots, n)
	return n, row
}

func (t *table[K, R]) put(slots []atomic.Uint32, n uint32) {
	mask := uint64(len(slots) - 1)
	at := t.hash(t.key(t.rows.at(n))) & mask
	for slots[at].Load() != 0 {
		at = (at + 1) & mask
	}
	slots[at].Store(n + 1)
}

// low is the random half of a UUIDv7.
func low(i ID) uint64 { return binary.LittleEndian.Uint64(i[8:]) }

// mix spreads the bits (the finaliser of splitmix64).
func mix(x uint64) uint64 {
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	return x ^ x>>31
}
