package authz

import (
	"errors"
	"fmt"
	"slices"

	"google.golang.org/protobuf/reflect/protoreflect"

	authzv1 "github.com/aval-access/aval/proto/gen/aval/authz/v1"
)

// check finds what a rule says and could never be enforced as it reads.
func check(rule *authzv1.Rule, input protoreflect.MessageDescriptor) error {
	return errors.Join(
		checkCallers(rule),
		checkPermission(rule),
		checkAnonymous(rule),
		checkField(input, rule.GetOrganizationField()),
		checkRequestID(rule, input),
		checkBeforeFactor(rule),
	)
}

func checkCallers(rule *authzv1.Rule) error {
	callers := rule.GetCallers()
	if len(callers) == 0 || slices.Contains(callers, authzv1.CallerClass_CALLER_CLASS_UNSPECIFIED) {
		return errors.New("callers must name at least one class, and never the unspecified one")
	}
	named := len(rule.GetServices()) > 0
	if named && !allows(rule, authzv1.CallerClass_CALLER_CLASS_SERVICE) {
		return errors.New("services are named and callers has no SERVICE")
	}
	// Where anybody may call, every service may, by the name of ANONYMOUS.
	open := allows(rule, authzv1.CallerClass_CALLER_CLASS_ANONYMOUS)
	if !named && !open && allows(rule, authzv1.CallerClass_CALLER_CLASS_SERVICE) {
		return errors.New("callers has SERVICE and services names none")
	}
	return nil
}

func checkPermission(rule *authzv1.Rule) error {
	hasLevel := rule.GetLevel() > authzv1.Level_LEVEL_NONE
	if (rule.GetPermission() != "") != hasLevel {
		return errors.New("permission and a level of at least GUEST must stand together")
	}
	if rule.GetPermission() != "" && rule.GetPersonal() {
		return errors.New("a personal method has no organisation to hold a permission in")
	}
	return nil
}

// checkAnonymous: what anybody may do cannot ask a right of those who signed in.
func checkAnonymous(rule *authzv1.Rule) error {
	limited := rule.GetPermission() != "" || rule.GetOrganizationField() != ""
	if allows(rule, authzv1.CallerClass_CALLER_CLASS_ANONYMOUS) && limited {
		return errors.New("ANONYMOUS excludes permission and organization_field")
	}
	return nil
}

func checkRequestID(rule *authzv1.Rule, input protoreflect.MessageDescriptor) error {
	if rule.GetIdempotency() != authzv1.Idempotency_IDEMPOTENCY_REQUEST_ID {
		return nil
	}
	return checkField(input, "request_id")
}

func checkBeforeFactor(rule *authzv1.Rule) error {
	if rule.GetBeforeFactor() && !allows(rule, authzv1.CallerClass_CALLER_CLASS_PERSON) {
		return errors.New("before_factor concerns a PERSON, and callers has none")
	}
	return nil
}

func checkField(input protoreflect.MessageDescriptor, name string) error {
	if name == "" {
		return nil
	}
	field := input.Fields().ByName(protoreflect.Name(name))
	if field == nil || field.Kind() != protoreflect.StringKind || field.IsList() {
		return fmt.Errorf("the request has no text field %q", name)
	}
	return nil
}

func allows(rule *authzv1.Rule, class authzv1.CallerClass) bool {
	return slices.Contains(rule.GetCallers(), class)
}
