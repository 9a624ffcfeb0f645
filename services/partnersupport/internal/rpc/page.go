package rpc

import (
	"context"

	"google.golang.org/protobuf/proto"

	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/page"
)

// listRequest is any request for a page.
type listRequest interface {
	proto.Message
	GetPageSize() int32
	GetPageToken() string
}

// window is the page asked for: how long, and after which key.
type window struct {
	size   int
	after  []string // nil: the first page
	cursor page.Cursor
	pages  *page.Sealer
}

// window reads the page's token, which serves this caller and this list only.
func (b base) window(ctx context.Context, req listRequest) (window, error) {
	filter, err := page.Filter(req)
	if err != nil {
		return window{}, err
	}
	w := window{size: page.Size(req.GetPageSize()), cursor: page.Cursor{Filter: filter}, pages: b.pages}
	if person := authn.FromContext(ctx).Person; person != nil {
		w.cursor.Tenant, w.cursor.User = person.OrganizationID, person.UserID
	}
	w.after, err = b.pages.Open(req.GetPageToken(), w.cursor)
	return w, err
}

// limit asks for one row more, which tells whether there is a next page.
func (w window) limit() int { return w.size + 1 }

// before is the id that a list by id goes on from; zero on the first page.
func (w window) before() (before id.ID, err error) {
	if len(w.after) == 1 {
		err = before.UnmarshalText([]byte(w.after[0]))
	}
	return before, err
}

// named is the name and the id that a list by name goes on from.
func (w window) named() (name string, after id.ID, more bool, err error) {
	if len(w.after) != 2 {
		return "", id.ID{}, false, nil
	}
	err = after.UnmarshalText([]byte(w.after[1]))
	return w.after[0], after, true, err
}

// cut gives the rows of the page and the token of the next, if there is one.
func cut[T any](w window, rows []T, key func(T) []string) ([]T, string, error) {
	if len(rows) <= w.size {
		return rows, "", nil
	}
	rows = rows[:w.size]
	w.cursor.Key = key(rows[w.size-1])
	token, err := w.pages.Seal(w.cursor)
	return rows, token, err
}
