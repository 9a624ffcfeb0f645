// Package historycsv writes an account's history as CSV (R110): all pages of a
// filter, a row per fact, with what a spreadsheet would take for a formula made
// harmless. Who may read the history is the service's to say.
package historycsv

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/aval-access/aval/gateway/internal/csvfile"
	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
)

// Pages gives the page at a token; the empty token is the first.
type Pages func(token string) (*consentv1.ListHistoryResponse, error)

// Write sends the file. An error before the first row leaves the answer
// unwritten, a later one cuts it off: a file that is not whole must not look so.
func Write(w http.ResponseWriter, pages Pages) error {
	answer, err := pages("")
	if err != nil {
		return fmt.Errorf("reading the history: %w", err)
	}
	csvfile.Headers(w, "history.csv")
	out := csv.NewWriter(w)
	rows := [][]string{columns()}
	for {
		for _, entry := range answer.GetEntries() {
			rows = append(rows, row(entry))
		}
		if err := out.WriteAll(rows); err != nil || answer.GetNextPageToken() == "" {
			return nil // the reader is gone, or has all
		}
		rows = rows[:0]
		if answer, err = pages(answer.GetNextPageToken()); err != nil {
			panic(http.ErrAbortHandler)
		}
	}
}

func columns() []string {
	return []string{
		"time", "actor_id", "actor_name", "acting_for", "feature", "action", "object", "outcome", "sentence", "changes", "request_id",
	}
}

func row(e *consentv1.HistoryEntry) []string {
	changes := make([]string, len(e.GetChanges()))
	for i, c := range e.GetChanges() {
		changes[i] = c.GetWhat() + ": " + c.GetBefore() + " > " + c.GetAfter()
	}
	out := []string{
		e.GetTime().AsTime().Format(time.RFC3339), e.GetActorId(), e.GetActorName(), e.GetActingForName(), e.GetFeature(),
		e.GetAction(), e.GetObject(), strings.TrimPrefix(e.GetOutcome().String(), "OUTCOME_"), e.GetSentence(),
		strings.Join(changes, "; "), e.GetRequestId(),
	}
	for i := range out {
		out[i] = csvfile.Harmless(out[i])
	}
	return out
}
