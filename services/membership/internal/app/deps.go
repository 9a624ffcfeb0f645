// Package app holds the use cases of membership, one per file. Each works
// inside the transaction it is given, so that an answer to a request_id is
// stored with its effect; those that must find their tenant first open their
// own. None of them calls another service.
package app

import (
	"context"
	"fmt"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/outbox"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/domain"
)

// Deps are what use cases take from outside.
type Deps struct {
	Clock clock.Clock
	NewID func() id.ID
	// InvitationLife is how long an invitation is live.
	InvitationLife time.Duration
	// Invitations bounds how many an organisation sends.
	Invitations domain.Quota
}

// announce appends what happened to an invitation; its row is locked or new.
func announce(ctx context.Context, tx pg.Tx, i domain.Invitation, fact proto.Message) error {
	err := outbox.Append(ctx, tx, outbox.Event{
		AggregateType: "invitation", AggregateID: i.ID, Version: i.Version, Message: fact, Tenant: i.OrganizationID,
	})
	if err != nil {
		return fmt.Errorf("announcing: %w", err)
	}
	return nil
}
