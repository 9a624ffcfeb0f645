package ledgerfile

import (
	"encoding/base64"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/aval-access/aval/gateway/internal/csvfile"
	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	"github.com/aval-access/aval/services/kit/fields"
)

// outcomes is the prefix of their words in the contract.
const outcomes = "OUTCOME_"

// columns are the facts as people read them, then what proves them, in base64.
// The last row is the checkpoint's alone: a file without it proves nothing.
func columns() []string {
	return []string{
		"sequence", "time", "sentence", "actor_id", "actor_name", "acting_for_id", "acting_for_name", "subject_id", "account_id",
		"consent_id", "grant_id", "support_session_id", "feature", "action", "object", "outcome", "changes", "entry_id",
		"leaf", "record", "record_key", "actor", "actor_key", "proof", "checkpoint", "verifier_keys",
	}
}

// WriteCSV is Write as a table: a row per leaf, with its inclusion proof.
func WriteCSV(w io.Writer, begin func(), pages Pages) error {
	answer, err := pages("")
	if err != nil {
		return fmt.Errorf("reading the ledger: %w", err)
	}
	begin()
	last := checkpointCells(answer)
	out := csv.NewWriter(w)
	rows := [][]string{columns()}
	for {
		for _, entry := range answer.GetEntries() {
			cells, err := cellsOf(entry)
			if err != nil {
				return err
			}
			rows = append(rows, cells.row())
		}
		if answer.GetNextPageToken() == "" {
			rows = append(rows, last.row())
		}
		if err := out.WriteAll(rows); err != nil {
			return fmt.Errorf("writing the ledger: %w", err)
		}
		if answer.GetNextPageToken() == "" {
			return nil
		}
		rows = rows[:0]
		if answer, err = pages(answer.GetNextPageToken()); err != nil {
			return fmt.Errorf("reading the ledger: %w", err)
		}
	}
}

// cells are a row by the names of its columns.
type cells map[string]string

func (c cells) row() []string {
	return fields.Each(columns(), func(name string) string { return csvfile.Harmless(c[name]) })
}

func checkpointCells(answer *consentv1.ListLedgerEntriesResponse) cells {
	return cells{"checkpoint": answer.GetCheckpoint().GetNote(), "verifier_keys": strings.Join(answer.GetVerifierKeys(), " ")}
}

func cellsOf(e *consentv1.LedgerEntry) (cells, error) {
	out := cells{
		"sequence": strconv.FormatInt(e.GetSequence(), 10), "leaf": encode(e.GetLeaf()),
		"record": encode(e.GetRecord()), "record_key": encode(e.GetRecordKey()),
		"actor": encode(e.GetActor()), "actor_key": encode(e.GetActorKey()),
		"proof": strings.Join(fields.Each(e.GetProof(), encode), " "),
	}
	fact := e.GetEntry()
	if fact == nil {
		return out, nil
	}
	out["time"] = fact.GetTime().AsTime().Format(time.RFC3339Nano)
	out["outcome"] = fields.Word(fact.GetOutcome(), outcomes)
	for name, at := range texts(fact) {
		out[name] = *at
	}
	if len(fact.GetChanges()) > 0 {
		changes, err := json.Marshal(fields.Each(fact.GetChanges(), func(c *consentv1.HistoryChange) change {
			return change{What: c.GetWhat(), Before: c.GetBefore(), After: c.GetAfter()}
		}))
		if err != nil {
			return nil, fmt.Errorf("writing what a fact changed: %w", err)
		}
		out["changes"] = string(changes)
	}
	return out, nil
}

// texts are the cells that are text in the fact too.
func texts(e *consentv1.HistoryEntry) map[string]*string {
	return map[string]*string{
		"sentence": &e.Sentence, "actor_id": &e.ActorId, "actor_name": &e.ActorName, "acting_for_id": &e.ActingForId,
		"acting_for_name": &e.ActingForName, "subject_id": &e.SubjectId, "account_id": &e.AccountId, "consent_id": &e.ConsentId,
		"grant_id": &e.GrantId, "support_session_id": &e.SupportSessionId, "feature": &e.Feature, "action": &e.Action,
		"object": &e.Object, "entry_id": &e.Id,
	}
}

// change is one value that a fact changed.
type change struct {
	What   string `json:"what"`
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
}

func encode(raw []byte) string { return base64.StdEncoding.EncodeToString(raw) }

// readCSV reads a table back, its readable cells too: whoever verifies learns
// which of them is not what was recorded.
func readCSV(r io.Reader) (*consentv1.LedgerBundle, error) {
	in := csv.NewReader(r)
	names, err := in.Read()
	if err != nil {
		return nil, fmt.Errorf("reading the columns: %w", err)
	}
	bundle := &consentv1.LedgerBundle{}
	for {
		row, err := in.Read()
		if err == io.EOF {
			return bundle, nil
		}
		if err != nil {
			return nil, fmt.Errorf("reading a row: %w", err)
		}
		c := cells{}
		for i, name := range names {
			c[name] = csvfile.Plain(row[i])
		}
		if err := c.addTo(bundle); err != nil {
			line, _ := in.FieldPos(0)
			return nil, fmt.Errorf("reading line %d: %w", line, err)
		}
	}
}

func (c cells) addTo(bundle *consentv1.LedgerBundle) error {
	if c["checkpoint"] != "" {
		bundle.Checkpoints = append(bundle.Checkpoints, &consentv1.LedgerCheckpoint{Note: c["checkpoint"]})
		bundle.VerifierKeys = strings.Fields(c["verifier_keys"])
		return nil
	}
	entry, err := c.entry()
	bundle.Entries = append(bundle.Entries, entry)
	return err
}

func (c cells) entry() (*consentv1.LedgerEntry, error) {
	e := &consentv1.LedgerEntry{}
	var err error
	if e.Sequence, err = strconv.ParseInt(c["sequence"], 10, 64); err != nil {
		return nil, fmt.Errorf("reading sequence: %w", err)
	}
	for name, at := range map[string]*[]byte{
		"leaf": &e.Leaf, "record": &e.Record, "record_key": &e.RecordKey, "actor": &e.Actor, "actor_key": &e.ActorKey,
	} {
		if *at, err = base64.StdEncoding.DecodeString(c[name]); err != nil {
			return nil, fmt.Errorf("reading %s: %w", name, err)
		}
	}
	for _, step := range strings.Fields(c["proof"]) {
		hash, err := base64.StdEncoding.DecodeString(step)
		if err != nil {
			return nil, fmt.Errorf("reading proof: %w", err)
		}
		e.Proof = append(e.Proof, hash)
	}
	if c["entry_id"] != "" {
		e.Entry, err = c.fact()
	}
	return e, err
}

func (c cells) fact() (*consentv1.HistoryEntry, error) {
	when, err := time.Parse(time.RFC3339Nano, c["time"])
	if err != nil {
		return nil, fmt.Errorf("reading time: %w", err)
	}
	e := &consentv1.HistoryEntry{Time: timestamppb.New(when), Outcome: fields.Enum[consentv1.Outcome](c["outcome"], outcomes)}
	for name, at := range texts(e) {
		*at = c[name]
	}
	var changes []change
	if c["changes"] != "" {
		if err := json.Unmarshal([]byte(c["changes"]), &changes); err != nil {
			return nil, fmt.Errorf("reading changes: %w", err)
		}
	}
	for _, one := range changes {
		e.Changes = append(e.Changes, &consentv1.HistoryChange{What: one.What, Before: one.Before, After: one.After})
	}
	return e, nil
}
