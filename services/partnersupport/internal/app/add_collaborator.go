package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"

	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/kit/idempotency"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/contract"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
)

// AddCollaborator invites a person as staff (R12, R13).
type AddCollaborator struct{ Deps }

// Do asks membership to invite, on behalf of the administrator, and stores the
// collaborator of that invitation. A crash in between is mended by repeating:
// one invitation is pending per address, and one collaborator per invitation.
func (u AddCollaborator) Do(ctx context.Context, c domain.Collaborator, k idempotency.Key) (*v1.AddCollaboratorResponse, error) {
	resp, done, err := answered[*v1.AddCollaboratorResponse](ctx, u.DB, k)
	if done || err != nil {
		return resp, err
	}
	c.InvitationID, err = u.Membership.Invite(ctx, c, derived("AddCollaborator", k))
	if err != nil {
		return nil, err
	}
	c.ID, c.State, c.Version, c.CreateTime = u.NewID(), domain.Invited, 1, u.Clock.Now()
	return pg.InTenant(ctx, u.DB, c.PartnerID, func(ctx context.Context, tx pg.Tx) (*v1.AddCollaboratorResponse, error) {
		return idempotency.Do(ctx, tx, k, func() (*v1.AddCollaboratorResponse, error) {
			stored, err := upsert(ctx, tx, c)
			return &v1.AddCollaboratorResponse{Collaborator: contract.CollaboratorToProto(stored)}, err
		})
	})
}

// upsert stores the collaborator, or completes the one that the invitation has
// already: it was renewed, or the person was faster than this call.
func upsert(ctx context.Context, tx pg.Tx, c domain.Collaborator) (domain.Collaborator, error) {
	stored, err := postgres.AddCollaborator(ctx, tx, c)
	if err != nil || stored.ID == c.ID {
		return stored, err
	}
	if stored.State == domain.Left {
		if err := stored.InviteAgain(); err != nil {
			return stored, err
		}
	}
	stored.GivenName, stored.FamilyName, stored.Email = c.GivenName, c.FamilyName, c.Email
	if stored.State == domain.Invited {
		stored.PartnerRole = c.PartnerRole
	}
	stored.Version++
	return stored, postgres.SaveCollaborator(ctx, tx, stored)
}

// derived gives the request_id of a call that belongs to this request, so that
// repeating one repeats the other; empty stays empty.
func derived(purpose string, k idempotency.Key) string {
	if k.RequestID == "" {
		return ""
	}
	sum := sha256.Sum256([]byte("partnersupport/" + purpose + "/" + k.RequestID))
	return hex.EncodeToString(sum[:])
}
