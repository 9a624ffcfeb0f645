package app

import (
	"context"
	"time"

	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/idempotency"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/contract"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
)

// HandOver passes a dossier from one collaborator to another: the client is
// asked for the successor, and the yes swaps both (R36).
type HandOver struct{ Deps }

// HandOverIn says what, to whom, and how.
type HandOverIn struct {
	Partner, Assignment, Successor, Actor id.ID
	// Holder is whose assignment it must be; zero: anybody's.
	Holder   id.ID
	Reason   string        // empty: as the last time
	Duration time.Duration // zero: as the last time
	// DetachNow takes the access away before the client answers.
	DetachNow bool
	Confirm   string
	Key       idempotency.Key
}

// handing is what a hand-over is about.
type handing struct {
	before, next domain.Assignment
	to           domain.Collaborator
	dossier      domain.Dossier
	// asked says that next is there already: the same wish again.
	asked bool
}

// Do asks the client. What is to end now ends first and is waited for; then
// the successor's assignment is made. Repeating it goes on where it stopped.
func (u HandOver) Do(ctx context.Context, in HandOverIn) (*v1.HandOverAssignmentResponse, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	resp, done, err := answered[*v1.HandOverAssignmentResponse](ctx, u.DB, in.Key)
	if done || err != nil {
		return resp, err
	}
	receipt, err := u.takeAway(ctx, in)
	if err != nil {
		return nil, err
	}
	return pg.InTenant(ctx, u.DB, in.Partner, func(ctx context.Context, tx pg.Tx) (*v1.HandOverAssignmentResponse, error) {
		return idempotency.Do(ctx, tx, in.Key, func() (*v1.HandOverAssignmentResponse, error) {
			next, err := u.pass(ctx, tx, in)
			return &v1.HandOverAssignmentResponse{Assignment: next, Receipt: receipt}, err
		})
	})
}

func (in HandOverIn) check() error {
	if domain.Deceives(in.Reason) {
		return fault.Invalid("hand_over.reason", "text.control")
	}
	if in.DetachNow {
		return domain.Confirm(in.Confirm)
	}
	return nil
}

// Weigh tells what would happen, and changes nothing.
func (u HandOver) Weigh(ctx context.Context, in HandOverIn) (handing, error) {
	return pg.InTenant(ctx, u.DB, in.Partner, func(ctx context.Context, tx pg.Tx) (handing, error) {
		return u.weigh(ctx, tx, in)
	})
}

// weigh holds the successor, so that nobody is asked for who leaves in this
// moment, and the assignment.
func (u HandOver) weigh(ctx context.Context, tx pg.Tx, in HandOverIn) (h handing, err error) {
	if h.to, err = postgres.LockCollaborator(ctx, tx, in.Partner, in.Successor); err != nil {
		return h, err
	}
	if h.before, err = postgres.LockAssignment(ctx, tx, in.Partner, in.Assignment); err != nil {
		return h, err
	}
	if !in.Holder.IsZero() && h.before.CollaboratorID != in.Holder {
		return h, domain.NotFound
	}
	return h, u.decide(ctx, tx, &h, in)
}

// decide finds the successor's assignment where it was asked for before, and
// makes it where it may be.
func (u HandOver) decide(ctx context.Context, tx pg.Tx, h *handing, in HandOverIn) error {
	known, err := postgres.WaitingHandOver(ctx, tx, h.before)
	if err != nil {
		return err
	}
	extends := known != nil && h.before.IsExtendedBy(*known)
	if known != nil && known.CollaboratorID == h.to.ID && !extends {
		h.next, h.asked = *known, true
		return nil
	}
	from, err := postgres.Collaborator(ctx, tx, in.Partner, h.before.CollaboratorID)
	if err != nil {
		return err
	}
	h.next, err = h.before.PassOn(from, h.to, domain.Passing{
		AssignmentID: u.NewID(), RequesterID: in.Actor, Reason: in.Reason, Duration: in.Duration, Time: u.Clock.Now(),
	})
	if err != nil {
		return err
	}
	if known != nil && !(extends && in.DetachNow) { // what extends it goes with it
		return domain.HandOverPending
	}
	return h.admit(ctx, tx)
}

func (h *handing) admit(ctx context.Context, tx pg.Tx) error {
	wanted := []id.ID{h.before.DossierID}
	dossiers, err := postgres.DossiersByID(ctx, tx, h.before.PartnerID, wanted)
	if err != nil {
		return err
	}
	assigned, err := postgres.AssignedDossiers(ctx, tx, h.to, wanted)
	if err != nil {
		return err
	}
	if refusal := domain.Admit(dossiers, assigned, h.before.DossierID); refusal != "" {
		return refusal
	}
	h.dossier = dossiers[h.before.DossierID]
	return nil
}

// takeAway ends what does not wait for the client: an access that is detached
// now, and a request that nobody answered.
func (u HandOver) takeAway(ctx context.Context, in HandOverIn) (*v1.RevocationReceipt, error) {
	h, err := u.Weigh(ctx, in)
	if err != nil || !h.before.Live() {
		return nil, err
	}
	if !in.DetachNow && h.before.State != domain.PendingConsent {
		return nil, nil
	}
	ended, err := DetachAssignment(u).end(ctx, DetachIn{Partner: in.Partner, Assignment: in.Assignment, Actor: in.Actor})
	return ended.GetReceipt(), err
}

func (u HandOver) pass(ctx context.Context, tx pg.Tx, in HandOverIn) (*v1.Assignment, error) {
	h, err := u.weigh(ctx, tx, in)
	if err != nil {
		return nil, err
	}
	if !h.asked {
		err = store(ctx, tx, u.Queue, newAssignments{
			rows: []domain.Assignment{h.next}, dossiers: map[id.ID]domain.Dossier{h.dossier.ID: h.dossier}, user: h.to.UserID,
		})
	}
	return contract.AssignmentToProto(h.next, h.to.Name()), err
}
