// Package rpc serves identity's gRPC methods: it converts, calls the use case
// and converts back. Who may call is decided before, by the methods' rules.
package rpc

import (
	"google.golang.org/protobuf/types/known/timestamppb"

	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	"github.com/aval-access/aval/services/identity/internal/app"
	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/kit/fields"
)

func userToProto(u domain.User) *identityv1.User {
	return &identityv1.User{
		Id:         u.ID.Text("usr"),
		Email:      u.Email,
		Locale:     u.Locale,
		CreateTime: timestamppb.New(u.CreateTime),
		Etag:       u.ETag(),
	}
}

func sessionToProto(s domain.Session) *identityv1.Session {
	return &identityv1.Session{
		Id:             s.ID.Text("ses"),
		UserId:         s.UserID.Text("usr"),
		OrganizationId: s.OrganizationID.Text("org"),
		ExpireTime:     timestamppb.New(s.ExpireTime),
		FactorsDue:     fields.Each(s.FactorsDue, app.KindToProto),

		StepUpExpireTime: fields.Time(s.StepUpEnd()),
	}
}

func supportTokenToProto(t app.SupportToken) *identityv1.SupportToken {
	return &identityv1.SupportToken{
		AccessToken:       t.Token.Text,
		ExpireTime:        timestamppb.New(t.Token.ExpireTime),
		SupportSessionId:  t.Visit.SessionID.Text("sup"),
		SessionExpireTime: timestamppb.New(t.Visit.ExpireTime),
		AccountName:       t.Visit.ClientName,
		ActorName:         t.Visit.CollaboratorName,
		PartnerName:       t.Visit.PartnerName,
	}
}
