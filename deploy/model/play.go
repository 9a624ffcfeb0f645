package model

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"

	"github.com/aval-access/aval/deploy/house"
	"github.com/aval-access/aval/deploy/journey"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

// Story is how long one is, and the number that repeats it.
type Story struct{ Number, Rounds int }

// Play gives random commands to the case's people, one round after the other,
// and compares. The error tells what became of the case, and how.
func Play(ctx context.Context, w journey.World, c Case, s Story) error {
	g := game{actors: actors{world: w, Case: c}, states: []State{{}}, dice: dice{rand.New(rand.NewPCG(uint64(s.Number), 7))}} // it must repeat
	if err := journey.Eventually(ctx, g.ready); err != nil {
		return err
	}
	for range s.Rounds {
		if err := g.round(ctx, g.dice.round(g.states[0])); err != nil {
			return fmt.Errorf("story %d: %w\n%s", s.Number, err, strings.Join(g.story, "\n"))
		}
	}
	return nil
}

// game is one case being played: what may be true of it, and how it came to be.
type game struct {
	actors
	dice   dice
	states []State
	story  []string
}

func (g *game) round(ctx context.Context, commands []Command) error {
	answered, err := g.give(ctx, commands)
	if err != nil {
		return err
	}
	g.states = After(g.states, answered)
	if len(g.states) == 0 {
		return fmt.Errorf("no order of %v is one that may be", commands)
	}
	if err = g.denied(ctx); err != nil {
		return err
	}
	if err = g.settle(ctx); err != nil {
		return err
	}
	return g.decided(ctx)
}

// give has each role do its command at the same time. Whatever meets, nothing is
// unexpected to the system.
func (g *game) give(ctx context.Context, commands []Command) ([]Answered, error) {
	out := make([]Answered, len(commands))
	said := make([]string, len(commands))
	failed := make([]error, len(commands))
	var wg sync.WaitGroup
	for i, c := range commands {
		wg.Go(func() {
			err := g.do(ctx, c, aims(g.states[0].Seen, c))
			out[i] = Answered{Command: c, Answer: heard(err)}
			said[i] = fmt.Sprintf("%s: %v", c, err)
			if fault.Is(err, reasonv1.Reason_REASON_INTERNAL) {
				failed[i] = fmt.Errorf("%s: %w", c, err)
			}
		})
	}
	wg.Wait()
	g.story = append(g.story, strings.Join(said, " | "))
	return out, errors.Join(failed...)
}

func heard(err error) Answer {
	switch {
	case err == nil:
		return OK
	case errors.Is(err, house.ErrUncertain):
		return Unknown
	}
	return No
}

// denied asks at once, before any event can have arrived: where nobody can be
// inside any more, nobody is let in.
func (g *game) denied(ctx context.Context) error {
	for who := range people {
		if slices.ContainsFunc(g.states, func(s State) bool { return s.Of[who].Visits > 0 && !s.Of[who].Narrow }) {
			continue
		}
		allowed, err := g.allowed(ctx, who, g.entered[who])
		if err == nil && allowed {
			err = fmt.Errorf("a check for %d is allowed after every way in was closed", who)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// settle waits until what can be seen is what may be, and forgets the rest.
func (g *game) settle(ctx context.Context) error {
	var seen Seen
	err := journey.Eventually(ctx, func(ctx context.Context) (bool, error) {
		now, whole, err := g.see(ctx)
		if err != nil {
			return ctx.Err() == nil, err
		}
		seen = now
		return whole && slices.ContainsFunc(g.states, func(s State) bool { return s.Seen == seen }), nil
	})
	g.story = append(g.story, fmt.Sprintf("    %+v", seen))
	if err != nil {
		return fmt.Errorf("%w; it may be %+v", err, g.states)
	}
	g.states = slices.DeleteFunc(g.states, func(s State) bool { return s.Seen != seen })
	return nil
}

// decided tells whether the decision goes by the visits that are seen to run.
func (g *game) decided(ctx context.Context) error {
	for who, visit := range g.inside {
		if visit == "" {
			continue
		}
		want := !g.states[0].Of[who].Narrow
		err := journey.Eventually(ctx, func(ctx context.Context) (bool, error) {
			allowed, err := g.allowed(ctx, who, visit)
			return allowed == want, err
		})
		if err != nil {
			return fmt.Errorf("checking a visit of %d that runs, which is to answer %t: %w", who, want, err)
		}
	}
	return nil
}
