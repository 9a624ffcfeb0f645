// Package authz enforces the rule that every method carries in its proto
// (aval.authz.v1.rule): which classes of caller, with which right, in which
// organisation. Who the caller is comes from authn; whether a person holds a
// right is asked through the Decider that each service supplies.
package authz

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"

	authzv1 "github.com/aval-access/aval/proto/gen/aval/authz/v1"
)

// RuleSet holds the rules of the methods of some services.
type RuleSet struct {
	rules map[string]*authzv1.Rule
}

// Rules reads the rules of all methods of the services. A method without one,
// or with one that contradicts itself, is an error that names it; all are
// named at once.
func Rules(services ...protoreflect.ServiceDescriptor) (*RuleSet, error) {
	set := &RuleSet{rules: map[string]*authzv1.Rule{}}
	var problems []error
	for _, service := range services {
		methods := service.Methods()
		for i := range methods.Len() {
			problems = append(problems, set.add(methods.Get(i)))
		}
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	return set, nil
}

// Rule gives the rule of a method named "/package.Service/Method", or nil.
func (s *RuleSet) Rule(fullMethod string) *authzv1.Rule { return s.rules[fullMethod] }

// Methods lists the full names of all methods, sorted.
func (s *RuleSet) Methods() []string {
	return slices.Sorted(maps.Keys(s.rules))
}

// RuleIn gives the rule of a method named "/package.Service/Method", out of
// some contracts.
func RuleIn(contracts protodesc.Resolver, fullMethod string) (*authzv1.Rule, error) {
	name := strings.ReplaceAll(strings.TrimPrefix(fullMethod, "/"), "/", ".")
	found, err := contracts.FindDescriptorByName(protoreflect.FullName(name))
	if err != nil {
		return nil, fmt.Errorf("looking up the method %s: %w", fullMethod, err)
	}
	method, ok := found.(protoreflect.MethodDescriptor)
	if !ok {
		return nil, fmt.Errorf("%s is not a method", fullMethod)
	}
	return ruleOf(method)
}

// FullMethod is the name under which gRPC calls a method.
func FullMethod(method protoreflect.MethodDescriptor) string {
	return fmt.Sprintf("/%s/%s", method.Parent().FullName(), method.Name())
}

func (s *RuleSet) add(method protoreflect.MethodDescriptor) error {
	rule, err := ruleOf(method)
	if err != nil {
		return err
	}
	if err := check(rule, method.Input()); err != nil {
		return fmt.Errorf("the rule of %s: %w", FullMethod(method), err)
	}
	s.rules[FullMethod(method)] = rule
	return nil
}

func ruleOf(method protoreflect.MethodDescriptor) (*authzv1.Rule, error) {
	options := method.Options()
	if options == nil || !proto.HasExtension(options, authzv1.E_Rule) {
		return nil, fmt.Errorf("the method %s has no aval.authz.v1.rule", FullMethod(method))
	}
	rule, ok := proto.GetExtension(options, authzv1.E_Rule).(*authzv1.Rule)
	if !ok || rule == nil {
		return nil, fmt.Errorf("the method %s has an empty aval.authz.v1.rule", FullMethod(method))
	}
	return rule, nil
}
