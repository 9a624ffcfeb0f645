package authz

import (
	"context"
	"fmt"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	authzv1 "github.com/aval-access/aval/proto/gen/aval/authz/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
)

// Question asks whether a person holds a right in an organisation.
type Question struct {
	UserID, OrganizationID id.ID
	// Feature is such as "aval/members".
	Feature string
	// Level is the least level that is enough.
	Level authzv1.Level
}

// Decider answers questions: membership by its own rules, the other services
// by asking membership. An error means that there is no answer now.
type Decider interface {
	Decide(ctx context.Context, q Question) (bool, error)
}

// DeciderFunc makes a function a Decider.
type DeciderFunc func(ctx context.Context, q Question) (bool, error)

// Decide calls the function.
func (f DeciderFunc) Decide(ctx context.Context, q Question) (bool, error) { return f(ctx, q) }

// Authorizer enforces a set of rules.
type Authorizer struct {
	rules   *RuleSet
	decider Decider
}

// New makes an Authorizer. A nil decider is an error when some rule asks for a
// permission.
func New(rules *RuleSet, decider Decider) (*Authorizer, error) {
	for _, method := range rules.Methods() {
		if decider == nil && rules.Rule(method).GetPermission() != "" {
			return nil, fmt.Errorf("the rule of %s asks for a permission, and nobody decides", method)
		}
	}
	return &Authorizer{rules: rules, decider: decider}, nil
}

// Admit gives the caller with the class under which the method lets it in. It
// looks at the classes alone, before any request is read:
// REASON_UNAUTHENTICATED when a token is missing, REASON_PERMISSION_DENIED when
// this kind of caller may not.
func (a *Authorizer) Admit(caller authn.Caller, fullMethod string) (authn.Caller, error) {
	rule := a.rules.Rule(fullMethod)
	if rule == nil {
		return caller, fault.New(reasonv1.Reason_REASON_PERMISSION_DENIED, fault.Cause(
			fmt.Errorf("the method %s has no rule", fullMethod)))
	}
	class, err := admittedClass(rule, caller)
	if err != nil {
		return caller, err
	}
	caller.Class = class
	return caller, nil
}

// Enforce admits the caller and checks what the rule asks of this request. It
// gives the caller with the class that was taken.
func (a *Authorizer) Enforce(
	ctx context.Context, caller authn.Caller, fullMethod string, req proto.Message,
) (authn.Caller, error) {
	caller, err := a.Admit(caller, fullMethod)
	if err != nil {
		return caller, err
	}
	rule := a.rules.Rule(fullMethod)
	if !boundToOrganization(caller.Class) || allows(rule, authzv1.CallerClass_CALLER_CLASS_ANONYMOUS) {
		return caller, nil
	}
	if err := checkOrganization(rule, *caller.Person, req); err != nil {
		return caller, err
	}
	return caller, a.checkPermission(ctx, rule, *caller.Person)
}

func (a *Authorizer) checkPermission(ctx context.Context, rule *authzv1.Rule, p authn.Person) error {
	if rule.GetPermission() == "" {
		return nil
	}
	allowed, err := a.decider.Decide(ctx, Question{
		UserID:         p.UserID,
		OrganizationID: p.OrganizationID,
		Feature:        rule.GetPermission(),
		Level:          rule.GetLevel(),
	})
	if err != nil {
		return fmt.Errorf("asking for the right %s: %w", rule.GetPermission(), err)
	}
	if !allowed {
		return fault.New(reasonv1.Reason_REASON_PERMISSION_DENIED, fault.Meta("permission", rule.GetPermission()))
	}
	return nil
}

// checkOrganization: the organisation named in the request must be the one
// that the person acts in. Anything else is not found, so that the answer does
// not tell whether it exists.
func checkOrganization(rule *authzv1.Rule, p authn.Person, req proto.Message) error {
	if p.OrganizationID.IsZero() && !rule.GetPersonal() {
		return fault.New(reasonv1.Reason_REASON_CONTEXT_NOT_CHOSEN)
	}
	name := protoreflect.Name(rule.GetOrganizationField())
	if name == "" {
		return nil
	}
	message := req.ProtoReflect()
	field := message.Descriptor().Fields().ByName(name)
	own := p.OrganizationID.Text("org")
	if field == nil || own == "" || message.Get(field).String() != own {
		return fault.NotFound()
	}
	return nil
}
