// Package sibling asks other contexts what membership does not own.
package sibling

import (
	"context"
	"fmt"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/timestamppb"

	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/email"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/membership/internal/app"
	"github.com/aval-access/aval/services/membership/internal/domain"
)

// People asks identity who somebody is.
type People struct {
	client  identityv1.UserServiceClient
	changes identityv1.EmailChangeServiceClient
}

// NewPeople asks over this connection.
func NewPeople(identity grpc.ClientConnInterface) People {
	return People{client: identityv1.NewUserServiceClient(identity), changes: identityv1.NewEmailChangeServiceClient(identity)}
}

// Find gives a person; REASON_UNAUTHENTICATED when identity knows them no
// more. Never call it inside a transaction.
func (p People) Find(ctx context.Context, user id.ID) (domain.Person, error) {
	answer, err := p.client.BatchGetUsers(ctx, &identityv1.BatchGetUsersRequest{UserIds: []string{user.Text("usr")}})
	if err != nil {
		return domain.Person{}, fmt.Errorf("asking identity for a person: %w", err)
	}
	if len(answer.GetUsers()) != 1 {
		return domain.Person{}, fault.New(reasonv1.Reason_REASON_UNAUTHENTICATED)
	}
	return personFromProto(answer.GetUsers()[0])
}

// EmailChange gives a change of address that took place; REASON_NOT_FOUND when
// identity knows the person no more.
func (p People) EmailChange(ctx context.Context, change id.ID) (app.PersonChange, error) {
	answer, err := p.changes.GetEmailChange(ctx, &identityv1.GetEmailChangeRequest{ChangeId: change.Text("ech")})
	if err != nil {
		return app.PersonChange{}, fmt.Errorf("asking identity for a change of address: %w", err)
	}
	out := app.PersonChange{}
	for _, text := range answer.GetEmails() {
		address, err := email.Parse(text)
		if err != nil {
			return app.PersonChange{}, fmt.Errorf("reading an address of a change: %w", err)
		}
		out.Keys = append(out.Keys, address.Key())
	}
	out.Person, err = personFromProto(answer.GetUser())
	return out, err
}

// Move is whose address an administrator wants changed, and to what.
type Move struct {
	UserID, ActorID, OrganizationID id.ID
	NewEmail                        string
}

// StartEmailChange begins the change and gives until when the person must have
// followed its link. What identity refuses is the caller's to hear.
func (p People) StartEmailChange(ctx context.Context, m Move) (*timestamppb.Timestamp, error) {
	answer, err := p.changes.StartEmailChangeFor(ctx, &identityv1.StartEmailChangeForRequest{
		UserId: m.UserID.Text("usr"), ActorId: m.ActorID.Text("usr"),
		OrganizationId: m.OrganizationID.Text("org"), NewEmail: m.NewEmail,
	})
	return answer.GetExpireTime(), err
}

func personFromProto(found *identityv1.User) (domain.Person, error) {
	user, err := id.Parse("usr", found.GetId())
	if err != nil {
		return domain.Person{}, fmt.Errorf("reading a person: %w", err)
	}
	address, err := email.Parse(found.GetEmail())
	if err != nil {
		return domain.Person{}, fmt.Errorf("reading a person's address: %w", err)
	}
	return domain.Person{
		UserID: user, Email: address.Stored(), EmailKey: address.Key(), Locale: fault.Language(found.GetLocale()),
	}, nil
}
