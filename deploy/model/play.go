package model

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"pgregory.net/rapid"

	"github.com/aval-access/aval/deploy/house"
	"github.com/aval-access/aval/deploy/journey"
)

// Rounds makes sequences of rounds: one command, or one of each role at once.
// Removal ends a sequence, and is rare therefore.
func Rounds(least, most int) *rapid.Generator[[][]Command] {
	partner := rapid.SampledFrom([]Command{Assign, Assign, Assign, Detach, Assign, Detach, Remove})
	client := rapid.SampledFrom([]Command{Approve, Approve, Approve, NotNow, Refuse, Withdraw})
	person := rapid.SampledFrom([]Command{Enter, Enter, Leave})
	one := rapid.Custom(func(t *rapid.T) []Command {
		return []Command{rapid.OneOf(partner, client, person).Draw(t, "command")}
	})
	three := rapid.Custom(func(t *rapid.T) []Command {
		return []Command{partner.Draw(t, "partner"), client.Draw(t, "client"), person.Draw(t, "person")}
	})
	return rapid.SliceOfN(rapid.OneOf(one, one, three), least, most)
}

// Play gives the rounds to the case's people, one round after the other, and
// compares. The error tells what became of the case, and how.
func Play(ctx context.Context, w journey.World, c house.Case, rounds [][]Command) error {
	g := game{actors: actors{world: w, Case: c}, states: []State{{}}}
	if err := journey.Eventually(ctx, g.ready); err != nil {
		return err
	}
	for _, round := range rounds {
		if err := g.round(ctx, round); err != nil {
			return fmt.Errorf("%w\n%s", err, strings.Join(g.story, "\n"))
		}
		if g.states[0].Removed {
			return nil
		}
	}
	return nil
}

// game is one case being played: what may be true of it, and how it came to be.
type game struct {
	actors
	states []State
	story  []string
}

func (g *game) round(ctx context.Context, commands []Command) error {
	answered := g.give(ctx, commands)
	g.states = After(g.states, answered)
	if len(g.states) == 0 {
		return fmt.Errorf("no order of %v is one that may be", commands)
	}
	if err := g.denied(ctx); err != nil {
		return err
	}
	return g.settle(ctx)
}

// give has each role do its command at the same time.
func (g *game) give(ctx context.Context, commands []Command) []Answered {
	out := make([]Answered, len(commands))
	said := make([]string, len(commands))
	var wg sync.WaitGroup
	for i, c := range commands {
		wg.Go(func() {
			err := g.do(ctx, c)
			out[i] = Answered{Command: c, Answer: heard(err)}
			said[i] = fmt.Sprintf("%s: %v", c, err)
		})
	}
	wg.Wait()
	g.story = append(g.story, strings.Join(said, " | "))
	return out
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
	if slices.ContainsFunc(g.states, func(s State) bool { return s.Visits > 0 }) {
		return nil
	}
	allowed, err := g.allowed(ctx)
	if err == nil && allowed {
		err = fmt.Errorf("a check is allowed after every way in was closed")
	}
	return err
}

// settle waits until what can be seen is what may be, and forgets the rest.
func (g *game) settle(ctx context.Context) error {
	var seen Seen
	err := journey.Eventually(ctx, func(ctx context.Context) (done bool, err error) {
		if seen, err = g.see(ctx); err != nil {
			return true, err
		}
		return slices.ContainsFunc(g.states, func(s State) bool { return s.Seen == seen }), nil
	})
	g.story = append(g.story, fmt.Sprintf("    %+v", seen))
	if err != nil {
		return fmt.Errorf("%w; it may be %+v", err, g.states)
	}
	g.states = slices.DeleteFunc(g.states, func(s State) bool { return s.Seen != seen })
	return nil
}
