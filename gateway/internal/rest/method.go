package rest

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	authzv1 "github.com/aval-access/aval/proto/gen/aval/authz/v1"
)

// method is one HTTP rule of one RPC.
type method struct {
	// route is how it is observed: "/v1/consents/{consent_id}:approve".
	route string
	input protoreflect.MessageDescriptor
	// body tells that the request's body is the message; else its query is.
	body bool
	// anonymous tells that nobody needs to be signed in.
	anonymous bool
	// endsSession tells that the caller's session is over afterwards.
	endsSession bool
}

// endingSessions are the methods after which the caller's session is over, or
// goes on under another token.
var endingSessions = [...]protoreflect.FullName{
	"aval.identity.v1.AuthService.SignOut",
	"aval.identity.v1.AuthService.SelectContext",
	"aval.identity.v1.AccountService.ConfirmIdentity",
	"aval.identity.v1.AccountService.ChangePassword",
	"aval.identity.v1.AccountService.RequestErasure",
	"aval.identity.v1.SecondFactorService.VerifyFactor",
	"aval.identity.v1.SecondFactorService.StepUp",
	"aval.identity.v1.FactorService.ConfirmTotp",
	"aval.identity.v1.FactorService.AddPasskey",
}

// variable is a path variable without a pattern of its own, the only kind that
// our contracts use; grpc-gateway prints it with its implied one.
var variable = regexp.MustCompile(`\{([a-z0-9_.]+)\}`)

// readMethods reads the HTTP rules of all methods compiled in, by method and
// pattern as grpc-gateway prints them.
func readMethods() (map[string]method, error) {
	out := map[string]method{}
	var failed error
	protoregistry.GlobalFiles.RangeFiles(func(file protoreflect.FileDescriptor) bool {
		if strings.HasPrefix(string(file.Package()), "aval.") {
			failed = readFile(file, out)
		}
		return failed == nil
	})
	return out, failed
}

func readFile(file protoreflect.FileDescriptor, out map[string]method) error {
	services := file.Services()
	for i := range services.Len() {
		methods := services.Get(i).Methods()
		for j := range methods.Len() {
			if err := readMethod(methods.Get(j), out); err != nil {
				return fmt.Errorf("%s: %w", methods.Get(j).FullName(), err)
			}
		}
	}
	return nil
}

func readMethod(m protoreflect.MethodDescriptor, out map[string]method) error {
	rule, ok := proto.GetExtension(m.Options(), annotations.E_Http).(*annotations.HttpRule)
	if !ok || rule == nil {
		return nil
	}
	verb, path := verbAndPath(rule)
	if path == "" || len(rule.GetAdditionalBindings()) > 0 || (rule.GetBody() != "" && rule.GetBody() != "*") {
		return fmt.Errorf("the HTTP rule is not of a form that the edge checks")
	}
	access, _ := proto.GetExtension(m.Options(), authzv1.E_Rule).(*authzv1.Rule)
	out[verb+" "+variable.ReplaceAllString(path, "{$1=*}")] = method{
		route:       path,
		input:       m.Input(),
		body:        rule.GetBody() == "*",
		anonymous:   slices.Contains(access.GetCallers(), authzv1.CallerClass_CALLER_CLASS_ANONYMOUS),
		endsSession: slices.Contains(endingSessions[:], m.FullName()),
	}
	return nil
}

func verbAndPath(rule *annotations.HttpRule) (verb, path string) {
	switch pattern := rule.GetPattern().(type) {
	case *annotations.HttpRule_Get:
		return http.MethodGet, pattern.Get
	case *annotations.HttpRule_Post:
		return http.MethodPost, pattern.Post
	case *annotations.HttpRule_Put:
		return http.MethodPut, pattern.Put
	case *annotations.HttpRule_Patch:
		return http.MethodPatch, pattern.Patch
	case *annotations.HttpRule_Delete:
		return http.MethodDelete, pattern.Delete
	default:
		return "", ""
	}
}

// methodOf finds the rule that grpc-gateway matched.
func (a *api) methodOf(r *http.Request) (method, bool) {
	pattern, ok := runtime.HTTPPattern(r.Context())
	if !ok {
		return method{}, false
	}
	m, ok := a.methods[r.Method+" "+pattern.String()]
	return m, ok
}
