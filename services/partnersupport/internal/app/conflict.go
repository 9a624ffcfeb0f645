package app

import (
	"context"

	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/idempotency"
	"github.com/aval-access/aval/services/kit/outbox"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/contract"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
)

// acrossPartners is why conflicts are looked for in all tenants: each is between
// two, and tells neither who the other is (R127).
const acrossPartners = "a conflict is between partners"

// Conflicts finds where a partner comes second (R83 to R87).
type Conflicts struct{ Deps }

// List gives a page of them.
func (u Conflicts) List(ctx context.Context, l postgres.ConflictList) ([]postgres.ConflictView, error) {
	return pg.InSystem(ctx, u.DB, acrossPartners, func(ctx context.Context, tx pg.Tx) ([]postgres.ConflictView, error) {
		return postgres.Conflicts(ctx, tx, l)
	})
}

// warn notes on the accepted rows of a batch where another partner lists the
// same person for the client. The assignment stands all the same (R84).
func (u Conflicts) warn(ctx context.Context, in AssignIn, resp *v1.BatchCreateAssignmentsResponse) error {
	kinds, err := pg.InSystem(ctx, u.DB, acrossPartners, func(ctx context.Context, tx pg.Tx) (map[id.ID]domain.ConflictKind, error) {
		return postgres.ConflictsOn(ctx, tx, domain.Collaborator{PartnerID: in.Partner, ID: in.Collaborator},
			postgres.Since{Dossiers: in.Dossiers, Time: u.Clock.Now()})
	})
	if err != nil {
		return err
	}
	for i, dossier := range in.Dossiers {
		if warning := kinds[dossier].Warning(); warning != "" && resp.GetResults()[i].GetErrorReason() == "" {
			resp.Results[i].WarningReason = string(warning)
			resp.Results[i].WarningMessage = fault.Text(contract.Reason(warning), in.Locale)
		}
	}
	return nil
}

// ReleaseIn says which assignment, or which request, and who acts.
type ReleaseIn struct {
	Partner, ID, Actor id.ID
	Locale             string
	Key                idempotency.Key
}

// RequestRelease asks the partner that was first to let the person go (R85). It
// hears that somebody asks, and not who; once for all who ask.
func (u Conflicts) RequestRelease(ctx context.Context, in ReleaseIn) (*v1.RequestReleaseResponse, error) {
	return pg.InSystem(ctx, u.DB, acrossPartners, func(ctx context.Context, tx pg.Tx) (*v1.RequestReleaseResponse, error) {
		return idempotency.Do(ctx, tx, in.Key, func() (*v1.RequestReleaseResponse, error) {
			found, err := theConflict(ctx, tx, in)
			if err != nil {
				return nil, err
			}
			if err := u.ask(ctx, tx, in, found); err != nil {
				return nil, err
			}
			found, err = theConflict(ctx, tx, in)
			return &v1.RequestReleaseResponse{Conflict: contract.ConflictToProto(found, in.Locale)}, err
		})
	})
}

// theConflict refuses an assignment that is in none, or only perhaps.
func theConflict(ctx context.Context, tx pg.Tx, in ReleaseIn) (postgres.ConflictView, error) {
	found, err := postgres.Conflicts(ctx, tx, postgres.ConflictList{Partner: in.Partner, Assignment: in.ID, Limit: 1})
	switch {
	case err != nil:
		return postgres.ConflictView{}, err
	case len(found) == 0:
		return postgres.ConflictView{}, domain.NotFound
	case found[0].Kind != domain.SameAddress:
		return postgres.ConflictView{}, domain.TransitionRefused
	}
	return found[0], nil
}

func (u Conflicts) ask(ctx context.Context, tx pg.Tx, in ReleaseIn, c postgres.ConflictView) error {
	now := u.Clock.Now()
	wanted := domain.ReleaseRequest{
		PartnerID: c.HolderID, ID: u.NewID(), AssignmentID: c.HolderAssignment, CreateTime: now, Version: 1,
	}
	stored, err := postgres.AddRelease(ctx, tx, wanted)
	if err != nil {
		return err
	}
	wish := postgres.ReleaseWish{Partner: in.Partner, Assignment: in.ID, Release: stored.ID, Actor: in.Actor, Time: now}
	if err := postgres.AddWish(ctx, tx, wish); err != nil || stored.ID != wanted.ID {
		return err
	}
	return outbox.Append(ctx, tx, contract.ReleaseRequested(stored, c.HolderUser))
}

// Keep answers that the person stays. Detaching the assignment is the other
// answer.
func (u Conflicts) Keep(ctx context.Context, in ReleaseIn) (*v1.KeepAssignmentResponse, error) {
	return pg.InTenant(ctx, u.DB, in.Partner, func(ctx context.Context, tx pg.Tx) (*v1.KeepAssignmentResponse, error) {
		return idempotency.Do(ctx, tx, in.Key, func() (*v1.KeepAssignmentResponse, error) {
			if _, err := postgres.LockRelease(ctx, tx, in.Partner, in.ID); err != nil {
				return nil, err
			}
			found, err := postgres.Releases(ctx, tx, postgres.ReleaseList{Partner: in.Partner, Release: in.ID, Limit: 1})
			if err != nil {
				return nil, err
			}
			kept := found[0]
			if err := kept.Keep(kept.Live, in.Actor, u.Clock.Now()); err != nil {
				return nil, err
			}
			if err := postgres.SaveRelease(ctx, tx, kept.ReleaseRequest); err != nil {
				return nil, err
			}
			return &v1.KeepAssignmentResponse{ReleaseRequest: contract.ReleaseToProto(kept)},
				outbox.Append(ctx, tx, contract.ReleaseKept(kept.ReleaseRequest, kept.UserID))
		})
	})
}
