package rpc

import (
	"context"

	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/idempotency"
	"github.com/aval-access/aval/services/partnersupport/internal/app"
	"github.com/aval-access/aval/services/partnersupport/internal/contract"
)

func (s collaborators) SuspendCollaborator(ctx context.Context, req *v1.SuspendCollaboratorRequest) (*v1.SuspendCollaboratorResponse, error) {
	in, err := suspendIn(ctx, req.GetCollaboratorId(), idempotency.KeyOf(ctx, v1.CollaboratorService_SuspendCollaborator_FullMethodName, req))
	if err != nil {
		return nil, err
	}
	return answer(app.SuspendCollaborator{Deps: s.Deps}.Do(ctx, in))
}

func (s collaborators) RestoreCollaborator(ctx context.Context, req *v1.RestoreCollaboratorRequest) (*v1.RestoreCollaboratorResponse, error) {
	in, err := suspendIn(ctx, req.GetCollaboratorId(), idempotency.KeyOf(ctx, v1.CollaboratorService_RestoreCollaborator_FullMethodName, req))
	if err != nil {
		return nil, err
	}
	return answer(app.SuspendCollaborator{Deps: s.Deps}.Restore(ctx, in))
}

func suspendIn(ctx context.Context, collaborator string, key idempotency.Key) (app.SuspendIn, error) {
	var read fields.Reader
	person := authn.FromContext(ctx).Person
	in := app.SuspendIn{
		Partner: person.OrganizationID, Collaborator: read.ID(contract.Collaborator, "collaborator_id", collaborator),
		Actor: person.UserID, Key: key,
	}
	return in, read.Err()
}
