package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"time"

	"github.com/aval-access/aval/deploy/demodata"
	"github.com/aval-access/aval/deploy/stack"
	authzv1 "github.com/aval-access/aval/proto/gen/aval/authz/v1"
	"github.com/aval-access/aval/services/accessclient/engine"
)

// engineChecks is how many questions a round asks a view.
const engineChecks = 2_000_000

// views measures what an entry takes in memory, and a decision by ids, where
// there are a million entries and ten times as many.
func views(_ context.Context, out io.Writer, _ *stack.Stack, _ *demodata.Data) error {
	var took []float64
	for _, millions := range []int{1, 10} {
		before := heap()
		v, err := viewOf(millions * 1e6)
		if err != nil {
			return err
		}
		figure(out, suffixed("bytes_per_entry", millions), (heap()-before)/float64(millions*1e6), "B")
		took = append(took, decideTime(v, millions*1e6))
		figure(out, suffixed("decide_ns", millions), took[len(took)-1], "ns")
	}
	figure(out, "decide_10m_vs_1m", took[1]/took[0], "ratio")
	return nil
}

func suffixed(name string, millions int) string {
	if millions == 1 {
		return name
	}
	return fmt.Sprintf("%s_%dm", name, millions)
}

// viewOf holds so many memberships, ten of an account, five of a subject.
func viewOf(size int) (*engine.View, error) {
	v := engine.NewView(1)
	v.SetFeatures([]engine.Feature{{Path: "management"}, {Path: "management/invoices"}})
	for n := range size {
		if err := v.SetEntry(engine.Entry{
			ID: number('e', n), Account: number('a', n/10), Subject: number('s', n%(size/5)),
			Rights: []byte(`{"management": 3}`), Until: engine.Forever,
		}); err != nil {
			return nil, fmt.Errorf("filling a view: %w", err)
		}
	}
	return v, nil
}

// number makes an id of a kind.
func number(kind byte, n int) (out engine.ID) {
	out[0] = kind
	binary.BigEndian.PutUint64(out[8:], uint64(n)*0x9e3779b97f4a7c15)
	return out
}

func decideTime(v *engine.View, size int) float64 {
	var rates []float64
	rng := rand.New(rand.NewPCG(1, 2))
	for range rounds {
		began := time.Now()
		for range engineChecks {
			n := rng.IntN(size)
			q := engine.Question{Account: number('a', n/10), Subject: number('s', n%(size/5)), Feature: "management/invoices", Level: uint8(authzv1.Level_LEVEL_EDITOR)}
			v.Decide(&q, 0)
		}
		rates = append(rates, float64(time.Since(began).Nanoseconds())/engineChecks)
	}
	runtime.KeepAlive(v)
	return median(rates)
}

func heap() float64 {
	var stats runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&stats)
	return float64(stats.HeapAlloc)
}
