package main

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	authzv1 "github.com/aval-access/aval/proto/gen/aval/authz/v1"
)

// method is an RPC with its HTTP rule and its rule of access.
type method struct {
	protoreflect.MethodDescriptor
	verb, path   string
	hasBody      bool
	responseBody protoreflect.Name
	rule         *authzv1.Rule
}

// variable is a part of a path that a field fills.
var variable = regexp.MustCompile(`\{([a-z0-9_]+)\}`)

// readMethod tells of an RPC whether it has an HTTP rule, and of which form.
func readMethod(d protoreflect.MethodDescriptor) (method, bool, error) {
	http, _ := proto.GetExtension(d.Options(), annotations.E_Http).(*annotations.HttpRule)
	if http.GetPattern() == nil {
		return method{}, false, nil
	}
	out := method{MethodDescriptor: d, hasBody: http.GetBody() == "*", responseBody: protoreflect.Name(http.GetResponseBody())}
	switch pattern := http.GetPattern().(type) {
	case *annotations.HttpRule_Get:
		out.verb, out.path = "get", pattern.Get
	case *annotations.HttpRule_Post:
		out.verb, out.path = "post", pattern.Post
	case *annotations.HttpRule_Patch:
		out.verb, out.path = "patch", pattern.Patch
	default:
		return method{}, false, fmt.Errorf("%s: an HTTP rule of a form that is not described", d.Name())
	}
	rule, _ := proto.GetExtension(d.Options(), authzv1.E_Rule).(*authzv1.Rule)
	if rule == nil {
		return method{}, false, errors.New(string(d.Name()) + " has no rule of access")
	}
	out.rule = rule
	return out, true, nil
}

// shownPath is the path with its variables as JSON names.
func (m method) shownPath() string {
	return variable.ReplaceAllStringFunc(m.path, func(match string) string {
		field := m.Input().Fields().ByName(protoreflect.Name(match[1 : len(match)-1]))
		return "{" + field.JSONName() + "}"
	})
}

// inPath are the fields that the path holds, in its order.
func (m method) inPath() []protoreflect.FieldDescriptor {
	var out []protoreflect.FieldDescriptor
	for _, match := range variable.FindAllStringSubmatch(m.path, -1) {
		out = append(out, m.Input().Fields().ByName(protoreflect.Name(match[1])))
	}
	return out
}

// elsewhere are the other fields: the query's, or the body's.
func (m method) elsewhere() []protoreflect.FieldDescriptor {
	inPath := m.inPath()
	var out []protoreflect.FieldDescriptor
	for i := range m.Input().Fields().Len() {
		if field := m.Input().Fields().Get(i); !slices.Contains(inPath, field) {
			out = append(out, field)
		}
	}
	return out
}

func (m method) anonymous() bool {
	return slices.Contains(m.rule.GetCallers(), authzv1.CallerClass_CALLER_CLASS_ANONYMOUS)
}

func (m method) repeatable() bool {
	return m.rule.GetIdempotency() == authzv1.Idempotency_IDEMPOTENCY_REQUEST_ID
}

func (m method) has(field protoreflect.Name) bool { return m.Input().Fields().ByName(field) != nil }

func (m method) answers(fields ...protoreflect.Name) bool {
	return slices.ContainsFunc(fields, func(name protoreflect.Name) bool { return m.Output().Fields().ByName(name) != nil })
}

// right is nil where being signed in is enough.
func (m method) right() *right {
	if m.rule.GetPermission() == "" {
		return nil
	}
	return &right{Feature: m.rule.GetPermission(), Level: strings.TrimPrefix(m.rule.GetLevel().String(), "LEVEL_")}
}
