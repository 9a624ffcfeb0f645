package main

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

const (
	rounds    = 5
	roundTime = 5 * time.Second
)

// workload is workers who make calls side by side for a time.
type workload struct {
	workers int
	length  time.Duration
}

// run gives the calls per second; the calls are numbered.
func (w workload) run(ctx context.Context, call func(ctx context.Context, n int) error) (float64, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	var done atomic.Int64
	var failed atomic.Pointer[error]
	began := time.Now()
	var wg sync.WaitGroup
	for worker := range w.workers {
		wg.Go(func() {
			for n := worker; time.Since(began) < w.length; n += w.workers {
				if err := call(ctx, n); err != nil {
					failed.Store(&err)
					return
				}
				done.Add(1)
			}
		})
	}
	wg.Wait()
	if err := failed.Load(); err != nil {
		return 0, *err
	}
	return float64(done.Load()) / time.Since(began).Seconds(), nil
}

// p50 is the median of what calls took, in milliseconds.
func p50(took []time.Duration) float64 {
	slices.Sort(took)
	return float64(took[len(took)/2].Microseconds()) / 1000
}

// p99 is the 99th percentile of what calls took, in milliseconds.
func p99(took []time.Duration) float64 {
	slices.Sort(took)
	return float64(took[len(took)*99/100].Microseconds()) / 1000
}

// cpuPer gives the processor time of a call, in microseconds: that of the load
// and of the server, which share the process.
func cpuPer(ctx context.Context, call asked) (float64, error) {
	used := func() float64 {
		var all syscall.Rusage
		_ = syscall.Getrusage(syscall.RUSAGE_SELF, &all) // fails for no process that there is
		return float64(all.Utime.Nano()+all.Stime.Nano()) / 1000
	}
	began, before := time.Now(), used()
	rate, err := workload{concurrent, roundTime}.run(ctx, call)
	return (used() - before) / (rate * time.Since(began).Seconds()), err
}
