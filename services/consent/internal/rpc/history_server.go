package rpc

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	"github.com/aval-access/aval/services/consent/internal/app"
	"github.com/aval-access/aval/services/consent/internal/postgres"
	"github.com/aval-access/aval/services/consent/internal/wording"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/idempotency"
	"github.com/aval-access/aval/services/kit/page"
	"github.com/aval-access/aval/services/kit/pg"
)

// maxAhead is how far a product's clock may run before ours.
const maxAhead = 5 * time.Minute

// eventSource is the source of entries that stand on an event.
const eventSource = "event"

// HistoryServer implements aval.consent.v1.HistoryService.
type HistoryServer struct {
	consentv1.UnimplementedHistoryServiceServer
	deps  app.Deps
	reads postgres.History
	pages *page.Sealer
}

// NewHistoryServer makes the server.
func NewHistoryServer(deps app.Deps, pages *page.Sealer) *HistoryServer {
	return &HistoryServer{deps: deps, pages: pages}
}

// RecordActivity appends what people did in a product.
func (s *HistoryServer) RecordActivity(ctx context.Context, req *consentv1.RecordActivityRequest) (*consentv1.RecordActivityResponse, error) {
	product := authn.FromContext(ctx).SPIFFE
	entries := make([]postgres.Entry, len(req.GetActivities()))
	for i, activity := range req.GetActivities() {
		entry, err := entryFromProto(activity, fmt.Sprintf("activities[%d].", i))
		if err != nil {
			return nil, err
		}
		if entry.Time.After(s.deps.Clock.Now().Add(maxAhead)) {
			return nil, fault.Invalid(fmt.Sprintf("activities[%d].time", i), "timestamp.lt_now")
		}
		entry.Source = product
		entries[i] = entry
	}
	key := idempotency.KeyOf(ctx, consentv1.HistoryService_RecordActivity_FullMethodName, req)
	recorded, err := app.RecordActivity{Deps: s.deps}.Do(ctx, key, entries)
	if err != nil {
		return nil, faultOf(err)
	}
	return &consentv1.RecordActivityResponse{Recorded: int32(recorded)}, nil
}

func entryFromProto(a *consentv1.Activity, at string) (postgres.Entry, error) {
	var read fields.Reader
	e := postgres.Entry{
		AccountID:        read.ID("org", at+"account_id", a.GetAccountId()),
		ActorID:          read.ID("usr", at+"actor_id", a.GetActorId()),
		SupportSessionID: read.Optional("sup", at+"support_session_id", a.GetSupportSessionId()),
		ID:               id.New(), Feature: oneLine(a.GetFeature()), Action: oneLine(a.GetAction()), Object: oneLine(a.GetObject()),
		Outcome: outcomeFromProto(a.GetOutcome()), RequestID: a.GetRequestId(),
	}
	if t := a.GetTime(); t != nil {
		e.Time = t.AsTime().Truncate(time.Microsecond)
	}
	return e, read.Err()
}

// ListHistory lists an account's history, newest first (R110).
func (s *HistoryServer) ListHistory(ctx context.Context, req *consentv1.ListHistoryRequest) (*consentv1.ListHistoryResponse, error) {
	caller := authn.FromContext(ctx)
	asked, err := s.pages.List(ctx, req)
	if err != nil {
		return nil, err
	}
	span, err := rangeFromProto(req, asked)
	if err != nil {
		return nil, err
	}
	span.AccountID = caller.Person.OrganizationID
	list, err := pg.InTenant(ctx, s.deps.DB, span.AccountID, func(ctx context.Context, tx pg.Tx) ([]postgres.NamedEntry, error) {
		return s.reads.List(ctx, tx, span)
	})
	if err != nil {
		return nil, err
	}
	list, next, err := page.Cut(asked, list, func(e postgres.NamedEntry) []string { return page.KeyTimeID(e.Time, e.ID) })
	if err != nil {
		return nil, err
	}
	s.name(ctx, span.AccountID, list)
	out := &consentv1.ListHistoryResponse{NextPageToken: next}
	for _, e := range list {
		if s.deps.Terms.Keep.Nameless(e.Entry, s.deps.Clock.Now()) {
			e.ActorName, e.SubjectName = "", ""
		}
		out.Entries = append(out.Entries, entryToProto(e, caller.Locale))
	}
	return out, nil
}

// name puts in how the account's own people are called there. Without
// membership's answer the history is told without these names.
func (s *HistoryServer) name(ctx context.Context, account id.ID, list []postgres.NamedEntry) {
	var users []id.ID
	for _, e := range list {
		if e.ActingForID.IsZero() {
			users = append(users, e.ActorID, e.SubjectID)
		}
	}
	names, err := s.deps.Siblings.Names(ctx, account, users)
	if err != nil {
		s.deps.Log.WarnContext(ctx, "history_without_names", "organization", account.Text("org"), "error", err)
		return
	}
	for i := range list {
		e := &list[i]
		if !e.ActingForID.IsZero() {
			continue
		}
		e.ActorName = cmp.Or(e.ActorName, names[e.ActorID])
		e.SubjectName = cmp.Or(e.SubjectName, names[e.SubjectID])
	}
}

// rangeFromProto reads what part of a history is asked for.
func rangeFromProto(req *consentv1.ListHistoryRequest, asked page.List) (postgres.Range, error) {
	var read fields.Reader
	r := postgres.Range{
		ActorID: read.Optional("usr", "actor_id", req.GetActorId()),
		Feature: req.GetFeature(), Kind: postgres.Kind(fields.Word(req.GetKind(), "HISTORY_KIND_")),
		Start: fields.TimeOf(req.GetStartTime()), End: fields.TimeOf(req.GetEndTime()), Limit: asked.Limit(),
	}
	if read.Err() != nil {
		return r, read.Err()
	}
	var err error
	r.AfterTime, r.AfterID, err = asked.AfterTimeID()
	return r, err
}

// entryToProto hides who acted on the partner's side, but for the person whom
// the client let in.
func entryToProto(e postgres.NamedEntry, locale string) *consentv1.HistoryEntry {
	if !e.ActingForID.IsZero() {
		if e.ActorName = e.SubjectName; e.ActorID != e.SubjectID {
			e.ActorID, e.ActorName = id.ID{}, ""
		}
	}
	out := &consentv1.HistoryEntry{
		Id: e.ID.Text("act"), AccountId: e.AccountID.Text("org"), ActorId: e.ActorID.Text("usr"), ActorName: e.ActorName,
		ActingForId: e.ActingForID.Text("org"), ConsentId: e.ConsentID.Text("cns"), GrantId: e.GrantID.Text("grt"),
		SupportSessionId: e.SupportSessionID.Text("sup"), Feature: e.Feature, Action: plainAction(e.Action),
		Object: e.Object, Outcome: outcomeToProto(e.Outcome), Time: timestamppb.New(e.Time),
		Sentence: sentenceOf(e, locale), SubjectId: e.SubjectID.Text("usr"), Changes: fields.Each(e.Changes, changeToProto),
	}
	if !e.ActingForID.IsZero() {
		out.ActingForName = e.PartnerName
	}
	if e.Source != eventSource {
		out.RequestId = e.RequestID
	}
	return out
}

func changeToProto(c postgres.Change) *consentv1.HistoryChange {
	return &consentv1.HistoryChange{What: c.What, Before: c.Before, After: c.After}
}

func sentenceOf(e postgres.NamedEntry, locale string) string {
	return wording.Sentence(locale, wording.Fact{
		Action: e.Action, Actor: e.ActorName, Subject: e.SubjectName, Partner: e.PartnerName,
		Feature: e.Feature, Object: e.Object,
		Changes: fields.Each(e.Changes, func(c postgres.Change) wording.Change { return wording.Change(c) }),
		Refused: e.Outcome == postgres.Denied, Failed: e.Outcome == postgres.Failed, Silent: e.Silent,
	})
}

func outcomeFromProto(o consentv1.Outcome) postgres.Outcome {
	return postgres.Outcome(fields.Word(o, "OUTCOME_"))
}

func outcomeToProto(o postgres.Outcome) consentv1.Outcome {
	return fields.Enum[consentv1.Outcome](o, "OUTCOME_")
}

// plainAction is the event's subject, without what tells its endings apart.
func plainAction(action string) string {
	plain, _, _ := strings.Cut(action, "#")
	return plain
}
