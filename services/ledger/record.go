package ledger

import (
	"strings"

	"google.golang.org/protobuf/proto"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
)

// record opens what the leaf commits to, where it is there.
func (a *Audit) record(entry *consentv1.LedgerEntry, leaf *consentv1.LedgerLeaf) {
	at := entry.GetSequence()
	if len(entry.GetRecord()) == 0 {
		a.closed = append(a.closed, at)
		return
	}
	record, actor, err := Open(entry, leaf)
	if err != nil {
		a.find(RecordAltered, at, "the leaf commits to another")
		return
	}
	a.report.Opened++
	if len(record.GetActorCommitment()) > 0 && actor == nil {
		a.closed = append(a.closed, at) // or not told to the reader, who asks for no records
	}
	if shown := entry.GetEntry(); shown != nil {
		if what := differs(shown, record, actor); what != "" {
			a.find(EntryAltered, at, "the history shows another %s than was recorded", what)
		}
	}
}

// Read reads a record and its actor without their leaf.
func Read(content, who []byte) (*consentv1.LedgerRecord, *consentv1.LedgerActor, error) {
	record, actor := &consentv1.LedgerRecord{}, &consentv1.LedgerActor{}
	if err := decode(content, record); err != nil {
		return nil, nil, err
	}
	return record, actor, decode(who, actor)
}

// Open reads an entry's record, and its actor where it is told, and checks that
// the leaf commits to them.
func Open(entry *consentv1.LedgerEntry, leaf *consentv1.LedgerLeaf) (*consentv1.LedgerRecord, *consentv1.LedgerActor, error) {
	record, actor := &consentv1.LedgerRecord{}, &consentv1.LedgerActor{}
	if !opens(leaf.GetCommitment(), entry.GetRecordKey(), entry.GetRecord()) {
		return nil, nil, ErrMalformed
	}
	if err := decode(entry.GetRecord(), record); err != nil {
		return nil, nil, err
	}
	if len(entry.GetActorKey()) == 0 {
		return record, nil, nil
	}
	if !opens(record.GetActorCommitment(), entry.GetActorKey(), entry.GetActor()) {
		return nil, nil, ErrMalformed
	}
	return record, actor, decode(entry.GetActor(), actor)
}

// differs names the first thing in which an entry of the history is not what
// was recorded.
func differs(shown *consentv1.HistoryEntry, r *consentv1.LedgerRecord, actor *consentv1.LedgerActor) string {
	action, _, _ := strings.Cut(r.GetAction(), "#")
	for _, pair := range [][3]string{
		{"id", shown.GetId(), r.GetId()},
		{"account", shown.GetAccountId(), r.GetAccountId()},
		{"subject", shown.GetSubjectId(), r.GetSubjectId()},
		{"organisation acted for", shown.GetActingForId(), r.GetActingForId()},
		{"consent", shown.GetConsentId(), r.GetConsentId()},
		{"grant", shown.GetGrantId(), r.GetGrantId()},
		{"visit", shown.GetSupportSessionId(), r.GetSupportSessionId()},
		{"feature", shown.GetFeature(), r.GetFeature()},
		{"action", shown.GetAction(), action},
		{"object", shown.GetObject(), r.GetObject()},
		{"outcome", shown.GetOutcome().String(), r.GetOutcome().String()},
	} {
		if pair[1] != pair[2] {
			return pair[0]
		}
	}
	if !proto.Equal(shown.GetTime(), r.GetTime()) {
		return "time"
	}
	if !proto.Equal(&consentv1.LedgerRecord{Changes: shown.GetChanges()}, &consentv1.LedgerRecord{Changes: r.GetChanges()}) {
		return "change"
	}
	if actor != nil && shown.GetActorId() != actor.GetActorId() {
		return "actor"
	}
	// Whoever acted for a partner is shown under the name that it gave last.
	if r.GetActingForId() == "" && actor.GetActorName() != "" && shown.GetActorName() != actor.GetActorName() {
		return "actor's name"
	}
	return ""
}
