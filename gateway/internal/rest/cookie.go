package rest

import (
	"context"
	"net/http"

	"google.golang.org/protobuf/proto"

	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
)

// tokenToCookie moves a session's token from the answer into the cookie: no
// script of a page ever holds it.
func (a *api) tokenToCookie(_ context.Context, w http.ResponseWriter, answer proto.Message) error {
	switch m := answer.(type) {
	case *identityv1.SignInResponse:
		a.set(w, &m.SessionToken, m.GetSession())
		a.know(w, &m.DeviceToken)
	case *identityv1.RegisterWithInvitationResponse:
		a.set(w, &m.SessionToken, m.GetSession())
		a.know(w, &m.DeviceToken)
	case *identityv1.SelectContextResponse:
		a.set(w, &m.SessionToken, m.GetSession())
	case *identityv1.ConfirmIdentityResponse:
		a.set(w, &m.SessionToken, m.GetSession())
	case *identityv1.ChangePasswordResponse:
		a.set(w, &m.SessionToken, m.GetSession())
	case *identityv1.SignOutResponse:
		a.sessions.Clear(w)
	}
	return nil
}

func (a *api) set(w http.ResponseWriter, token *string, s *identityv1.Session) {
	if *token == "" {
		return
	}
	a.sessions.Set(w, *token, s.GetExpireTime().AsTime())
	*token = ""
}

func (a *api) know(w http.ResponseWriter, token *string) {
	if *token == "" {
		return
	}
	a.sessions.SetDevice(w, *token)
	*token = ""
}
