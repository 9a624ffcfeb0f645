// Package app holds the use cases of partner support, one a file. Each loads,
// asks the domain, stores and appends its events in one transaction; the
// siblings are called between transactions, never inside one.
package app

import (
	"context"
	"errors"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/aval-access/aval/services/kit/authz"
	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/idempotency"
	"github.com/aval-access/aval/services/kit/jobs"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
	"github.com/aval-access/aval/services/partnersupport/internal/sibling"
)

// Deps is what the use cases stand on.
type Deps struct {
	DB         *pg.DB
	Queue      *jobs.Queue
	Membership sibling.Membership
	Consent    sibling.Consent
	Identity   sibling.Identity
	Decider    authz.Decider
	Clock      clock.Clock
	NewID      func() id.ID
	// Limits of a visit, by role.
	Limits map[domain.PartnerRole]domain.SessionLimits
	// Proposal is how long an access is proposed for where nobody says.
	Proposal time.Duration
	// Entry says what a collaborator must have proven to enter.
	Entry EntryFactor
}

// errNew says that a request_id has no answer yet.
var errNew = errors.New("the request is new")

// answered gives what the request was answered before; false when it is new.
// Use cases that call siblings ask it first, and store their answer last.
func answered[Resp proto.Message](ctx context.Context, db *pg.DB, k idempotency.Key) (Resp, bool, error) {
	var resp Resp
	if k.RequestID == "" {
		return resp, false, nil
	}
	err := db.InApp(ctx, func(ctx context.Context, tx pg.Tx) (err error) {
		resp, err = idempotency.Do(ctx, tx, k, func() (Resp, error) { return resp, errNew })
		return err
	})
	if errors.Is(err, errNew) {
		return resp, false, nil
	}
	return resp, err == nil, err
}
