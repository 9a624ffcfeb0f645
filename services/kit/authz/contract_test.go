package authz_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	authzv1 "github.com/aval-access/aval/proto/gen/aval/authz/v1"
	"github.com/aval-access/aval/services/kit/grpctest/thing"
)

// method is the full name of the only method of a contract made here.
const method = "/test.v1.Things/Do"

// contract makes a service with one method under a rule; a nil rule for none.
func contract(t *testing.T, rule *authzv1.Rule) protoreflect.ServiceDescriptor {
	t.Helper()
	found, err := things(t, rule).Contracts.FindDescriptorByName("test.v1.Things")
	require.NoError(t, err)
	service, ok := found.(protoreflect.ServiceDescriptor)
	require.True(t, ok)
	return service
}

// request makes a request that names an organisation.
func request(t *testing.T, rule *authzv1.Rule, organization string) proto.Message {
	t.Helper()
	return things(t, rule).With(organization, "")
}

func things(t *testing.T, rule *authzv1.Rule) *thing.Service {
	t.Helper()
	return thing.New(t, map[string]*authzv1.Rule{"Do": rule})
}
