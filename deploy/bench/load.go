package main

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

const (
	rounds    = 5
	roundTime = 3 * time.Second
)

// load lets workers make numbered calls for one round and gives the calls per
// second.
func load(ctx context.Context, workers int, call func(ctx context.Context, n int) error) (float64, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	var done atomic.Int64
	var failed atomic.Pointer[error]
	began := time.Now()
	var wg sync.WaitGroup
	for worker := range workers {
		wg.Go(func() {
			for n := worker; time.Since(began) < roundTime; n += workers {
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
