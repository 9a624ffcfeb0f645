package rpc

import (
	"context"

	"google.golang.org/protobuf/types/known/timestamppb"

	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	"github.com/aval-access/aval/services/identity/internal/app"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/fields"
)

// EmailChanges serves EmailChangeService.
type EmailChanges struct {
	identityv1.UnimplementedEmailChangeServiceServer

	Edge   Edge
	Start  app.StartEmailChange
	Follow app.FollowEmailChange
}

// StartEmailChange implements EmailChangeService.
func (s *EmailChanges) StartEmailChange(
	ctx context.Context, req *identityv1.StartEmailChangeRequest,
) (*identityv1.StartEmailChangeResponse, error) {
	person := authn.FromContext(ctx).Person
	end, err := s.Start.Do(ctx, app.Move{UserID: person.UserID, SessionID: person.SessionID, NewEmail: req.GetNewEmail()})
	if err != nil {
		return nil, err
	}
	return &identityv1.StartEmailChangeResponse{ExpireTime: timestamppb.New(end)}, nil
}

// StartEmailChangeFor implements EmailChangeService. That the administrator may
// is membership's to know.
func (s *EmailChanges) StartEmailChangeFor(
	ctx context.Context, req *identityv1.StartEmailChangeForRequest,
) (*identityv1.StartEmailChangeForResponse, error) {
	var read fields.Reader
	in := app.Move{
		UserID:   read.ID("usr", "user_id", req.GetUserId()),
		ActorID:  read.ID("usr", "actor_id", req.GetActorId()),
		NewEmail: req.GetNewEmail(),
	}
	read.ID("org", "organization_id", req.GetOrganizationId())
	if read.Err() != nil {
		return nil, read.Err()
	}
	end, err := s.Start.Do(ctx, in)
	if err != nil {
		return nil, err
	}
	return &identityv1.StartEmailChangeForResponse{ExpireTime: timestamppb.New(end)}, nil
}

// LookupEmailChange implements EmailChangeService. Who holds the old mailbox
// alone does not learn the new address.
func (s *EmailChanges) LookupEmailChange(
	ctx context.Context, req *identityv1.LookupEmailChangeRequest,
) (*identityv1.LookupEmailChangeResponse, error) {
	f, err := s.Follow.Look(ctx, req.GetToken())
	if err != nil {
		return nil, err
	}
	out := &identityv1.LookupEmailChangeResponse{OldEmail: f.Change.OldEmail, Undo: f.Undoes(), Locale: f.Account.User.Locale}
	if !f.Undoes() {
		out.NewEmail, out.PasswordRequired = f.Change.NewEmail, f.Change.NeedsPassword()
	}
	return out, nil
}

// ConfirmEmailChange implements EmailChangeService.
func (s *EmailChanges) ConfirmEmailChange(
	ctx context.Context, req *identityv1.ConfirmEmailChangeRequest,
) (*identityv1.ConfirmEmailChangeResponse, error) {
	err := s.Follow.Confirm(ctx, app.EmailProof{
		Token: req.GetToken(), Password: req.GetPassword(), Origin: s.Edge.originOf(ctx, req.GetOrigin()),
	})
	if err != nil {
		return nil, asPassword(err, "password")
	}
	return &identityv1.ConfirmEmailChangeResponse{}, nil
}

// UndoEmailChange implements EmailChangeService.
func (s *EmailChanges) UndoEmailChange(
	ctx context.Context, req *identityv1.UndoEmailChangeRequest,
) (*identityv1.UndoEmailChangeResponse, error) {
	undone, err := s.Follow.Undo(ctx, req.GetToken())
	if err != nil {
		return nil, err
	}
	return &identityv1.UndoEmailChangeResponse{
		ResetToken: undone.Reset.String(), FactorsRemoved: int32(undone.FactorsRemoved),
	}, nil
}

// GetEmailChange implements EmailChangeService.
func (s *EmailChanges) GetEmailChange(
	ctx context.Context, req *identityv1.GetEmailChangeRequest,
) (*identityv1.GetEmailChangeResponse, error) {
	var read fields.Reader
	change := read.ID("ech", "change_id", req.GetChangeId())
	if read.Err() != nil {
		return nil, read.Err()
	}
	c, user, err := s.Follow.Get(ctx, change)
	if err != nil {
		return nil, err
	}
	return &identityv1.GetEmailChangeResponse{User: userToProto(user), Emails: []string{c.OldEmail, c.NewEmail}}, nil
}
