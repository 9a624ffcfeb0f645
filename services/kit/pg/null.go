package pg

import (
	"database/sql"
	"fmt"
	"time"
)

// NullTime writes the zero time as NULL.
func NullTime(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// TimeOf reads NULL as the zero time.
func TimeOf(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}

// Zeroed is where a column that may be NULL is scanned to: into t, NULL as the
// zero time.
func Zeroed(t *time.Time) sql.Scanner { return (*zeroed)(t) }

type zeroed time.Time

// Scan takes what the driver read.
func (z *zeroed) Scan(value any) error {
	var at sql.NullTime
	if err := at.Scan(value); err != nil {
		return fmt.Errorf("scanning a time: %w", err)
	}
	*z = zeroed{}
	if at.Valid {
		*z = zeroed(at.Time.UTC())
	}
	return nil
}
