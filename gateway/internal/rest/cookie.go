package rest

import (
	"context"
	"net/http"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
)

// tokenToCookie moves a session's token from the answer into the cookie: no
// script of a page ever holds it.
func (a *api) tokenToCookie(_ context.Context, w http.ResponseWriter, answer proto.Message) error {
	if opened, ok := answer.(opening); ok && opened.GetSessionToken() != "" {
		a.sessions.Set(w, opened.GetSessionToken(), opened.GetSession().GetExpireTime().AsTime())
		empty(answer, "session_token")
	}
	if known, ok := answer.(knowing); ok && known.GetDeviceToken() != "" {
		a.sessions.SetDevice(w, known.GetDeviceToken())
		empty(answer, "device_token")
	}
	if _, ok := answer.(*identityv1.SignOutResponse); ok {
		a.sessions.Clear(w)
	}
	return nil
}

// opening is an answer with a session that goes on from now.
type opening interface {
	GetSessionToken() string
	GetSession() *identityv1.Session
}

// knowing is an answer by which a browser is known from now on.
type knowing interface{ GetDeviceToken() string }

func empty(answer proto.Message, field protoreflect.Name) {
	message := answer.ProtoReflect()
	message.Clear(message.Descriptor().Fields().ByName(field))
}
