package rpc

import (
	"context"
	"fmt"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/page"
	"github.com/aval-access/aval/services/membership/internal/postgres"
)

// listRequest is a request for a page.
type listRequest interface {
	proto.Message
	GetPageSize() int32
	GetPageToken() string
}

// pager cuts one list into pages.
type pager struct {
	sealer *page.Sealer
	cursor page.Cursor
	size   int
}

// openPage reads where a list goes on; its tokens serve this caller and this
// list alone.
func openPage(ctx context.Context, sealer *page.Sealer, req listRequest) (pager, error) {
	filter, err := page.Filter(req)
	if err != nil {
		return pager{}, err
	}
	who := person(ctx)
	p := pager{sealer: sealer, size: page.Size(req.GetPageSize())}
	p.cursor = page.Cursor{Tenant: who.OrganizationID, User: who.UserID, Filter: filter}
	p.cursor.Key, err = sealer.Open(req.GetPageToken(), p.cursor)
	return p, err
}

// slice asks for one row more than the page.
func (p pager) slice() (postgres.Slice, error) {
	s := postgres.Slice{Limit: p.size + 1}
	if len(p.cursor.Key) == 0 {
		return s, nil
	}
	if len(p.cursor.Key) != 2 {
		return s, fmt.Errorf("reading a page key: %d parts", len(p.cursor.Key))
	}
	var err error
	if s.After.Time, err = time.Parse(time.RFC3339Nano, p.cursor.Key[0]); err != nil {
		return s, fmt.Errorf("reading a page key: %w", err)
	}
	if err = s.After.ID.UnmarshalText([]byte(p.cursor.Key[1])); err != nil {
		return s, fmt.Errorf("reading a page key: %w", err)
	}
	return s, nil
}

// keyOf is the sort key of a row in a list by time.
func keyOf(at time.Time, row id.ID) []string {
	return []string{at.Format(time.RFC3339Nano), row.String()}
}

// cut gives the page out of the rows read, and the token of the next one.
func cut[T any](p pager, rows []T, key func(T) []string) ([]T, string, error) {
	if len(rows) <= p.size {
		return rows, "", nil
	}
	rows = rows[:p.size]
	next := p.cursor
	next.Key = key(rows[p.size-1])
	token, err := p.sealer.Seal(next)
	return rows, token, err
}
