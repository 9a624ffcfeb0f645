package clients_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"

	"github.com/aval-access/aval/gateway/internal/clients"
	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

// wire keeps what would leave the edge.
type wire struct {
	metadata metadata.MD
	sent     proto.Message
}

func (w *wire) Invoke(ctx context.Context, _ string, args, _ any, _ ...grpc.CallOption) error {
	w.metadata, _ = metadata.FromOutgoingContext(ctx)
	w.sent, _ = args.(proto.Message)
	return nil
}

func (w *wire) NewStream(context.Context, *grpc.StreamDesc, string, ...grpc.CallOption) (grpc.ClientStream, error) {
	return nil, fault.NotFound()
}

func setup() (*clients.Clients, *wire) {
	w := &wire{}
	return clients.New(func(string) grpc.ClientConnInterface { return w }), w
}

func TestEvidenceAndRequestIDAreTheEdges(t *testing.T) {
	t.Parallel()
	c, w := setup()
	ctx := clients.WithSeen(t.Context(), clients.Seen{Network: "192.0.2.0/24", Agent: "Browser", RequestKey: "key"})
	given := &consentv1.DeclineConsentRequest{Evidence: &consentv1.Evidence{Agent: "forged", SessionOrganizationId: "org_forged"}}

	_, err := c.Consents.DeclineConsent(clients.WithOrganization(ctx, "org_1"), given)

	require.NoError(t, err)
	want := &consentv1.DeclineConsentRequest{
		RequestId: "key",
		Evidence:  &consentv1.Evidence{Network: "192.0.2.0/24", Agent: "Browser", SessionOrganizationId: "org_1"},
	}
	require.True(t, proto.Equal(want, w.sent), w.sent)
	require.Equal(t, "forged", given.GetEvidence().GetAgent(), "the caller's message is not changed")
}

// T-22: by what tries are counted is the edge's to say.
func TestOriginIsTheEdges(t *testing.T) {
	t.Parallel()
	c, w := setup()
	ctx := clients.WithSeen(t.Context(), clients.Seen{
		Network: "192.0.2.0/24", Source: "192.0.2.7/32", Agent: "Browser", DeviceToken: "known",
	})
	_, err := c.Auth.SignIn(ctx, &identityv1.SignInRequest{Email: "a", Origin: &identityv1.Origin{Source: "forged", DeviceToken: "forged"}})
	require.NoError(t, err)
	want := &identityv1.SignInRequest{Email: "a", Origin: &identityv1.Origin{
		Network: "192.0.2.0/24", Source: "192.0.2.7/32", Agent: "Browser", DeviceToken: "known",
	}}
	require.True(t, proto.Equal(want, w.sent), w.sent)
}

func TestRequestIDOfTheMessageStays(t *testing.T) {
	t.Parallel()
	c, w := setup()
	ctx := clients.WithSeen(t.Context(), clients.Seen{RequestKey: "from the header"})

	_, err := c.Consents.DeclineConsent(ctx, &consentv1.DeclineConsentRequest{RequestId: "from the body"})

	require.NoError(t, err)
	require.Equal(t, "from the body", w.sent.(*consentv1.DeclineConsentRequest).GetRequestId())
}

// E1
func TestMetadataLeavesByAllowList(t *testing.T) {
	t.Parallel()
	c, w := setup()
	ctx := metadata.NewOutgoingContext(t.Context(), metadata.Pairs(
		"authorization", "Bearer t", "accept-language", "en", "x-forwarded-for", "203.0.113.9", "x-forwarded-host", "evil",
		"grpcgateway-cookie", "c", "secret-bin", "b", "idempotency-key", "k",
	))

	_, err := c.Consents.GetConsent(ctx, &consentv1.GetConsentRequest{})

	require.NoError(t, err)
	require.Equal(t, metadata.Pairs("authorization", "Bearer t", "accept-language", "en"), w.metadata)
}
