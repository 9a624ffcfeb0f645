package app

import (
	"cmp"
	"context"
	"errors"

	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/idempotency"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/contract"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
)

// DetachAssignment takes a collaborator off one dossier (R35).
type DetachAssignment struct{ Deps }

// detachTries is enough: an assignment is asked for once.
const detachTries = 3

// errAskedMeanwhile says that the client was asked while the assignment was
// being ended: the request has to be taken back first.
var errAskedMeanwhile = errors.New("the client was asked meanwhile")

// DetachIn says which, and who typed what.
type DetachIn struct {
	Partner, Assignment, Actor id.ID
	Confirm                    string
	Key                        idempotency.Key
}

// Do ends the access first, which waits until nobody answers yes any more,
// then our row. Repeating it goes on where it stopped, and waits again.
func (u DetachAssignment) Do(ctx context.Context, in DetachIn) (*v1.DetachAssignmentResponse, error) {
	if err := domain.Confirm(in.Confirm); err != nil {
		return nil, err
	}
	resp, done, err := answered[*v1.DetachAssignmentResponse](ctx, u.DB, in.Key)
	if done || err != nil {
		return resp, err
	}
	return u.end(ctx, in)
}

// end needs no word: whoever calls it has it, or takes back a request alone.
func (u DetachAssignment) end(ctx context.Context, in DetachIn) (resp *v1.DetachAssignmentResponse, err error) {
	var d detached
	for range detachTries {
		resp, err = u.detach(ctx, in, &d)
		if !errors.Is(err, errAskedMeanwhile) {
			break
		}
	}
	return resp, err
}

// detach ends what would extend it first: a yes to that would outlive it.
func (u DetachAssignment) detach(ctx context.Context, in DetachIn, d *detached) (*v1.DetachAssignmentResponse, error) {
	extension, err := u.read(ctx, in, d)
	if err != nil {
		return nil, err
	}
	if extension != nil {
		done, err := u.end(ctx, DetachIn{Partner: in.Partner, Assignment: extension.ID, Actor: in.Actor})
		if err != nil {
			return nil, err
		}
		d.with = d.with.Plus(contract.ReceiptFromProto(done.GetReceipt()))
	}
	if d.ended, err = u.terminate(ctx, in, d.before); err != nil {
		return nil, err
	}
	return pg.InTenant(ctx, u.DB, in.Partner, func(ctx context.Context, tx pg.Tx) (*v1.DetachAssignmentResponse, error) {
		return idempotency.Do(ctx, tx, in.Key, func() (*v1.DetachAssignmentResponse, error) {
			return u.finish(ctx, tx, in, *d)
		})
	})
}

func (u DetachAssignment) read(ctx context.Context, in DetachIn, d *detached) (extension *domain.Assignment, err error) {
	err = u.DB.InTenant(ctx, in.Partner, func(ctx context.Context, tx pg.Tx) error {
		if d.before, err = postgres.LockAssignment(ctx, tx, in.Partner, in.Assignment); err != nil {
			return err
		}
		extension, err = extensionOf(ctx, tx, d.before)
		return err
	})
	return extension, err
}

// extensionOf gives what would outlive an assignment that is detached. What
// nobody answered is extended by nothing: the one that it extends stays.
func extensionOf(ctx context.Context, tx pg.Tx, a domain.Assignment) (*domain.Assignment, error) {
	if a.State == domain.PendingConsent || a.State == domain.Ended && a.EndReason != domain.Extended {
		return nil, nil
	}
	return postgres.LiveExtension(ctx, tx, a)
}

// terminate ends the consent; where the client was not asked yet there is
// none, and the job that would ask finds the assignment ended.
func (u DetachAssignment) terminate(ctx context.Context, in DetachIn, a domain.Assignment) (domain.Receipt, error) {
	if a.ConsentID.IsZero() {
		return domain.Receipt{}, nil
	}
	return u.Consent.Terminate(ctx, a, in.Actor)
}

// detached is the assignment as it was before, what its consent's end ended
// elsewhere, and what ended with all that extended it.
type detached struct {
	before      domain.Assignment
	ended, with domain.Receipt
}

func (u DetachAssignment) finish(ctx context.Context, tx pg.Tx, in DetachIn, d detached) (*v1.DetachAssignmentResponse, error) {
	e, c, err := lockEnding(ctx, tx, in.Partner, in.Assignment)
	if err != nil {
		return nil, err
	}
	if e.assignment.ConsentID != d.before.ConsentID {
		return nil, errAskedMeanwhile
	}
	if extension, err := extensionOf(ctx, tx, e.assignment); err != nil || extension != nil {
		return nil, cmp.Or(err, errAskedMeanwhile)
	}
	now := u.Clock.Now()
	own, err := e.end(ctx, tx, domain.Happening{Event: domain.PartnerDetached, Actor: in.Actor, Time: now})
	if err != nil && !errors.Is(err, domain.TransitionRefused) {
		return nil, err // refused: the news of the end was faster than this call
	}
	return &v1.DetachAssignmentResponse{
		Assignment: contract.AssignmentToProto(e.assignment, c.Name()),
		Receipt:    contract.ReceiptToProto(d.receipt(own), now),
	}, nil
}

// receipt counts what this call ended: our rows may have followed consent's
// news already, so the larger count is the true one.
func (d detached) receipt(own domain.Receipt) domain.Receipt {
	out := domain.Receipt{
		Requests:        max(own.Requests, d.ended.Requests),
		Grants:          d.ended.Grants,
		SupportSessions: max(own.SupportSessions, d.ended.SupportSessions),
	}
	if d.before.Live() {
		out.Assignments = 1
	}
	return out.Plus(d.with)
}
