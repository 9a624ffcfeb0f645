package rest_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	"github.com/aval-access/aval/gateway/internal/clients"
	"github.com/aval-access/aval/gateway/internal/problem"
	"github.com/aval-access/aval/gateway/internal/rest"
	"github.com/aval-access/aval/gateway/internal/session"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/telemetry"
)

// nobody is a connection on which no service answers; it notes who was called.
type nobody struct{ called string }

func (n *nobody) Invoke(_ context.Context, method string, _, _ any, _ ...grpc.CallOption) error {
	n.called = method
	return fault.New(reasonv1.Reason_REASON_UNAVAILABLE)
}

func (n *nobody) NewStream(context.Context, *grpc.StreamDesc, string, ...grpc.CallOption) (grpc.ClientStream, error) {
	return nil, fault.New(reasonv1.Reason_REASON_UNAVAILABLE)
}

func api(t *testing.T, n *nobody) http.Handler {
	t.Helper()
	c := clients.New(func(string) grpc.ClientConnInterface { return n })
	handler, err := rest.New(rest.Options{
		Clients:  c,
		Sessions: session.NewManager(c.Auth, clock.System{}),
		Problems: problem.NewWriter("https://gateway.test", telemetry.Discard().Log),
	})
	require.NoError(t, err)
	return handler
}

// Every HTTP rule of the contracts leads to its method: a service that is not
// registered, or a rule that the strict checks do not know, shows here.
func TestEveryHTTPRuleIsServed(t *testing.T) {
	t.Parallel()
	variable := regexp.MustCompile(`\{[^}]+\}`)
	count := 0
	for _, m := range methods() {
		rule, _ := proto.GetExtension(m.Options(), annotations.E_Http).(*annotations.HttpRule)
		if rule == nil {
			continue
		}
		count++
		verb, path := http.MethodGet, rule.GetGet()
		if path == "" {
			verb, path = http.MethodPost, rule.GetPost()
		}
		if path == "" {
			verb, path = http.MethodPatch, rule.GetPatch()
		}
		r := httptest.NewRequest(verb, variable.ReplaceAllString(path, "x_1"), strings.NewReader("{}"))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", "Bearer token")
		n, w := &nobody{}, httptest.NewRecorder()

		api(t, n).ServeHTTP(w, r)

		require.Equal(t, http.StatusServiceUnavailable, w.Code, "%s %s: %s", verb, path, w.Body)
		require.Equal(t, "/"+string(m.Parent().FullName())+"/"+string(m.Name()), n.called)
	}
	require.Greater(t, count, 30)
}

func methods() []protoreflect.MethodDescriptor {
	var out []protoreflect.MethodDescriptor
	protoregistry.GlobalFiles.RangeFiles(func(file protoreflect.FileDescriptor) bool {
		for i := range file.Services().Len() {
			service := file.Services().Get(i)
			for j := range service.Methods().Len() {
				out = append(out, service.Methods().Get(j))
			}
		}
		return true
	})
	return out
}

func TestAuthorizationIsOneBearerToken(t *testing.T) {
	t.Parallel()
	for _, header := range []string{"Basic dXNlcjpwYXNz", "Bearer", "Bearer ", "Bearer a b", "Bearer a,Bearer b", "token"} {
		n, w := &nobody{}, httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodGet, "/v1/me", nil)
		r.Header.Set("Authorization", header)
		api(t, n).ServeHTTP(w, r)
		require.Equal(t, http.StatusUnauthorized, w.Code, header)
		require.Empty(t, n.called, header)
	}
}
