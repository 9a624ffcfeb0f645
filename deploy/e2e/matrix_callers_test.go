package e2e

import (
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"

	"github.com/aval-access/aval/deploy/journey"
	"github.com/aval-access/aval/deploy/stack"
	authzv1 "github.com/aval-access/aval/proto/gen/aval/authz/v1"
	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/ca"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/jwtkey"
)

const (
	classPerson   = authzv1.CallerClass_CALLER_CLASS_PERSON
	classSupport  = authzv1.CallerClass_CALLER_CLASS_SUPPORT
	classService  = authzv1.CallerClass_CALLER_CLASS_SERVICE
	classPlatform = authzv1.CallerClass_CALLER_CLASS_PLATFORM
	classOperator = authzv1.CallerClass_CALLER_CLASS_OPERATOR
	classNobody   = authzv1.CallerClass_CALLER_CLASS_ANONYMOUS
)

// caller is one row of the matrix.
type caller struct {
	name  string
	conns map[string]*grpc.ClientConn
	// unconnected callers get no connection; the token of mistrusted ones, or
	// their bringing one, is refused.
	unconnected, mistrusted bool
	workload                authzv1.CallerClass
	service                 string
	token                   string
	// again gives the token with the same claims and minutes to live: the walk
	// takes longer than a token lives. nil: the token stays as it is.
	again func() string
	// person is PERSON or SUPPORT when the token is accepted.
	person     authzv1.CallerClass
	user, org  string
	forPartner bool
}

// connsWith connects to every service with one certificate; none when nil.
func connsWith(t *testing.T, certificate *tls.Certificate) map[string]*grpc.ClientConn {
	t.Helper()
	// Whose server it is does not matter here: the stack is this process.
	config := &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS13}
	if certificate != nil {
		config.Certificates = []tls.Certificate{*certificate}
	}
	conns := map[string]*grpc.ClientConn{}
	for _, service := range stack.Services {
		conn, err := grpc.NewClient(shared.stack.Address(service), grpc.WithTransportCredentials(credentials.NewTLS(config)))
		require.NoError(t, err)
		t.Cleanup(func() { _ = conn.Close() })
		conns[service] = conn
	}
	return conns
}

func issue(t *testing.T, authority *ca.CA, r ca.Request) *tls.Certificate {
	t.Helper()
	cert, key, err := authority.Sign(r)
	require.NoError(t, err)
	pair, err := tls.X509KeyPair(cert, key)
	require.NoError(t, err)
	return &pair
}

func workload(t *testing.T, name string) map[string]*grpc.ClientConn {
	t.Helper()
	paths := shared.stack.Certificate(name)
	pair, err := tls.LoadX509KeyPair(paths.Cert, paths.Key)
	require.NoError(t, err)
	return connsWith(t, &pair)
}

// strangers have no certificate that counts, or one of nobody in particular.
func strangers(t *testing.T) []caller {
	t.Helper()
	ours, err := ca.Load(shared.stack.Dir() + "/certs")
	require.NoError(t, err)
	theirs, err := ca.New()
	require.NoError(t, err)
	consent := stack.SPIFFEID("consent")
	return []caller{
		{name: "no certificate", conns: connsWith(t, nil), unconnected: true},
		{name: "another authority's certificate", conns: connsWith(t, issue(t, theirs, ca.Request{SPIFFE: consent})), unconnected: true},
		{name: "another trust domain's certificate", conns: connsWith(t, issue(t, ours, ca.Request{SPIFFE: "spiffe://elsewhere.example/ns/aval/sa/consent"})), unconnected: true},
		{name: "an expired certificate", conns: connsWith(t, issue(t, ours, ca.Request{SPIFFE: consent, NotAfter: time.Now().Add(-time.Hour)})), unconnected: true},
		{name: "an unlisted workload", conns: connsWith(t, issue(t, ours, ca.Request{SPIFFE: stack.SPIFFEID("stranger")})), workload: classNobody},
		{name: "a service's name in another namespace", conns: connsWith(t, issue(t, ours, ca.Request{SPIFFE: "spiffe://" + stack.TrustDomain + "/ns/other/sa/consent"})), workload: classNobody},
	}
}

// workloads act with their certificates alone.
func workloads(t *testing.T) map[string]caller {
	t.Helper()
	out := map[string]caller{
		stack.Operator:    {workload: classOperator},
		stack.DemoProduct: {workload: classPlatform},
	}
	for _, name := range append([]string{"gateway"}, stack.Services...) {
		out[name] = caller{workload: classService, service: name}
	}
	for name, one := range out {
		one.name, one.conns = "the certificate of "+name, workload(t, name)
		out[name] = one
	}
	return out
}

// tokenFor signs a person in and gives the token that the gateway would
// forward; intermediate without an organisation.
func tokenFor(t *testing.T, p journey.Person, organization string) string {
	t.Helper()
	auth := identityv1.NewAuthServiceClient(shared.edge.Conns["identity"])
	opened, err := auth.SignIn(t.Context(), &identityv1.SignInRequest{Email: p.Email, Password: p.Password})
	require.NoError(t, err)
	token := resolved(t, opened.GetSessionToken())
	if organization == "" {
		return token
	}
	chosen, err := auth.SelectContext(authn.WithToken(t.Context(), token), &identityv1.SelectContextRequest{OrganizationId: organization})
	require.NoError(t, err)
	return resolved(t, chosen.GetSessionToken())
}

func resolved(t *testing.T, session string) string {
	t.Helper()
	auth := identityv1.NewAuthServiceClient(shared.edge.Conns["identity"])
	answer, err := auth.ResolveSession(t.Context(), &identityv1.ResolveSessionRequest{SessionToken: session})
	require.NoError(t, err)
	return answer.GetAccessToken()
}

// people come through the gateway with their tokens.
func people(t *testing.T, gateway caller, own marked) []caller {
	t.Helper()
	as := func(name string, p journey.Person, organization string) caller {
		out := gateway
		out.name, out.token, out.person = name, tokenFor(t, p, organization), classPerson
		out.user, out.org, out.forPartner = p.UserID, organization, organization == own.partner.ID
		return out
	}
	return []caller{
		as("a client's owner", own.client.Owner, own.client.ID),
		as("a client's member", own.member, own.client.ID),
		as("a partner's owner", own.partner.Owner, own.partner.ID),
		as("a collaborator", own.person, own.partner.ID),
		as("a person without an organisation", own.client.Owner, ""),
	}
}

// impostors bring tokens that are not what they should be. The keys are the
// stack's: only the claims are wrong.
func impostors(t *testing.T, all map[string]caller, person caller, other marked) []caller {
	t.Helper()
	ring, err := jwtkey.Load(shared.stack.Dir() + "/keys")
	require.NoError(t, err)
	sign := func(change func(*authn.Claims)) string {
		claims := personClaims(person)
		change(&claims)
		token, err := authn.Sign(ring.Signing().Private, ring.Signing().ID, claims)
		require.NoError(t, err)
		return token
	}
	forwarded := func(name, by, token string) caller {
		out := all[by]
		out.name, out.token, out.mistrusted = name, token, true
		return out
	}
	inside := forwarded("a support token for Aval itself", "gateway", sign(func(c *authn.Claims) {
		c.Subject, c.Organization, c.SessionID = other.client.ID, "", other.visit.GetSupportSession().GetId()
		c.Act = &authn.ActClaim{Subject: other.person.UserID, Organization: other.partner.ID}
	}))
	inside.mistrusted, inside.person, inside.user, inside.org = false, classSupport, other.person.UserID, other.client.ID
	return []caller{
		inside,
		forwarded("a product's support token", "gateway", other.support),
		forwarded("a token for another audience", "gateway", sign(func(c *authn.Claims) { c.Audience = shared.stack.DemoURL() })),
		forwarded("a token of another issuer", "gateway", sign(func(c *authn.Claims) { c.Issuer = "https://elsewhere.example" })),
		forwarded("an expired token", "gateway", sign(func(c *authn.Claims) { c.Expiry = c.IssuedAt })),
		forwarded("a person's token from a product", stack.DemoProduct, person.token),
		forwarded("a person's token from the operator", stack.Operator, person.token),
	}
}

// lasting signs a token's claims again every two minutes.
func lasting(t *testing.T, ring *jwtkey.Ring, token string) func() string {
	t.Helper()
	payload, err := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[1])
	require.NoError(t, err)
	var claims authn.Claims
	require.NoError(t, json.Unmarshal(payload, &claims))
	var mu sync.Mutex
	since := time.Now()
	return func() string {
		mu.Lock()
		defer mu.Unlock()
		if now := time.Now(); now.Sub(since) > 2*time.Minute {
			claims.IssuedAt, claims.NotBefore = jwt.NewNumericDate(now), jwt.NewNumericDate(now)
			claims.Expiry = jwt.NewNumericDate(now.Add(4 * time.Minute))
			signed, err := authn.Sign(ring.Signing().Private, ring.Signing().ID, claims)
			if err == nil {
				token, since = signed, now
			}
		}
		return token
	}
}

func personClaims(person caller) authn.Claims {
	now := time.Now()
	return authn.Claims{
		Issuer: shared.stack.URL(), Subject: person.user, Audience: authn.Audience, Organization: person.org,
		SessionID: id.New().Text("ses"), AMR: []string{"pwd"},
		IssuedAt: jwt.NewNumericDate(now), NotBefore: jwt.NewNumericDate(now), Expiry: jwt.NewNumericDate(now.Add(4 * time.Minute)),
	}
}
