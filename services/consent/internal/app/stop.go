package app

import (
	"context"

	"github.com/riverqueue/river"

	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/consent/internal/postgres"
	"github.com/aval-access/aval/services/kit/outbox"
	"github.com/aval-access/aval/services/kit/pg"
)

// stop moves consents to their ends: the partner gives a yes up, the client
// takes it back, a request is cancelled, a no becomes final. What is over already
// stays as it is. It answers how many requests were cancelled. The consents are
// at most one batch, held; the round trips are the same for one as for all.
func (d Deps) stop(ctx context.Context, tx pg.Tx, by func(domain.Record) domain.Actor, held []domain.Record) (int, error) {
	ends, err := d.stopAs(ctx, tx, stopping{by: by}, held)
	return cancelled(ends), err
}

// cancelled counts the requests among ends.
func cancelled(ends []postgres.End) int {
	n := 0
	for _, e := range ends {
		if e.Step.Event == domain.Cancel {
			n++
		}
	}
	return n
}

// stopping says who stops what.
type stopping struct {
	by func(domain.Record) domain.Actor
	// link: the whole link between the two ends.
	link bool
	// reason is why or how, for both sides to read; empty: they know.
	reason string
}

// stopAs is stop for who says more of it; it answers what ended.
func (d Deps) stopAs(ctx context.Context, tx pg.Tx, how stopping, held []domain.Record) ([]postgres.End, error) {
	if len(held) == 0 {
		return nil, nil
	}
	grants, err := d.grants.ByConsents(ctx, tx, held)
	if err != nil {
		return nil, err
	}
	now := d.Clock.Now()
	var ends []postgres.End
	var events []outbox.Event
	var settles []river.JobArgs
	for _, r := range held {
		c := domain.Restore(r)
		step, changed, err := c.Stop(how.by(r), now)
		if err != nil {
			return nil, err
		}
		if !changed {
			continue
		}
		step.Reason = how.reason
		end, grant := postgres.End{Record: c.Record(), Step: step}, grants[r.ID]
		if ended := grant.End(end.Record.State, now); end.Told() && ended.Version > grant.Version {
			end.Grant = ended
			settles = append(settles, settling(ended, now))
		}
		if end.Told() {
			events = append(events, eventOf(fact{record: end.Record, step: step, grantID: grant.ID, link: how.link}))
		}
		ends = append(ends, end)
	}
	if err := d.consents.SaveEnds(ctx, tx, ends); err != nil {
		return nil, err
	}
	if err := d.plan(ctx, tx, settles); err != nil {
		return nil, err
	}
	return ends, outbox.AppendAll(ctx, tx, events)
}

// takeOut ends a yes with all that stands on it: the requests for more, and, for
// a yes to a whole team, whom it let in. It answers the end of the yes itself. The
// caller holds it.
func (d Deps) takeOut(ctx context.Context, tx pg.Tx, how stopping, given domain.Record) (postgres.End, error) {
	more, err := d.consents.LockExtensions(ctx, tx, given)
	if err != nil {
		return postgres.End{}, err
	}
	ends, err := d.stopAs(ctx, tx, how, append([]domain.Record{given}, more...))
	if err != nil {
		return postgres.End{}, err
	}
	if given.Team {
		err = d.endTeam(ctx, tx, given, how)
	}
	return ends[0], err
}

// stopExtensions ends the requests for more than yeses gave that are over: what
// they say runs does not run any more.
func (d Deps) stopExtensions(ctx context.Context, tx pg.Tx, how stopping, given ...domain.Record) error {
	more, err := d.consents.LockExtensions(ctx, tx, given...)
	if err != nil {
		return err
	}
	_, err = d.stopAs(ctx, tx, how, more)
	return err
}

// always is one actor, whatever the consent.
func always(by domain.Actor) func(domain.Record) domain.Actor {
	return func(domain.Record) domain.Actor { return by }
}
