package app

import (
	"context"
	"fmt"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/consent/internal/postgres"
	"github.com/aval-access/aval/services/consent/internal/sibling"
	"github.com/aval-access/aval/services/kit/bus"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/ledger"
)

const (
	// LedgerTopic is the signal of commits that left something for the ledger.
	LedgerTopic = "ledger"
	// yesAction is the fact whose evidence the ledger keeps.
	yesAction = "aval.consent.v1.consent.given"
)

// recordEntry commits the ledger to an entry of a history, in the entry's
// transaction. The event is zero for what a product recorded.
func (d Deps) recordEntry(ctx context.Context, tx pg.Tx, e postgres.Entry, event id.ID) error {
	actor, err := ledger.Seal(whoActed(e))
	if err != nil {
		return err
	}
	content := contentOf(e)
	content.ActorCommitment = actor.Commitment
	if content.Evidence, err = d.evidence(ctx, tx, e); err != nil {
		return err
	}
	sealed, err := ledger.Seal(content)
	if err != nil {
		return err
	}
	kind := ledger.ActivityRecorded
	if !event.IsZero() {
		kind, _, _ = strings.Cut(e.Action, "#")
	}
	return d.record(ctx, tx, postgres.LedgerRecord{
		ID: e.ID, AccountID: e.AccountID, PartnerID: e.PartnerID, ConsentID: e.ConsentID, EventID: event,
		Time: e.Time, Type: kind, Content: sealed.Content, Key: sealed.Key, Commitment: sealed.Commitment,
		Actor: actor.Content, ActorKey: actor.Key,
	})
}

// recordEvent commits the ledger to an event that touches no account. Of
// somebody who was forgotten nothing is kept but the commitment.
func (d Deps) recordEvent(ctx context.Context, tx pg.Tx, e bus.Event) error {
	payload, err := proto.MarshalOptions{Deterministic: true}.Marshal(e.Message)
	if err != nil {
		return fmt.Errorf("encoding a fact: %w", err)
	}
	event := e.ID.Text("evt")
	sealed, err := ledger.Seal(&consentv1.LedgerRecord{
		Id: event, Action: e.Subject, Source: "event", RequestId: event, Event: payload,
		Outcome: consentv1.Outcome_OUTCOME_DONE, Time: timestamppb.New(e.Time),
	})
	if err != nil {
		return err
	}
	record := postgres.LedgerRecord{
		ID: e.ID, EventID: e.ID, People: peopleOf(e.Message), Time: e.Time, Type: e.Subject,
		Content: sealed.Content, Key: sealed.Key, Commitment: sealed.Commitment,
	}
	forgotten, err := postgres.AnyErased(ctx, tx, record.People)
	if err != nil {
		return err
	}
	if forgotten {
		record.Content, record.Key, record.People = nil, nil, nil
	}
	return d.record(ctx, tx, record)
}

func (d Deps) record(ctx context.Context, tx pg.Tx, r postgres.LedgerRecord) error {
	tx.Signal(LedgerTopic)
	return d.ledger.Append(ctx, tx, r)
}

// contentOf is all of an entry but who acted.
func contentOf(e postgres.Entry) *consentv1.LedgerRecord {
	return &consentv1.LedgerRecord{
		Id: e.ID.Text("act"), AccountId: e.AccountID.Text("org"), SubjectId: e.SubjectID.Text("usr"),
		PartnerId: e.PartnerID.Text("org"), ActingForId: e.ActingForID.Text("org"), ConsentId: e.ConsentID.Text("cns"),
		GrantId: e.GrantID.Text("grt"), SupportSessionId: e.SupportSessionID.Text("sup"), Feature: e.Feature,
		Action: e.Action, Object: e.Object, Outcome: fields.Enum[consentv1.Outcome](e.Outcome, "OUTCOME_"),
		Source: e.Source, RequestId: e.RequestID, Time: timestamppb.New(e.Time.Truncate(time.Microsecond)),
		Changes: fields.Each(e.Changes, func(c postgres.Change) *consentv1.HistoryChange {
			return &consentv1.HistoryChange{What: c.What, Before: c.Before, After: c.After}
		}),
	}
}

func whoActed(e postgres.Entry) *consentv1.LedgerActor {
	return &consentv1.LedgerActor{ActorId: e.ActorID.Text("usr"), ActorName: e.ActorName}
}

// evidence is what a yes said; nil for other facts.
func (d Deps) evidence(ctx context.Context, tx pg.Tx, e postgres.Entry) (*consentv1.LedgerEvidence, error) {
	if e.Action != yesAction {
		return nil, nil
	}
	r, err := d.consents.ByID(ctx, tx, e.AccountID, e.ConsentID)
	if fault.Is(err, reasonv1.Reason_REASON_NOT_FOUND) {
		return nil, nil // a fact of a database that was lost: the fact itself stays
	}
	if err != nil {
		return nil, err
	}
	return &consentv1.LedgerEvidence{
		TextHash: r.Evidence.TextHash, TextVersion: r.Evidence.TextVersion, TextLocale: r.Evidence.TextLocale,
		Assurance: string(r.Evidence.Assurance), Duration: string(r.Choice), ExpireTime: fields.Time(r.ExpireTime),
		Rights: sibling.RightsToProto(r.Granted),
	}, nil
}

// peopleOf are the people whom an event names.
func peopleOf(m proto.Message) []id.ID {
	var out []id.ID
	m.ProtoReflect().Range(func(_ protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		if text, ok := v.Interface().(string); ok {
			if user, err := id.Parse("usr", text); err == nil {
				out = append(out, user)
			}
		}
		return true
	})
	return out
}
