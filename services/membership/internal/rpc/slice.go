package rpc

import (
	"github.com/aval-access/aval/services/kit/page"
	"github.com/aval-access/aval/services/membership/internal/postgres"
)

// sliceOf is what the store reads of a list by time.
func sliceOf(list page.List) (postgres.Slice, error) {
	at, last, err := list.AfterTimeID()
	return postgres.Slice{After: postgres.After{Time: at, ID: last}, Limit: list.Limit()}, err
}
