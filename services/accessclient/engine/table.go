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
		grown := slices.Clip(chunks)
		slab := inHugePages(make([][chunkLen]R, 1+len(chunks)/4))
		for i := range slab {
			grown = append(grown, &slab[i])
		}
		a.chunks.Store(&grown)
	}
	i := a.n
	a.n++
	return i, a.at(i)
}

// index finds the numbers of rows by the hash of their key: open addressing, one
// writer, readers without a lock. A slot has the hash and the number + 1; 0 is
// free. Hardly ever is a row read that is not the one that is looked for, and
// none when the index grows.
type index struct {
	slots atomic.Pointer[[]atomic.Uint64]
	n     int // the writer's
}

func (x *index) init() {
	slots := make([]atomic.Uint64, minSlots)
	x.slots.Store(&slots)
}

// probe walks over the rows that may have a key, from its hash on.
type probe struct {
	slots []atomic.Uint64
	at    uint32
	hash  uint32
}

func (x *index) probe(hash uint32) probe { return probe{slots: *x.slots.Load(), at: hash, hash: hash} }

// next gives the number of the next row + 1; 0 when there is none.
func (p *probe) next() uint32 {
	mask := uint32(len(p.slots) - 1)
	for {
		s := p.slots[p.at&mask].Load()
		p.at++
		if s == 0 || uint32(s>>32) == p.hash {
			return uint32(s)
		}
	}
}

func (x *index) add(hash, number uint32) {
	slots := *x.slots.Load()
	x.n++
	if x.n*4 > len(slots)*3 {
		grown := inHugePages(make([]atomic.Uint64, 2*len(slots)))
		for i := range slots {
			if s := slots[i].Load(); s != 0 {
				put(grown, s)
			}
		}
		x.slots.Store(&grown)
		slots = grown
	}
	put(slots, uint64(hash)<<32|uint64(number+1))
}

func put(slots []atomic.Uint64, s uint64) {
	mask := uint32(len(slots) - 1)
	at := uint32(s>>32) & mask
	for slots[at].Load() != 0 {
		at = (at + 1) & mask
	}
	slots[at].Store(s)
}

// parties are accounts or subjects, by their ids.
type parties struct {
	index
	rows arena[party]
	seed uint64
}

func (t *parties) init(seed uint64) {
	t.index.init()
	t.seed = seed
}

func (t *parties) hash(i ID) uint32 { return uint32(mix(low(i) ^ t.seed)) }

// find gives the party; nil when it is not known.
func (t *parties) find(i ID) (uint32, *party) {
	p := t.probe(t.hash(i))
	for n := p.next(); n != 0; n = p.next() {
		if row := t.rows.at(n - 1); row.id == i {
			return n - 1, row
		}
	}
	return 0, nil
}

// obtain gives the party, and makes it when it is new.
func (t *parties) obtain(i ID) (uint32, *party) {
	if n, row := t.find(i); row != nil {
		return n, row
	}
	n, row := t.rows.add()
	row.id = i
	t.add(t.hash(i), n)
	return n, row
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
