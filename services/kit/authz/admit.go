package authz

import (
	"slices"

	authzv1 "github.com/aval-access/aval/proto/gen/aval/authz/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/fault"
)

// admittedClass takes the first of the caller's classes that the rule allows:
// the person's, the workload's, ANONYMOUS.
func admittedClass(rule *authzv1.Rule, caller authn.Caller) (authzv1.CallerClass, error) {
	if caller.SPIFFE == "" {
		return 0, fault.New(reasonv1.Reason_REASON_UNAUTHENTICATED)
	}
	if caller.Person != nil && allows(rule, caller.PersonClass()) {
		return caller.PersonClass(), checkFactor(rule, *caller.Person)
	}
	if workload := workloadClass(caller); allowsWorkload(rule, workload, caller.Service) {
		return workload, nil
	}
	if allows(rule, authzv1.CallerClass_CALLER_CLASS_ANONYMOUS) {
		return authzv1.CallerClass_CALLER_CLASS_ANONYMOUS, nil
	}
	if caller.Person == nil && mayForward(caller) && wantsToken(rule) {
		return 0, fault.New(reasonv1.Reason_REASON_UNAUTHENTICATED)
	}
	return 0, fault.New(reasonv1.Reason_REASON_PERMISSION_DENIED)
}

// checkFactor: whoever owes a second factor proves it before anything else.
func checkFactor(rule *authzv1.Rule, p authn.Person) error {
	if p.FactorDue && !rule.GetBeforeFactor() {
		return fault.New(reasonv1.Reason_REASON_SECOND_FACTOR_REQUIRED)
	}
	return nil
}

// workloadClass is the peer's class apart from the token: only our own
// services may forward one.
func workloadClass(caller authn.Caller) authzv1.CallerClass {
	if caller.Person != nil {
		return authzv1.CallerClass_CALLER_CLASS_SERVICE
	}
	return caller.Class
}

func allowsWorkload(rule *authzv1.Rule, class authzv1.CallerClass, service string) bool {
	if class == authzv1.CallerClass_CALLER_CLASS_SERVICE && !slices.Contains(rule.GetServices(), service) {
		return false
	}
	return allows(rule, class)
}

func mayForward(caller authn.Caller) bool {
	return caller.Class == authzv1.CallerClass_CALLER_CLASS_SERVICE
}

func wantsToken(rule *authzv1.Rule) bool {
	return slices.ContainsFunc(rule.GetCallers(), boundToOrganization)
}

// boundToOrganization tells the classes that act in the organisation of their
// token. The others are Aval itself and its operator, whom no organisation
// bounds.
func boundToOrganization(class authzv1.CallerClass) bool {
	switch class {
	case authzv1.CallerClass_CALLER_CLASS_PERSON,
		authzv1.CallerClass_CALLER_CLASS_SUPPORT,
		authzv1.CallerClass_CALLER_CLASS_API_CLIENT:
		return true
	default:
		return false
	}
}
