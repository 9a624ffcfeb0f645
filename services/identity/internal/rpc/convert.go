// Package rpc serves identity's gRPC methods: it converts, calls the use case
// and converts back. Who may call is decided before, by the methods' rules.
package rpc

import (
	"fmt"

	"google.golang.org/protobuf/types/known/timestamppb"

	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	"github.com/aval-access/aval/services/identity/internal/app"
	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
)

func userToProto(u domain.User) *identityv1.User {
	return &identityv1.User{
		Id:         u.ID.Text("usr"),
		Email:      u.Email,
		Locale:     u.Locale,
		CreateTime: timestamppb.New(u.CreateTime),
	}
}

func sessionToProto(s domain.Session) *identityv1.Session {
	return &identityv1.Session{
		Id:             s.ID.Text("ses"),
		UserId:         s.UserID.Text("usr"),
		OrganizationId: s.OrganizationID.Text("org"),
		ExpireTime:     timestamppb.New(s.ExpireTime),
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

// parseID names the field of an id that is not one. The rules of the proto
// check prefix and length alone.
func parseID(field, prefix, text string) (id.ID, error) {
	parsed, err := id.Parse(prefix, text)
	if err != nil {
		return id.ID{}, fault.Invalid(field, "id")
	}
	return parsed, nil
}

func parseIDs(field, prefix string, texts []string) ([]id.ID, error) {
	ids := make([]id.ID, 0, len(texts))
	for n, text := range texts {
		parsed, err := parseID(fmt.Sprintf("%s[%d]", field, n), prefix, text)
		if err != nil {
			return nil, err
		}
		ids = append(ids, parsed)
	}
	return ids, nil
}
