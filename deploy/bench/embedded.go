package main

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	"google.golang.org/grpc"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/accessclient"
)

// embeddedChecks is how many questions a round asks a copy.
const embeddedChecks = 1_000_000

// embedded measures the same questions answered by a copy in this process, one
// after the other, with ids as texts.
func embedded(ctx context.Context, out io.Writer, membership *grpc.ClientConn, asked []*membershipv1.CheckAccessRequest) error {
	c, err := accessclient.NewReplica(accessclient.ReplicaOptions{Conn: membership})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	var following sync.WaitGroup
	defer following.Wait()
	defer cancel()
	begun := time.Now()
	following.Go(func() { c.Run(ctx) })
	select {
	case <-c.Ready():
	case <-time.After(5 * time.Minute):
		return fmt.Errorf("a copy had no lease after %s", time.Since(begun))
	}
	figure(out, "embedded_ready_ms", float64(time.Since(begun).Milliseconds()), "ms")
	questions := questionsOf(asked)
	var took []float64
	for range rounds {
		begun := time.Now()
		for n := range embeddedChecks {
			if _, err := c.Check(ctx, questions[n%len(questions)]); err != nil {
				return fmt.Errorf("asking a copy: %w", err)
			}
		}
		took = append(took, float64(time.Since(begun).Nanoseconds())/embeddedChecks)
	}
	figure(out, "embedded_check_ns", median(took), "ns")
	return nil
}
