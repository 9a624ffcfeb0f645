package app

import (
	"context"
	"time"

	"github.com/aval-access/aval/services/consent/internal/postgres"
	"github.com/aval-access/aval/services/kit/pg"
)

// Keep says how long what names people is kept; 0: for ever. What happened is
// kept for ever.
type Keep struct {
	// Proofs are consents and their timelines, counted from the consent's end.
	Proofs time.Duration
	// Visits are all entries of the history but those that products recorded,
	// which are Actions.
	Visits, Actions time.Duration
	// Traces are the network and the agent that an answer came from.
	Traces time.Duration
}

// Nameless tells whether an entry of the history is past its term. Nobody is
// named in it then, however well the reader knows them by other ways; a step of
// a consent names whom the consent names.
func (k Keep) Nameless(e postgres.Entry, now time.Time) bool {
	switch {
	case e.Source != "event":
		return e.Time.Before(before(now, k.Actions))
	case e.ConsentID.IsZero() || !e.SupportSessionID.IsZero():
		return e.Time.Before(before(now, k.Visits))
	default:
		return false
	}
}

// ForgetNames drops names from consents and histories once their term is over;
// for whoever asked to be forgotten, that is all that was left of them.
type ForgetNames struct{ Deps }

// Do goes on, batch by batch, until nothing is past its term.
func (u ForgetNames) Do(ctx context.Context) error {
	now, keep := u.Clock.Now(), u.Terms.Keep
	past := postgres.Past{
		Proofs: before(now, keep.Proofs), Visits: before(now, keep.Visits),
		Actions: before(now, keep.Actions), Traces: before(now, keep.Traces),
	}
	for gone := int64(1); gone > 0; {
		err := u.DB.InSystem(ctx, "forgetting names past their term", func(ctx context.Context, tx pg.Tx) (err error) {
			gone, err = postgres.ForgetNames(ctx, tx, past)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// before is zero for what is kept for ever.
func before(now time.Time, term time.Duration) time.Time {
	if term == 0 {
		return time.Time{}
	}
	return now.Add(-term)
}
