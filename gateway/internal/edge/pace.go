package edge

import (
	"maps"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/aval-access/aval/gateway/internal/clients"
	"github.com/aval-access/aval/gateway/internal/problem"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/fault"
)

// manyNetworks is how many networks are remembered before those that rest are
// forgotten.
const manyNetworks = 10_000

// Pace bounds the requests that one network sends in a second, and as many at
// once; 0 bounds nothing. Each process counts for itself.
func Pace(problems *problem.Writer, c clock.Clock, perSecond int, next http.Handler) http.Handler {
	if perSecond == 0 {
		return next
	}
	p := &pace{perSecond: perSecond, networks: map[string]*rate.Limiter{}}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if wait := p.take(clients.SeenIn(r.Context()).Source, c.Now()); wait > 0 {
			problems.Write(w, r, fault.New(reasonv1.Reason_REASON_TOO_MANY_ATTEMPTS, fault.RetryAfter(max(wait, time.Second))))
			return
		}
		next.ServeHTTP(w, r)
	})
}

type pace struct {
	perSecond int

	mu       sync.Mutex
	networks map[string]*rate.Limiter
}

// take counts one request and gives how long it comes too early.
func (p *pace) take(network string, now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	limiter, known := p.networks[network]
	if !known {
		p.forget(now)
		limiter = rate.NewLimiter(rate.Limit(p.perSecond), p.perSecond)
		p.networks[network] = limiter
	}
	r := limiter.ReserveN(now, 1)
	wait := r.DelayFrom(now)
	if wait > 0 {
		r.CancelAt(now)
	}
	return wait
}

// forget drops networks that have all their requests left, once there are many.
func (p *pace) forget(now time.Time) {
	if len(p.networks) < manyNetworks {
		return
	}
	maps.DeleteFunc(p.networks, func(_ string, l *rate.Limiter) bool { return l.TokensAt(now) >= float64(p.perSecond) })
}
