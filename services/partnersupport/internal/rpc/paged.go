package rpc

import (
	"context"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/page"
)

// turn is the page that a list's query reads: so many rows, from before a row
// on, which is zero on the first page.
type turn struct {
	before id.ID
	limit  int
}

// list is a list by id, newest first: what is asked for, how its rows are read,
// and what their id is.
type list[R any] struct {
	req  page.Request
	read func(at turn) ([]R, error)
	id   func(R) id.ID
}

// paged gives the rows of the page that is asked for, and the token of the next
// one.
func paged[R any](ctx context.Context, b base, l list[R]) ([]R, string, error) {
	asked, err := b.pages.List(ctx, l.req)
	if err != nil {
		return nil, "", err
	}
	before, err := asked.AfterID()
	if err != nil {
		return nil, "", err
	}
	rows, err := answer(l.read(turn{before: before, limit: asked.Limit()}))
	if err != nil {
		return nil, "", err
	}
	return page.Cut(asked, rows, func(r R) []string { return page.KeyID(l.id(r)) })
}
