package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aval-access/aval/deploy/house"
	"github.com/aval-access/aval/deploy/journey"
	"github.com/aval-access/aval/deploy/model"
)

const (
	// convergesWithin bounds everything after the last fault: journeys come to
	// their end, and facts to their readers. The longest way is a job's whose
	// process died: it is found after 30 to 60 seconds.
	convergesWithin = 60 * time.Second
	// patience is above it and the faults that a journey may meet before: what
	// takes longer never comes.
	patience = 5 * time.Minute
	// looksBack is how many earlier withdrawals each journey looks at again.
	looksBack = 3
	// tells is which journey is a random story instead, of so many rounds.
	tells       = 4
	storyRounds = 30
)

// company plays journeys side by side and remembers each answer that it got.
type company struct {
	house  *house.House
	report *report
	world  house.World
	names  atomic.Int64

	mu   sync.Mutex
	done []outcome
}

func (c *company) open(ctx context.Context) (err error) {
	c.world, err = c.house.NewWorld(ctx, house.Watch{
		Answered: func() { c.report.count("calls_answered") },
		Repeated: c.report.repeated,
		MadeGood: func() { c.report.count("entries_made_good") },
	})
	return err
}

// work begins journeys until wait is called, which gives the workers' end.
func (c *company) work(ctx context.Context) (wait func() error) {
	stop := make(chan struct{})
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			for {
				select {
				case <-stop:
					return
				case <-ctx.Done():
					return
				default:
					c.one(ctx, c.names.Add(1))
				}
			}
		})
	}
	return func() error {
		close(stop)
		group.Wait()
		return ctx.Err()
	}
}

// one plays a journey to its end; one that does not come there is a violation.
func (c *company) one(ctx context.Context, n int64) {
	ctx, cancel := context.WithTimeout(journey.WithPatience(ctx, patience), patience)
	defer cancel()
	if n%tells == 0 {
		c.story(ctx, n)
		return
	}
	c.report.count("journeys_begun")
	o, err := c.play(ctx, n)
	for _, earlier := range c.some() {
		err = errors.Join(err, c.refused(ctx, earlier))
	}
	if errors.Is(err, context.Canceled) {
		return // the run was interrupted
	}
	if err != nil {
		c.report.violation("journey %d: %v", n, err)
		return
	}
	c.report.count("journeys")
	c.mu.Lock()
	defer c.mu.Unlock()
	c.done = append(c.done, o)
}

// story plays random commands of four roles on a case of its own (T-07).
func (c *company) story(ctx context.Context, n int64) {
	one, err := c.modelled(ctx, n)
	if err == nil {
		err = model.Play(ctx, c.world.World, one, model.Story{Number: int(n), Rounds: storyRounds})
	}
	switch {
	case errors.Is(err, context.Canceled): // the run was interrupted
	case err != nil:
		c.report.violation("story %d: %v", n, err)
	default:
		c.report.count("stories")
	}
}

// modelled is a new case with two people who could help.
func (c *company) modelled(ctx context.Context, n int64) (model.Case, error) {
	one, err := c.world.NewCase(ctx, fmt.Sprint(n))
	if err != nil {
		return model.Case{}, err
	}
	second, collaborator, err := c.world.AddPerson(ctx, one.Partner, fmt.Sprint("second", n))
	return model.Case{
		Partner: one.Partner, Client: one.Client, Dossier: one.Dossier,
		Helpers: [2]model.Helper{{Person: one.Person, Collaborator: one.Collaborator}, {Person: second, Collaborator: collaborator}},
	}, err
}

// some of the earlier journeys, which are looked at again among later faults.
func (c *company) some() []outcome {
	all := c.outcomes()
	rand.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all[:min(len(all), looksBack)]
}

func (c *company) outcomes() []outcome {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]outcome(nil), c.done...)
}

// refused asks as the product and tells when a client who took its yes back is
// entered all the same.
func (c *company) refused(ctx context.Context, o outcome) error {
	answer, err := c.world.Check(ctx, o.Person.UserID, o.Client.ID, o.session, feature)
	if err != nil {
		return fmt.Errorf("checking after the withdrawal: %w", err)
	}
	c.report.count("checks_after_withdrawal")
	if answer.GetAllowed() {
		c.report.violation("journey %d: a check was allowed after the withdrawal was answered", o.n)
	}
	return nil
}
