package app

import (
	"context"
	"errors"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/domain"
	"github.com/aval-access/aval/services/membership/internal/postgres"
)

// SupportSessions makes visits known to the decision. Its transactions are the
// system's.
type SupportSessions struct{}

// Open registers a session under the grant that is in force, and answers that
// grant; REASON_CONSENT_NOT_GIVEN when there is none. Repeating it answers the
// same; a session that is over stays over.
func (SupportSessions) Open(ctx context.Context, tx pg.Tx, s domain.SupportSession) (domain.Grant, error) {
	grant, err := postgres.LockGrantInForce(ctx, tx, s)
	if errors.Is(err, pg.ErrNoRows) {
		return grant, fault.New(reasonv1.Reason_REASON_CONSENT_NOT_GIVEN)
	}
	if err != nil {
		return grant, err
	}
	s.GrantID = grant.ID
	if err := postgres.InsertSession(ctx, tx, s); err != nil {
		return grant, err
	}
	stored, err := postgres.FindSession(ctx, tx, s.ID)
	if err != nil {
		return grant, err
	}
	return grant, sameVisit(stored, s)
}

// sameVisit refuses an id that was used for another visit, and one whose visit
// is over.
func sameVisit(stored, wanted domain.SupportSession) error {
	if stored.SubjectID != wanted.SubjectID || stored.AccountID != wanted.AccountID || stored.PartnerID != wanted.PartnerID {
		return fault.NotFound()
	}
	if stored.Closed || stored.GrantID != wanted.GrantID {
		return fault.New(reasonv1.Reason_REASON_SUPPORT_SESSION_OVER)
	}
	return nil
}

// Close makes the decision deny through sessions; it answers how many were
// open.
func (SupportSessions) Close(ctx context.Context, tx pg.Tx, sessions []id.ID) (int, error) {
	return postgres.CloseSessions(ctx, tx, sessions)
}
