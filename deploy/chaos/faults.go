package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"syscall"
	"time"

	"github.com/aval-access/aval/deploy/house"
	"github.com/aval-access/aval/deploy/processes"
	"github.com/aval-access/aval/deploy/stack"
	"github.com/aval-access/aval/services/kit/clock"
)

// blow happens at a time of the run.
type blow struct {
	at     time.Duration
	kind   string
	target string
	// length of an outage or a pause; how it is meant is the kind's.
	length time.Duration
}

// The kinds of faults.
const (
	killService  = "kills_of_services"
	pauseService = "pauses_of_services"
	killNATS     = "kills_of_nats"
	wipeNATS     = "deletions_of_the_nats_store"
	killPostgres = "kills_of_postgres"
	refuseMail   = "mails_refused"
	slowMail     = "mails_slow"
	dropMail     = "mail_answers_lost"
)

const longestOutage = 6 * time.Second

// perTenMinutes is how often each kind happens.
func perTenMinutes() map[string]int {
	return map[string]int{
		killService: 50, pauseService: 12, killNATS: 20, wipeNATS: 2, killPostgres: 10, refuseMail: 6, slowMail: 6, dropMail: 6,
	}
}

// plan is made of the seed alone.
func plan(seed uint64, length time.Duration) []blow {
	random := rand.New(rand.NewPCG(seed, seed)) // it must repeat
	programs := append([]string{processes.Gateway}, stack.Services...)
	var out []blow
	for _, kind := range []string{killService, pauseService, killNATS, wipeNATS, killPostgres, refuseMail, slowMail, dropMail} {
		times := max(1, int(float64(perTenMinutes()[kind])*length.Minutes()/10+0.5))
		within := length
		if kind == wipeNATS {
			within /= 2 // the refill makes good what got lost before: enough must come after it
		}
		for range times {
			out = append(out, blow{
				at: time.Duration(random.Int64N(int64(within))), kind: kind, target: programs[random.IntN(len(programs))],
				length: 100*time.Millisecond + time.Duration(random.Int64N(int64(longestOutage))),
			})
		}
	}
	slices.SortStableFunc(out, func(a, b blow) int { return int(a.at - b.at) })
	return out
}

// inject makes one fault after the other and leaves everything healed.
func inject(ctx context.Context, h *house.House, r *report, faults []blow) error {
	began := time.Now()
	for _, f := range faults {
		clock.Wait(ctx, f.at-time.Since(began))
		if ctx.Err() != nil {
			return ctx.Err()
		}
		r.tell("%s %s %s", f.kind, f.target, f.length.Round(time.Millisecond))
		if err := strike(ctx, h, f); err != nil {
			return fmt.Errorf("making a fault (%s): %w", f.kind, err)
		}
		r.count(f.kind)
	}
	h.Mail.Heal()
	return nil
}

func strike(ctx context.Context, h *house.House, f blow) error {
	mails := 1 + int(f.length/(2*time.Second))
	switch f.kind {
	case killService:
		return h.Signal(ctx, f.target, syscall.SIGKILL)
	case pauseService:
		return freeze(ctx, h, f)
	case killNATS, wipeNATS:
		return breakNATS(ctx, h, f)
	case killPostgres:
		if err := h.Database.Kill(); err != nil {
			return err
		}
		clock.Wait(ctx, f.length)
		return h.Database.Start(ctx)
	case refuseMail:
		h.Mail.RefuseNext(mails, 451)
	case slowMail:
		h.Mail.SlowNext(mails, f.length)
	case dropMail:
		h.Mail.DropNext(1)
	}
	return nil
}

func freeze(ctx context.Context, h *house.House, f blow) error {
	if err := h.Signal(ctx, f.target, syscall.SIGSTOP); err != nil {
		return err
	}
	clock.Wait(ctx, f.length)
	return h.Signal(ctx, f.target, syscall.SIGCONT)
}

func breakNATS(ctx context.Context, h *house.House, f blow) error {
	h.Broker.Kill()
	clock.Wait(ctx, f.length/2)
	if f.kind != wipeNATS {
		return h.Broker.Start()
	}
	if err := errors.Join(h.Broker.Wipe(), h.Broker.Start()); err != nil {
		return err
	}
	return h.Refill(ctx)
}
