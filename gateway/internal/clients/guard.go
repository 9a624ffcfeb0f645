package clients

import (
	"context"

	"github.com/google/uuid"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
)

// forwarded are the only names of metadata that leave the edge; trace context
// is added below, by the connection.
var forwarded = [...]string{"authorization", "accept-language", "x-request-id"}

// guarded is a connection that every call of the edge goes through.
type guarded struct{ inner grpc.ClientConnInterface }

func guard(inner grpc.ClientConnInterface) guarded { return guarded{inner: inner} }

// Invoke completes the message, on a copy, and calls.
func (g guarded) Invoke(ctx context.Context, method string, args, reply any, opts ...grpc.CallOption) error {
	if message, ok := args.(proto.Message); ok {
		args = complete(ctx, message)
	}
	return g.inner.Invoke(filtered(ctx), method, args, reply, opts...)
}

// NewStream opens a stream; its messages are sent as they are.
func (g guarded) NewStream(ctx context.Context, desc *grpc.StreamDesc, method string, opts ...grpc.CallOption) (grpc.ClientStream, error) {
	return g.inner.NewStream(filtered(ctx), desc, method, opts...)
}

// filtered keeps what a service may learn of the request's headers.
func filtered(ctx context.Context) context.Context {
	given, _ := metadata.FromOutgoingContext(ctx)
	kept := metadata.MD{}
	for _, name := range forwarded {
		if values := given.Get(name); len(values) > 0 {
			kept.Set(name, values...)
		}
	}
	if seen := SeenIn(ctx); seen.RequestID != "" {
		kept.Set("x-request-id", seen.RequestID)
	}
	return metadata.NewOutgoingContext(ctx, kept)
}

// complete fills request_id and etag where they are empty, and puts what the edge itself saw
// over whatever the client sent.
func complete(ctx context.Context, in proto.Message) proto.Message {
	fields := in.ProtoReflect().Descriptor().Fields()
	etag := fields.ByName("etag")
	requestID, evidence, origin := fields.ByName("request_id"), fields.ByName("evidence"), fields.ByName("origin")
	if !isText(requestID) && !isText(etag) && !isA(evidence, "aval.consent.v1.Evidence") && !isA(origin, "aval.identity.v1.Origin") {
		return in
	}
	out := proto.Clone(in)
	message := out.ProtoReflect()
	if isText(etag) && message.Get(etag).String() == "" {
		message.Set(etag, protoreflect.ValueOfString(SeenIn(ctx).IfMatch))
	}
	if isText(requestID) && message.Get(requestID).String() == "" {
		message.Set(requestID, protoreflect.ValueOfString(requestKey(ctx)))
	}
	if isA(evidence, "aval.consent.v1.Evidence") {
		message.Set(evidence, protoreflect.ValueOfMessage(evidenceOf(ctx).ProtoReflect()))
	}
	if isA(origin, "aval.identity.v1.Origin") {
		message.Set(origin, protoreflect.ValueOfMessage(originOf(ctx).ProtoReflect()))
	}
	return out
}

func isText(field protoreflect.FieldDescriptor) bool {
	return field != nil && field.Kind() == protoreflect.StringKind && !field.IsList()
}

func isA(field protoreflect.FieldDescriptor, message protoreflect.FullName) bool {
	return field != nil && field.Message() != nil && field.Message().FullName() == message
}

func requestKey(ctx context.Context) string {
	if key := SeenIn(ctx).RequestKey; key != "" {
		return key
	}
	return uuid.NewString()
}

func evidenceOf(ctx context.Context) *consentv1.Evidence {
	seen := SeenIn(ctx)
	return &consentv1.Evidence{
		Network:               seen.Network,
		Agent:                 seen.Agent,
		SessionOrganizationId: seen.Organization,
	}
}

func originOf(ctx context.Context) *identityv1.Origin {
	seen := SeenIn(ctx)
	return &identityv1.Origin{
		Network: seen.Network, Agent: seen.Agent, Source: seen.Source, DeviceToken: seen.DeviceToken,
	}
}
