package authz_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoregistry"

	authzv1 "github.com/aval-access/aval/proto/gen/aval/authz/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/authz"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
)

const (
	anonymous = authzv1.CallerClass_CALLER_CLASS_ANONYMOUS
	person    = authzv1.CallerClass_CALLER_CLASS_PERSON
	support   = authzv1.CallerClass_CALLER_CLASS_SUPPORT
	service   = authzv1.CallerClass_CALLER_CLASS_SERVICE
	platform  = authzv1.CallerClass_CALLER_CLASS_PLATFORM
	operator  = authzv1.CallerClass_CALLER_CLASS_OPERATOR
)

type classes = []authzv1.CallerClass

func TestRulesRefuseContradictions(t *testing.T) {
	t.Parallel()
	cases := map[string]*authzv1.Rule{
		"no rule":                                 nil,
		"nobody may call":                         {},
		"the unspecified class":                   {Callers: classes{0}},
		"SERVICE without names":                   {Callers: classes{service}},
		"names without SERVICE":                   {Callers: classes{person}, Services: []string{"consent"}},
		"a permission without a level":            {Callers: classes{person}, Permission: "aval/members"},
		"a permission with level NONE":            {Callers: classes{person}, Permission: "aval/members", Level: authzv1.Level_LEVEL_NONE},
		"a level without a permission":            {Callers: classes{person}, Level: authzv1.Level_LEVEL_GUEST},
		"a personal method with a permission":     {Callers: classes{person}, Personal: true, Permission: "a/b", Level: authzv1.Level_LEVEL_GUEST},
		"anybody, with a permission":              {Callers: classes{anonymous}, Permission: "a/b", Level: authzv1.Level_LEVEL_GUEST},
		"anybody, in an organisation":             {Callers: classes{anonymous}, OrganizationField: "organization_id"},
		"before a factor, of nobody":              {Callers: classes{anonymous}, BeforeFactor: true},
		"an organisation field that is not there": {Callers: classes{person}, OrganizationField: "org"},
	}
	for name, rule := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := authz.Rules(contract(t, rule))
			require.ErrorContains(t, err, method)
		})
	}
}

func TestAPermissionNeedsSomebodyWhoDecides(t *testing.T) {
	t.Parallel()
	rules, err := authz.Rules(contract(t, membersRule()))
	require.NoError(t, err)
	require.Equal(t, []string{method}, rules.Methods())

	_, err = authz.New(rules, nil)

	require.ErrorContains(t, err, method)
}

// G1, T-20: every class of caller against every kind of rule.
func TestAdmittedClass(t *testing.T) {
	t.Parallel()
	org := id.New()
	gateway := workload(service, "gateway")
	consent := workload(service, "consent")
	forConsent := &authzv1.Rule{Callers: classes{service}, Services: []string{"consent"}}
	both := &authzv1.Rule{Callers: classes{service, person}, Services: []string{"consent"}}
	forAnybody := &authzv1.Rule{Callers: classes{anonymous}}
	forPerson := &authzv1.Rule{Callers: classes{person}}
	toProve := &authzv1.Rule{Callers: classes{person}, BeforeFactor: true}
	forWorkloads := &authzv1.Rule{Callers: classes{platform, operator}}
	unauthenticated, denied := reasonv1.Reason_REASON_UNAUTHENTICATED, reasonv1.Reason_REASON_PERMISSION_DENIED
	cases := []struct {
		name   string
		rule   *authzv1.Rule
		caller authn.Caller
		class  authzv1.CallerClass
		reason reasonv1.Reason
	}{
		{"the named service", forConsent, consent, service, 0},
		{"another service", forConsent, gateway, 0, denied},
		{"the named service with a person's token", forConsent, withPerson(consent, org), service, 0},
		{"another service with a person's token", forConsent, withPerson(gateway, org), 0, denied},
		{"a product under a service's name", forConsent, workload(anonymous, "consent"), 0, denied},
		{"a token decides PERSON first", both, withPerson(consent, org), person, 0},
		{"without a token the service remains", both, consent, service, 0},
		{"the gateway without a token", both, gateway, 0, unauthenticated},
		{"a stranger is denied, since no token would help", both, workload(anonymous, "x"), 0, denied},
		{"a person", forPerson, withPerson(gateway, org), person, 0},
		{"the gateway without a token where a person is asked", forPerson, gateway, 0, unauthenticated},
		{"the operator where a person is asked", forPerson, workload(operator, "operator"), 0, denied},
		{"a support token where a person is asked", forPerson, withSupport(gateway, org), 0, denied},
		{"a support token where support is asked", &authzv1.Rule{Callers: classes{support}}, withSupport(gateway, org), support, 0},
		{"the operator", forWorkloads, workload(operator, "operator"), operator, 0},
		{"a product", forWorkloads, workload(platform, "demo-product"), platform, 0},
		{"a service where products are asked", forWorkloads, gateway, 0, denied},
		{"a person where products are asked", forWorkloads, withPerson(gateway, org), 0, denied},
		{"anybody", forAnybody, workload(anonymous, "x"), anonymous, 0},
		{"the gateway for anybody", forAnybody, gateway, anonymous, 0},
		{"a person where anybody may", forAnybody, withPerson(gateway, org), anonymous, 0},
		{"nobody at all", forAnybody, authn.Caller{}, 0, unauthenticated},
		{"a person who owes a factor", forPerson, owing(gateway, org), 0, reasonv1.Reason_REASON_SECOND_FACTOR_REQUIRED},
		{"one who owes it, where it is proven", toProve, owing(gateway, org), person, 0},
		{"one who owes it, where anybody may", forAnybody, owing(gateway, org), anonymous, 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := authorizer(t, c.rule, nil).Admit(c.caller, method)

			require.Equal(t, c.reason, fault.ReasonOf(err))
			if c.reason == 0 {
				require.Equal(t, c.class, got.Class)
				require.Equal(t, c.caller.Person, got.Person)
			}
		})
	}

	t.Run("a method without a rule admits nobody", func(t *testing.T) {
		t.Parallel()
		_, err := authorizer(t, forAnybody, nil).Admit(gateway, "/test.v1.Things/Other")
		require.True(t, fault.Is(err, denied))
	})
}

func TestOrganizationOfTheRequest(t *testing.T) {
	t.Parallel()
	own, other := id.New(), id.New()
	rule := &authzv1.Rule{
		Callers:           classes{person, operator, service},
		Services:          []string{"consent"},
		OrganizationField: "organization_id",
	}
	gateway := workload(service, "gateway")
	notFound := reasonv1.Reason_REASON_NOT_FOUND
	cases := []struct {
		name   string
		caller authn.Caller
		named  string
		reason reasonv1.Reason
	}{
		{"a person's own", withPerson(gateway, own), own.Text("org"), 0},
		{"somebody else's is not found", withPerson(gateway, own), other.Text("org"), notFound},
		{"none is not found", withPerson(gateway, own), "", notFound},
		{"a malformed one is not found", withPerson(gateway, own), "org_1", notFound},
		{"another type of id is not found", withPerson(gateway, own), own.Text("usr"), notFound},
		{"a person who chose none", withPerson(gateway, id.ID{}), own.Text("org"), reasonv1.Reason_REASON_CONTEXT_NOT_CHOSEN},
		{"the operator is bound to none", workload(operator, "operator"), other.Text("org"), 0},
		{"a service is bound to none", workload(service, "consent"), other.Text("org"), 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			req := request(t, rule, c.named)
			_, err := authorizer(t, rule, nil).Enforce(t.Context(), c.caller, method, req)
			require.Equal(t, c.reason, fault.ReasonOf(err), err)
		})
	}
}

func TestPersonalMethodsNeedNoOrganization(t *testing.T) {
	t.Parallel()
	intermediate := withPerson(workload(service, "gateway"), id.ID{})
	for _, rule := range []*authzv1.Rule{
		{Callers: classes{person}, Personal: true},
		{Callers: classes{anonymous, person}},
	} {
		req := request(t, rule, "")
		got, err := authorizer(t, rule, nil).Enforce(t.Context(), intermediate, method, req)
		require.NoError(t, err)
		require.Equal(t, person, got.Class)
	}
}

func TestPermission(t *testing.T) {
	t.Parallel()
	org := id.New()
	caller := withPerson(workload(service, "gateway"), org)
	req := request(t, membersRule(), org.Text("org"))

	t.Run("the decider is asked for the person in their organisation", func(t *testing.T) {
		t.Parallel()
		want := authz.Question{
			UserID: caller.Person.UserID, OrganizationID: org,
			Feature: "aval/members", Level: authzv1.Level_LEVEL_APPROVER,
		}
		decide := func(_ context.Context, q authz.Question) (bool, error) { return q == want, nil }
		_, err := authorizer(t, membersRule(), decide).Enforce(t.Context(), caller, method, req)
		require.NoError(t, err)
	})

	t.Run("a right that is missing is denied", func(t *testing.T) {
		t.Parallel()
		decide := func(context.Context, authz.Question) (bool, error) { return false, nil }
		_, err := authorizer(t, membersRule(), decide).Enforce(t.Context(), caller, method, req)
		require.True(t, fault.Is(err, reasonv1.Reason_REASON_PERMISSION_DENIED))
	})

	t.Run("no answer is no permission", func(t *testing.T) {
		t.Parallel()
		broken := errors.New("broken")
		decide := func(context.Context, authz.Question) (bool, error) { return true, broken }
		_, err := authorizer(t, membersRule(), decide).Enforce(t.Context(), caller, method, req)
		require.ErrorIs(t, err, broken)
	})

	t.Run("another organisation is not even asked about", func(t *testing.T) {
		t.Parallel()
		decide := func(context.Context, authz.Question) (bool, error) { panic("asked") }
		foreign := request(t, membersRule(), id.New().Text("org"))
		_, err := authorizer(t, membersRule(), decide).Enforce(t.Context(), caller, method, foreign)
		require.True(t, fault.Is(err, reasonv1.Reason_REASON_NOT_FOUND))
	})
}

func TestRuleOfAnUnknownMethod(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"/grpc.health.v1.Nothing/Check", "/aval.authz.v1/Rule", ""} {
		_, err := authz.RuleIn(protoregistry.GlobalFiles, name)
		require.Error(t, err)
	}
}

func membersRule() *authzv1.Rule {
	return &authzv1.Rule{
		Callers:           classes{person},
		Permission:        "aval/members",
		Level:             authzv1.Level_LEVEL_APPROVER,
		OrganizationField: "organization_id",
	}
}

func authorizer(t *testing.T, rule *authzv1.Rule, decide authz.DeciderFunc) *authz.Authorizer {
	t.Helper()
	rules, err := authz.Rules(contract(t, rule))
	require.NoError(t, err)
	if decide == nil {
		decide = func(context.Context, authz.Question) (bool, error) { panic("asked") }
	}
	a, err := authz.New(rules, decide)
	require.NoError(t, err)
	return a
}

func workload(class authzv1.CallerClass, name string) authn.Caller {
	return authn.Caller{Class: class, Service: name, SPIFFE: "spiffe://aval.local/ns/aval/sa/" + name}
}

func withPerson(c authn.Caller, organization id.ID) authn.Caller {
	c.Person = &authn.Person{UserID: id.New(), OrganizationID: organization}
	c.Class = c.PersonClass()
	return c
}

func owing(c authn.Caller, organization id.ID) authn.Caller {
	c = withPerson(c, organization)
	c.Person.FactorDue = true
	return c
}

func withSupport(c authn.Caller, organization id.ID) authn.Caller {
	c = withPerson(c, organization)
	c.Person.Act = &authn.Actor{UserID: c.Person.UserID, OrganizationID: id.New()}
	c.Class = c.PersonClass()
	return c
}

func TestRuleIn(t *testing.T) {
	t.Parallel()
	rule, err := authz.RuleIn(things(t, membersRule()).Contracts, method)
	require.NoError(t, err)
	require.True(t, proto.Equal(membersRule(), rule))
}
