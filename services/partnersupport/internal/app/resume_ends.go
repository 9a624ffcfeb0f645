package app

import (
	"context"
	"errors"
	"sync"

	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
)

// resumeBatch is how many ends of a kind one look resumes at once.
const resumeBatch = 16

// ResumeEnds goes on with removals and ends of dossiers whose caller did not
// finish: its process died, or a sibling was away (T-03: within 5 seconds).
type ResumeEnds struct{ Deps }

// Do resumes a batch; what fails is the next look's.
func (u ResumeEnds) Do(ctx context.Context) error {
	now := u.Clock.Now()
	before := now.Add(-removalLease) // the caller's own try has its time
	var removals, dossiers []postgres.Unfinished
	err := u.DB.InSystem(ctx, "resuming ends that nobody finished", func(ctx context.Context, tx pg.Tx) (err error) {
		if removals, err = postgres.UnfinishedRemovals(ctx, tx, before, now, resumeBatch); err != nil {
			return err
		}
		dossiers, err = postgres.EndingDossiers(ctx, tx, before, resumeBatch)
		return err
	})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, driveTimeout)
	defer cancel()
	var tries []func() error
	for _, r := range removals {
		tries = append(tries, func() error { return u.resume(ctx, r) })
	}
	for _, d := range dossiers {
		tries = append(tries, func() error { return EndDossier(u).Resume(ctx, d.PartnerID, d.ID) })
	}
	return allOf(tries)
}

func (u ResumeEnds) resume(ctx context.Context, r postgres.Unfinished) error {
	_, err := DriveRemoval(u).Try(ctx, r.PartnerID, r.ID)
	if errors.Is(err, domain.InFlight) {
		return nil // somebody else was faster
	}
	return err
}

// allOf makes the tries side by side: one that hangs holds up no other.
func allOf(tries []func() error) error {
	failed := make([]error, len(tries))
	var wg sync.WaitGroup
	for i, try := range tries {
		wg.Go(func() { failed[i] = try() })
	}
	wg.Wait()
	return errors.Join(failed...)
}
