package lifecycle

import "context"

// Announce is a last component: it calls fn, if there is one, once everything
// before it is ready.
func Announce(fn func()) Component {
	return Component{Name: "ready", Run: func(ctx context.Context, ready func()) error {
		if fn != nil {
			fn()
		}
		ready()
		<-ctx.Done()
		return nil
	}}
}
