package lifecycle

import (
	"context"
	"time"
)

// Every is a component that calls fn after each pause, never twice at once,
// until its context ends. It is for what each process does for itself; what
// must happen once in all of them is a job.
func Every(name string, pause time.Duration, fn func(context.Context)) Component {
	return Component{Name: name, Run: func(ctx context.Context, ready func()) error {
		ticker := time.NewTicker(pause)
		defer ticker.Stop()
		ready()
		for {
			select {
			case <-ctx.Done():
				return nil
			case <-ticker.C:
				fn(ctx)
			}
		}
	}}
}
