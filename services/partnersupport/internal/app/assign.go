package app

import (
	"context"
	"time"

	"github.com/riverqueue/river"

	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/idempotency"
	"github.com/aval-access/aval/services/kit/jobs"
	"github.com/aval-access/aval/services/kit/outbox"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/contract"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
	"github.com/aval-access/aval/services/partnersupport/internal/job"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
)

// Assign puts one collaborator on several dossiers (R20), a request for each
// (R22).
type Assign struct{ Deps }

// AssignIn says whom, where and why.
type AssignIn struct {
	Partner, Collaborator, Requester id.ID
	Dossiers                         []id.ID
	Reason                           string
	Duration                         time.Duration // zero: as the deployment proposes
	Urgent                           bool          // the clients are mailed at once
	ValidateOnly                     bool
	// Locale of the refusals' texts.
	Locale string
	Key    idempotency.Key
}

// Do decides each dossier for itself. Whether the collaborator can be assigned
// at all decides the whole call (R19).
func (u Assign) Do(ctx context.Context, in AssignIn) (*v1.BatchCreateAssignmentsResponse, error) {
	if domain.Deceives(in.Reason) {
		return nil, fault.Invalid("reason", "text.control")
	}
	if in.Duration == 0 {
		in.Duration = u.Proposal
	}
	if in.ValidateOnly {
		in.Key = idempotency.Key{} // nothing happened that a repetition could repeat
	}
	resp, err := pg.InTenant(ctx, u.DB, in.Partner, func(ctx context.Context, tx pg.Tx) (*v1.BatchCreateAssignmentsResponse, error) {
		return idempotency.Do(ctx, tx, in.Key, func() (*v1.BatchCreateAssignmentsResponse, error) {
			return u.assign(ctx, tx, in)
		})
	})
	if err != nil {
		return nil, err
	}
	return resp, Conflicts(u).warn(ctx, in, resp)
}

func (u Assign) assign(ctx context.Context, tx pg.Tx, in AssignIn) (*v1.BatchCreateAssignmentsResponse, error) {
	c, err := postgres.LockCollaborator(ctx, tx, in.Partner, in.Collaborator)
	if err != nil {
		return nil, err
	}
	if err := c.Assignable(); err != nil {
		return nil, err
	}
	dossiers, err := postgres.DossiersByID(ctx, tx, in.Partner, in.Dossiers)
	if err != nil {
		return nil, err
	}
	assigned, err := postgres.AssignedDossiers(ctx, tx, c, in.Dossiers)
	if err != nil {
		return nil, err
	}
	rows := u.judge(in, dossiers, assigned)
	if !in.ValidateOnly {
		if err := store(ctx, tx, u.Queue, newAssignments{rows: accepted(rows), dossiers: dossiers, user: c.UserID}); err != nil {
			return nil, err
		}
	}
	return contract.AssignmentResults(rows, contract.ResultForm{
		CollaboratorName: c.Name(), Locale: in.Locale, HideAssignments: in.ValidateOnly,
	}), nil
}

// judge gives one row per dossier, in the order asked. A dossier of somebody
// else is as unknown as one that never was.
func (u Assign) judge(in AssignIn, dossiers map[id.ID]domain.Dossier, assigned map[id.ID]bool) []contract.AssignmentRow {
	now := u.Clock.Now()
	rows := make([]contract.AssignmentRow, 0, len(in.Dossiers))
	for _, dossier := range in.Dossiers {
		row := contract.AssignmentRow{DossierID: dossier, Refusal: domain.Admit(dossiers, assigned, dossier)}
		if row.Refusal == "" {
			row.Assignment = domain.Assignment{
				PartnerID: in.Partner, ID: u.NewID(), DossierID: dossier, CollaboratorID: in.Collaborator,
				RequesterID: in.Requester, Urgent: in.Urgent, Reason: in.Reason, ProposedDuration: in.Duration,
				State: domain.PendingConsent, Version: 1, CreateTime: now,
			}
		}
		rows = append(rows, row)
	}
	return rows
}

func accepted(rows []contract.AssignmentRow) []domain.Assignment {
	var out []domain.Assignment
	for _, r := range rows {
		if r.Refusal == "" {
			out = append(out, r.Assignment)
		}
	}
	return out
}

// newAssignments are those that one transaction makes for one person.
type newAssignments struct {
	rows     []domain.Assignment
	dossiers map[id.ID]domain.Dossier
	user     id.ID
	// extends: each is for more of what the person has there.
	extends bool
}

// store writes the assignments, their events, and the jobs that ask the
// clients.
func store(ctx context.Context, tx pg.Tx, queue *jobs.Queue, n newAssignments) error {
	if len(n.rows) == 0 {
		return nil
	}
	if err := postgres.AddAssignments(ctx, tx, n.rows); err != nil {
		return err
	}
	requests := make([]river.JobArgs, len(n.rows))
	for i, a := range n.rows {
		requests[i] = job.RequestConsent{PartnerID: a.PartnerID, AssignmentID: a.ID}
		parties := contract.AssignmentParties{ClientID: n.dossiers[a.DossierID].ClientID, UserID: n.user, Extends: n.extends}
		if err := outbox.Append(ctx, tx, contract.AssignmentCreated(a, parties)); err != nil {
			return err
		}
	}
	return queue.InsertMany(ctx, tx, requests)
}
