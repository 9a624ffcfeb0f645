package idempotency

import (
	"context"
	"crypto/sha256"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/aval-access/aval/services/kit/authn"
)

// KeyOf builds the key of a request from its caller and its field request_id.
// Where a link is the principal, the caller of KeyOf sets Principal to the
// token's hash.
func KeyOf(ctx context.Context, fullMethod string, req proto.Message) Key {
	caller := authn.FromContext(ctx)
	k := Key{Method: fullMethod, Principal: principal(caller)}
	if caller.Person != nil {
		k.Tenant = caller.Person.OrganizationID
	}
	body := proto.Clone(req)
	message := body.ProtoReflect()
	if field := message.Descriptor().Fields().ByName("request_id"); field != nil && field.Kind() == protoreflect.StringKind {
		k.RequestID = message.Get(field).String()
		message.Clear(field)
	}
	encoded, err := proto.MarshalOptions{Deterministic: true}.Marshal(body)
	if err == nil { // else Do refuses the key
		sum := sha256.Sum256(encoded)
		k.BodyHash = sum[:]
	}
	return k
}

// principal is the person with whoever forwards left out, so that a retry over
// another service is the same request; else the workload.
func principal(c authn.Caller) string {
	switch {
	case c.Person == nil:
		return c.SPIFFE
	case c.Person.Act != nil:
		return c.Person.Act.UserID.String()
	default:
		return c.Person.UserID.String()
	}
}
