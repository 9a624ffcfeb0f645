// Package id holds the identifiers of every object: UUIDv7 inside, and outside
// a type prefix with 26 Crockford base32 characters (TypeID). It knows no
// prefix itself: each context names its own.
package id

import (
	"database/sql/driver"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgtype"
)

// ID identifies one object. The zero ID means "none": it is written to the
// database as NULL, so that a forgotten id meets the NOT NULL of its column
// and equals no row.
type ID [16]byte

// New makes a time-ordered id (UUIDv7).
func New() ID {
	return ID(uuid.Must(uuid.NewV7()))
}

// FromUUID takes over an id that another library made.
func FromUUID(u uuid.UUID) ID { return ID(u) }

// IsZero tells whether the id names nothing.
func (i ID) IsZero() bool { return i == ID{} }

// UUID gives the id in the form of the uuid library.
func (i ID) UUID() uuid.UUID { return uuid.UUID(i) }

// String gives the UUID form, for logs and the database. Callers outside are
// given Text.
func (i ID) String() string { return uuid.UUID(i).String() }

// MarshalText writes the UUID form, for job arguments and other inner JSON.
func (i ID) MarshalText() ([]byte, error) { return []byte(i.String()), nil }

// UnmarshalText reads the UUID form.
func (i *ID) UnmarshalText(text []byte) error {
	u, err := uuid.Parse(string(text))
	if err != nil {
		return fmt.Errorf("reading an id: %w", err)
	}
	*i = ID(u)
	return nil
}

// Value implements driver.Valuer.
func (i ID) Value() (driver.Value, error) {
	if i.IsZero() {
		return nil, nil
	}
	return i.String(), nil
}

// Scan implements sql.Scanner; NULL gives the zero ID.
func (i *ID) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*i = ID{}
		return nil
	case string:
		return i.UnmarshalText([]byte(v))
	case []byte:
		return i.scanBytes(v)
	case [16]byte:
		*i = v
		return nil
	default:
		return fmt.Errorf("scanning an id from %T", src)
	}
}

func (i *ID) scanBytes(b []byte) error {
	if len(b) == len(i) {
		copy(i[:], b)
		return nil
	}
	return i.UnmarshalText(b)
}

// UUIDValue implements pgtype.UUIDValuer, the binary form.
func (i ID) UUIDValue() (pgtype.UUID, error) {
	return pgtype.UUID{Bytes: i, Valid: !i.IsZero()}, nil
}

// ScanUUID implements pgtype.UUIDScanner; NULL gives the zero ID.
func (i *ID) ScanUUID(v pgtype.UUID) error {
	*i = ID{}
	if v.Valid {
		*i = v.Bytes
	}
	return nil
}
