// Package ledgerfile writes what the ledger holds about an organisation as one
// file, JSON or a table, which anybody can verify without Aval, and reads it back. What a
// file proves is for package ledger to say.
package ledgerfile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
)

// Pages gives the page at a token; the empty token is the first. All pages lead
// to one checkpoint.
type Pages func(token string) (*consentv1.ListLedgerEntriesResponse, error)

// Write sends every page as one LedgerBundle, in the JSON of its contract. begin
// is called once the first page is there: an error before it leaves nothing
// written, a later one an end that no reader takes for whole.
func Write(w io.Writer, begin func(), pages Pages) error {
	answer, err := pages("")
	if err != nil {
		return fmt.Errorf("reading the ledger: %w", err)
	}
	begin()
	keys, err := json.Marshal(answer.GetVerifierKeys())
	if err != nil {
		return fmt.Errorf("writing the ledger's keys: %w", err)
	}
	checkpoint, err := protojson.Marshal(answer.GetCheckpoint())
	if err != nil {
		return fmt.Errorf("writing a checkpoint: %w", err)
	}
	if _, err := fmt.Fprintf(w, "{\"verifierKeys\": %s,\n\"checkpoints\": [%s],\n\"entries\": [", keys, checkpoint); err != nil {
		return fmt.Errorf("writing the ledger: %w", err)
	}
	separator := "\n"
	for {
		for _, entry := range answer.GetEntries() {
			if err := element(w, separator, entry); err != nil {
				return err
			}
			separator = ",\n"
		}
		if answer.GetNextPageToken() == "" {
			break
		}
		if answer, err = pages(answer.GetNextPageToken()); err != nil {
			return fmt.Errorf("reading the ledger: %w", err)
		}
	}
	if _, err := io.WriteString(w, "\n]}\n"); err != nil {
		return fmt.Errorf("writing the ledger: %w", err)
	}
	return nil
}

func element(w io.Writer, separator string, m proto.Message) error {
	text, err := protojson.Marshal(m)
	if err != nil {
		return fmt.Errorf("writing an entry of the ledger: %w", err)
	}
	if _, err := fmt.Fprintf(w, "%s%s", separator, text); err != nil {
		return fmt.Errorf("writing the ledger: %w", err)
	}
	return nil
}

// Read reads a file, the JSON or the table.
func Read(r io.Reader) (*consentv1.LedgerBundle, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("reading a file of the ledger: %w", err)
	}
	if !bytes.HasPrefix(text, []byte("{")) {
		bundle, err := readCSV(bytes.NewReader(text))
		if err != nil {
			return nil, fmt.Errorf("reading a table of the ledger: %w", err)
		}
		return bundle, nil
	}
	bundle := &consentv1.LedgerBundle{}
	if err := protojson.Unmarshal(text, bundle); err != nil {
		return nil, fmt.Errorf("reading a file of the ledger: %w", err)
	}
	return bundle, nil
}
