package app

import (
	"context"
	"fmt"
	"strings"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/consent/internal/postgres"
	"github.com/aval-access/aval/services/consent/internal/wording"
	"github.com/aval-access/aval/services/kit/bus"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/idempotency"
	"github.com/aval-access/aval/services/kit/inbox"
	"github.com/aval-access/aval/services/kit/pg"
)

// HistoryConsumer is the name under which facts are applied once.
const HistoryConsumer = "consent-history"

// RecordFact turns an event of any context that touches an account into an
// entry of its history, exactly once.
type RecordFact struct{ Deps }

// Do writes an event that touches no account into the ledger alone.
func (u RecordFact) Do(ctx context.Context, e bus.Event) error {
	entry, touches, err := entryOf(e)
	if err != nil {
		return bus.Permanent(err)
	}
	return u.DB.InSystem(ctx, "recording facts in histories", func(ctx context.Context, tx pg.Tx) error {
		first, err := inbox.Once(ctx, tx, HistoryConsumer, e.ID)
		if err != nil || !first {
			return err
		}
		if !touches {
			return u.recordEvent(ctx, tx, e)
		}
		if visit, ok := e.Message.(*partnersupportv1.SupportSessionStarted); ok && visit.GetConsentId() != "" {
			if err := u.used(ctx, tx, entry.AccountID, entry.ConsentID); err != nil {
				return err
			}
			if err := u.noteVisit(ctx, tx, entry); err != nil {
				return err
			}
		}
		if err := u.name(ctx, tx, &entry); err != nil {
			return err
		}
		if _, err = u.history.Append(ctx, tx, entry); err != nil {
			return err
		}
		return u.recordEntry(ctx, tx, entry, e.ID)
	})
}

// name adds who answered, whom the consent knows.
func (u RecordFact) name(ctx context.Context, tx pg.Tx, e *postgres.Entry) error {
	if e.ConsentID.IsZero() || e.ActorID.IsZero() {
		return nil
	}
	steps, err := u.consents.Timeline(ctx, tx, e.AccountID, e.ConsentID)
	if err != nil {
		return err
	}
	for _, step := range steps {
		if step.Actor.ID == e.ActorID && step.Actor.Name != "" {
			e.ActorName = step.Actor.Name
		}
	}
	return nil
}

// ownFacts begins the actions that stand on an event. No product may say them:
// the history would tell of a consent that nobody gave.
const ownFacts = "aval."

// RecordActivity appends what people did in a product.
type RecordActivity struct{ Deps }

// Do gives how many entries were new: one with a request id that the product
// has sent before is taken once.
func (u RecordActivity) Do(ctx context.Context, key idempotency.Key, entries []postgres.Entry) (int, error) {
	var answer *consentv1.RecordActivityResponse
	err := u.DB.InSystem(ctx, "recording activity of products", func(ctx context.Context, tx pg.Tx) (err error) {
		answer, err = idempotency.Do(ctx, tx, key, func() (*consentv1.RecordActivityResponse, error) {
			recorded, err := u.append(ctx, tx, entries)
			return &consentv1.RecordActivityResponse{Recorded: int32(recorded)}, err
		})
		return err
	})
	return int(answer.GetRecorded()), err
}

func (u RecordActivity) append(ctx context.Context, tx pg.Tx, entries []postgres.Entry) (int, error) {
	seen := map[postgres.Visit]postgres.Given{}
	recorded, days := 0, map[SumVisits]bool{}
	for i, e := range entries {
		if strings.HasPrefix(e.Action, ownFacts) {
			return 0, fault.Invalid(fmt.Sprintf("activities[%d].action", i), "string.not_in")
		}
		if e.Time.IsZero() {
			e.Time = u.Clock.Now()
		}
		given, err := u.attribute(ctx, tx, &e, seen)
		if err != nil {
			return 0, err
		}
		first, err := u.history.Append(ctx, tx, e)
		if err != nil {
			return 0, err
		}
		if !first {
			continue
		}
		if err := u.recordEntry(ctx, tx, e, id.ID{}); err != nil {
			return 0, err
		}
		if err := u.noteSensitive(ctx, tx, e, given.Lines); err != nil {
			return 0, err
		}
		if !e.SupportSessionID.IsZero() {
			days[SumVisits{ClientID: e.AccountID, Day: wording.Day(e.Time)}] = true
		}
		recorded++
	}
	return recorded, u.sumLater(ctx, tx, days)
}

// attribute adds, for somebody on a visit, the partner they act for and the
// consent that lets them in.
func (u RecordActivity) attribute(ctx context.Context, tx pg.Tx, e *postgres.Entry, seen map[postgres.Visit]postgres.Given) (postgres.Given, error) {
	if e.SupportSessionID.IsZero() {
		return postgres.Given{}, nil
	}
	who := postgres.Visit{ClientID: e.AccountID, UserID: e.ActorID, SessionID: e.SupportSessionID}
	given, ok := seen[who]
	if !ok {
		var err error
		if given, err = u.consents.GivenFor(ctx, tx, who); err != nil {
			return given, err
		}
		seen[who] = given
	}
	e.SubjectID, e.ActorName = e.ActorID, given.Name
	e.PartnerID, e.ActingForID = given.PartnerID, given.PartnerID
	e.ConsentID, e.GrantID = given.ConsentID, given.GrantID
	return given, nil
}
