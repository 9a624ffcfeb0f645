package e2e

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	"github.com/aval-access/aval/deploy/stack"
	authzv1 "github.com/aval-access/aval/proto/gen/aval/authz/v1"
	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/jwtkey"
)

// supportTokens are the token that the visit's product holds, and one like it
// for Aval itself, which nobody issues.
func (b bundle) supportTokens(t *testing.T, v visiting) map[string]string {
	t.Helper()
	redirected := v.visit.GetRedirectUrl()
	issued, err := b.Redeem(t.Context(), redirected[strings.LastIndex(redirected, "=")+1:])
	require.NoError(t, err)
	ring, err := jwtkey.Load(shared.stack.Dir() + "/keys")
	require.NoError(t, err)
	claims := personClaims(caller{user: v.client.ID})
	claims.SessionID = v.visit.GetSupportSession().GetId()
	claims.Act = &authn.ActClaim{Subject: v.person.UserID, Organization: v.partner.ID}
	forged, err := authn.Sign(ring.Signing().Private, ring.Signing().ID, claims)
	require.NoError(t, err)
	return map[string]string{"the product's": issued.GetAccessToken(), "one for Aval": forged}
}

// T-11: a support session tries every method of Aval: members, rights, consent,
// other people's credentials, another session out of its own. None of those that
// ask who calls lets it in.
func TestASupportSessionReachesNothingOfAval(t *testing.T) {
	t.Parallel()
	b := setup(t, shared.edge)
	tokens := b.supportTokens(t, b.visiting(t))
	methods, err := allMethods()
	require.NoError(t, err)
	gateway, tried := workload(t, "gateway"), 0
	for _, method := range methods {
		nobody := slices.Contains(method.rule.GetCallers(), authzv1.CallerClass_CALLER_CLASS_ANONYMOUS)
		if nobody || slices.Contains(method.rule.GetServices(), "gateway") {
			continue // these ask no person who they are
		}
		require.NotContains(t, method.rule.GetCallers(), authzv1.CallerClass_CALLER_CLASS_SUPPORT, method.name)
		service := strings.Split(string(method.ParentFile().Package()), ".")[1]
		for whose, token := range tokens {
			_, err := invoke(authn.WithToken(t.Context(), token), gateway[service], method, message(t, method.Input()))
			require.Contains(t, []codes.Code{codes.PermissionDenied, codes.Unauthenticated, codes.NotFound, codes.Unimplemented},
				status.Code(err), "%s with %s token: %v", method.name, whose, err)
			tried++
		}
	}
	require.Greater(t, tried, 200)
}

func message(t *testing.T, of protoreflect.MessageDescriptor) proto.Message {
	t.Helper()
	found, err := protoregistry.GlobalTypes.FindMessageByName(of.FullName())
	require.NoError(t, err)
	return found.New().Interface()
}

// T-11: nor does the decision: not beyond what was granted, in another account,
// for another person, or once the session is over; and the session cannot be
// made into another token by anybody but its product.
func TestASupportSessionGrowsNowhere(t *testing.T) {
	t.Parallel()
	b := setup(t, shared.edge)
	v, other := b.visiting(t), b.visiting(t)
	session := v.visit.GetSupportSession().GetId()
	require.True(t, b.allowed(t, v, "management/invoices"))
	for _, excluded := range []string{
		"account/users", "account/invoices", "spending", "accounting/bank", "emailings", "aval/members", "aval/rights",
		"aval/invitations", "aval/billing", "aval/consent.approve", "aval/integrations", "aval/organization",
	} {
		require.False(t, b.allowed(t, v, excluded), excluded)
	}
	for name, asked := range map[string]struct{ subject, account, session string }{
		"another account":          {v.person.UserID, other.client.ID, session},
		"another person":           {other.person.UserID, v.client.ID, session},
		"the account itself":       {v.client.ID, v.client.ID, session},
		"another visit's session":  {v.person.UserID, v.client.ID, other.visit.GetSupportSession().GetId()},
		"no session":               {v.person.UserID, v.client.ID, ""},
		"the partner's own things": {v.person.UserID, v.partner.ID, session},
	} {
		answer, err := b.Check(t.Context(), asked.subject, asked.account, asked.session, "management/invoices")
		require.False(t, err == nil && answer.GetAllowed(), name)
	}

	renew := &identityv1.RenewSupportTokenRequest{SupportSessionId: session}
	held := b.supportTokens(t, v)["the product's"]
	for _, name := range []string{"gateway", stack.Operator, "consent"} {
		conns := workload(t, name)
		_, err := identityv1.NewTokenServiceClient(conns["identity"]).RenewSupportToken(authn.WithToken(t.Context(), held), renew)
		require.Error(t, err, "%s exchanges nothing", name)
	}
	renewed, err := identityv1.NewTokenServiceClient(b.Product["identity"]).RenewSupportToken(t.Context(), renew)
	require.NoError(t, err)
	require.NotEqual(t, held, renewed.GetToken().GetAccessToken())
	_, err = b.Withdraw(t.Context(), v.client.Owner, v.consent.GetId())
	require.NoError(t, err)
	_, err = identityv1.NewTokenServiceClient(b.Product["identity"]).RenewSupportToken(t.Context(), renew)
	require.Error(t, err, "what is over is not renewed")
	require.False(t, b.allowed(t, v, "management/invoices"))
}
