// Package witness keeps the newest checkpoint of the ledger outside the
// database, so that a database that was put back or rewritten is noticed. What
// a checkpoint says is package ledger's business.
package witness

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Folder is where checkpoints are kept; the empty one keeps none.
type Folder string

const newest = "checkpoint"

// Last is the newest checkpoint; "" when none was kept.
func (f Folder) Last() (string, error) {
	if f == "" {
		return "", nil
	}
	text, err := os.ReadFile(filepath.Join(string(f), newest))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("reading the witness of the ledger: %w", err)
	}
	return string(text), nil
}

// Keep replaces the newest; no reader sees half a file.
func (f Folder) Keep(note string) error {
	if f == "" {
		return nil
	}
	if err := os.MkdirAll(string(f), 0o700); err != nil {
		return fmt.Errorf("making the folder of the ledger's witness: %w", err)
	}
	temporary := filepath.Join(string(f), newest+".tmp")
	err := os.WriteFile(temporary, []byte(note), 0o600)
	if err == nil {
		err = os.Rename(temporary, filepath.Join(string(f), newest))
	}
	if err != nil {
		return fmt.Errorf("keeping a checkpoint outside the database: %w", err)
	}
	return nil
}
