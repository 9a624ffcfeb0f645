package page

import (
	"context"
	"errors"
	"fmt"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/id"
)

const (
	// defaultSize is the page size when none is asked for.
	defaultSize = 50
	// maxSize is what a larger request is brought down to.
	maxSize = 200
)

// Request is any request for a page.
type Request interface {
	proto.Message
	GetPageSize() int32
	GetPageToken() string
}

// List is the page that a request asks for: how long, and after which row. The
// row is read by the method that fits the list's order; on the first page all
// of them give zeros.
type List struct {
	sealer *Sealer
	cursor cursor // its key is where this page begins
	size   int
}

// List opens the page that req asks for. Its tokens serve the caller of ctx and
// this list alone.
func (s *Sealer) List(ctx context.Context, req Request) (List, error) {
	filter, err := filterOf(req)
	if err != nil {
		return List{}, err
	}
	l := List{sealer: s, cursor: cursor{filter: filter}, size: sizeOf(req.GetPageSize())}
	if person := authn.FromContext(ctx).Person; person != nil {
		l.cursor.tenant, l.cursor.user = person.OrganizationID, person.UserID
	}
	l.cursor.key, err = s.open(req.GetPageToken(), l.cursor)
	return l, err
}

// sizeOf brings a requested page size within the bounds.
func sizeOf(asked int32) int {
	if asked <= 0 {
		return defaultSize
	}
	return min(int(asked), maxSize)
}

// Limit is one row more than the page, which tells whether there is a next.
func (l List) Limit() int { return l.size + 1 }

// AfterText is where a list by a unique text goes on.
func (l List) AfterText() (string, error) {
	parts, err := l.after(1)
	return parts[0], err
}

// AfterID is where a list by id goes on.
func (l List) AfterID() (id.ID, error) {
	parts, err := l.after(1)
	if err != nil {
		return id.ID{}, err
	}
	return readID(parts[0])
}

// AfterTextID is where a list by a text, then by id, goes on.
func (l List) AfterTextID() (string, id.ID, error) {
	parts, err := l.after(2)
	if err != nil {
		return "", id.ID{}, err
	}
	last, err := readID(parts[1])
	return parts[0], last, err
}

// AfterTimeID is where a list by a time, then by id, goes on.
func (l List) AfterTimeID() (time.Time, id.ID, error) {
	text, last, err := l.AfterTextID()
	if err != nil || text == "" {
		return time.Time{}, last, err
	}
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return time.Time{}, id.ID{}, refused(err)
	}
	return at, last, nil
}

// after gives the key's parts, empty ones on the first page.
func (l List) after(parts int) ([]string, error) {
	switch len(l.cursor.key) {
	case parts:
		return l.cursor.key, nil
	case 0:
		return make([]string, parts), nil
	default:
		return make([]string, parts), refused(fmt.Errorf("the key has %d parts, not %d", len(l.cursor.key), parts))
	}
}

func readID(text string) (id.ID, error) {
	var out id.ID
	if text == "" {
		return out, nil
	}
	if err := out.UnmarshalText([]byte(text)); err != nil {
		return out, refused(errors.New("the key holds no id"))
	}
	return out, nil
}

// KeyTextID is the key of a row in a list by a text, then by id.
func KeyTextID(text string, row id.ID) []string { return []string{text, row.String()} }

// KeyTimeID is the key of a row in a list by a time, then by id.
func KeyTimeID(at time.Time, row id.ID) []string {
	return KeyTextID(at.Format(time.RFC3339Nano), row)
}

// KeyID is the key of a row in a list by id.
func KeyID(row id.ID) []string { return []string{row.String()} }

// Cut gives the rows of the page, out of at most Limit that were read, and the
// token of the next page, if there is one. key gives the sort key of a row.
func Cut[T any](l List, rows []T, key func(T) []string) ([]T, string, error) {
	if len(rows) <= l.size {
		return rows, "", nil
	}
	rows = rows[:l.size]
	next := l.cursor
	next.key = key(rows[l.size-1])
	token, err := l.sealer.seal(next)
	return rows, token, err
}
