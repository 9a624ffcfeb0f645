package grpcserver_test

import (
	"bytes"
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/dynamicpb"

	authzv1 "github.com/aval-access/aval/proto/gen/aval/authz/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/ca"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/grpcclient"
	"github.com/aval-access/aval/services/kit/grpcserver"
	"github.com/aval-access/aval/services/kit/grpctest"
	"github.com/aval-access/aval/services/kit/grpctest/thing"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/telemetry"
)

type bundle struct {
	*grpctest.Server
	things *thing.Service
	user   id.ID
	org    id.ID
}

// standardRules has one method for each way to be let in.
func standardRules() map[string]*authzv1.Rule {
	callers := func(c ...authzv1.CallerClass) *authzv1.Rule { return &authzv1.Rule{Callers: c} }
	own := callers(authzv1.CallerClass_CALLER_CLASS_PERSON)
	own.OrganizationField = "organization_id"
	me := callers(authzv1.CallerClass_CALLER_CLASS_PERSON)
	me.Personal = true
	inner := callers(authzv1.CallerClass_CALLER_CLASS_SERVICE)
	inner.Services = []string{"consent"}
	return map[string]*authzv1.Rule{
		"Open":  callers(authzv1.CallerClass_CALLER_CLASS_ANONYMOUS),
		"Own":   own,
		"Me":    me,
		"Inner": inner,
		"Use":   callers(authzv1.CallerClass_CALLER_CLASS_PLATFORM),
		"Run":   callers(authzv1.CallerClass_CALLER_CLASS_OPERATOR),
		"Watch": proto.CloneOf(own),
	}
}

func setup(t *testing.T, options ...func(*grpctest.Options, *thing.Service)) bundle {
	t.Helper()
	s := thing.New(t, standardRules())
	o := grpctest.Options{Register: s.Register, Server: grpcserver.Options{Contracts: s.Contracts}}
	for _, option := range options {
		option(&o, s)
	}
	return bundle{Server: grpctest.Start(t, o), things: s, user: id.New(), org: id.New()}
}

// answering makes the service answer so.
func answering(do func(context.Context, *dynamicpb.Message) (proto.Message, error)) func(*grpctest.Options, *thing.Service) {
	return func(_ *grpctest.Options, s *thing.Service) { s.Do = do }
}

// T-20: each workload against each method, over real mutual TLS.
func TestWorkloadsReachTheirMethodsAlone(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ok, denied := reasonv1.Reason_REASON_UNSPECIFIED, reasonv1.Reason_REASON_PERMISSION_DENIED
	unauthenticated := reasonv1.Reason_REASON_UNAUTHENTICATED
	cases := map[string]map[string]reasonv1.Reason{
		"consent":      {"Open": ok, "Own": unauthenticated, "Me": unauthenticated, "Inner": ok, "Use": denied, "Run": denied},
		"gateway":      {"Open": ok, "Own": unauthenticated, "Me": unauthenticated, "Inner": denied, "Use": denied, "Run": denied},
		"demo-product": {"Open": ok, "Own": denied, "Me": denied, "Inner": denied, "Use": ok, "Run": denied},
		"operator":     {"Open": ok, "Own": denied, "Me": denied, "Inner": denied, "Use": denied, "Run": ok},
		"somebody":     {"Open": ok, "Own": denied, "Me": denied, "Inner": denied, "Use": denied, "Run": denied},
	}
	for name, methods := range cases {
		conn := b.Client(t, name)
		for method, want := range methods {
			t.Run(name+" calls "+method, func(t *testing.T) {
				t.Parallel()
				err := b.things.Call(t.Context(), conn, method, b.things.With("", ""))
				require.Equal(t, want, fault.ReasonOf(err), err)
			})
		}
	}
}

func TestPeople(t *testing.T) {
	t.Parallel()
	b := setup(t)
	gateway := b.Client(t, "gateway")
	as := func(token string) context.Context { return grpcclient.WithPerson(t.Context(), token) }
	mine := b.things.With(b.org.Text("org"), "")

	t.Run("a person acts in their organisation", func(t *testing.T) {
		t.Parallel()
		token := b.Signer.Person(t, b.user, b.org)
		require.NoError(t, b.things.Call(as(token), gateway, "Own", mine))
		require.NoError(t, b.things.Watch(as(token), gateway, mine))
	})

	t.Run("another organisation is not found, in streams too", func(t *testing.T) {
		t.Parallel()
		token := b.Signer.Person(t, b.user, id.New())
		for _, err := range []error{
			b.things.Call(as(token), gateway, "Own", mine),
			b.things.Watch(as(token), gateway, mine),
		} {
			require.True(t, fault.Is(err, reasonv1.Reason_REASON_NOT_FOUND), err)
		}
	})

	t.Run("a person without an organisation reaches what is personal", func(t *testing.T) {
		t.Parallel()
		token := b.Signer.Person(t, b.user, id.ID{})
		require.NoError(t, b.things.Call(as(token), gateway, "Me", mine))
		err := b.things.Call(as(token), gateway, "Own", mine)
		require.True(t, fault.Is(err, reasonv1.Reason_REASON_CONTEXT_NOT_CHOSEN), err)
	})

	t.Run("a bad token is refused even where anybody may call", func(t *testing.T) {
		t.Parallel()
		stranger := grpctest.NewSigner(t).Person(t, b.user, b.org)
		for _, value := range []string{"Bearer " + stranger, "Bearer x", "Bearer ", "Basic eDp5", ""} {
			ctx := metadata.AppendToOutgoingContext(t.Context(), "authorization", value)
			err := b.things.Call(ctx, gateway, "Open", mine)
			require.True(t, fault.Is(err, reasonv1.Reason_REASON_UNAUTHENTICATED), "%q: %v", value, err)
		}
	})

	t.Run("two tokens are refused", func(t *testing.T) {
		t.Parallel()
		value := "Bearer " + b.Signer.Person(t, b.user, b.org)
		ctx := metadata.AppendToOutgoingContext(t.Context(), "authorization", value, "authorization", value)
		err := b.things.Call(ctx, gateway, "Own", mine)
		require.True(t, fault.Is(err, reasonv1.Reason_REASON_UNAUTHENTICATED), err)
	})

	t.Run("a support token is refused: its audience is the product", func(t *testing.T) {
		t.Parallel()
		claims := b.Signer.Claims(b.user, b.org)
		claims.Audience, claims.Subject = "https://invoices.example.com", b.org.Text("org")
		claims.Act = &authn.ActClaim{Subject: b.user.Text("usr"), Organization: id.New().Text("org")}
		claims.SessionID = id.New().Text("sup")
		err := b.things.Call(as(b.Signer.Sign(t, claims)), gateway, "Own", mine)
		require.True(t, fault.Is(err, reasonv1.Reason_REASON_UNAUTHENTICATED), err)
	})

	t.Run("a product cannot speak for a person", func(t *testing.T) {
		t.Parallel()
		err := b.things.Call(as(b.Signer.Person(t, b.user, b.org)), b.Client(t, "demo-product"), "Own", mine)
		require.True(t, fault.Is(err, reasonv1.Reason_REASON_UNAUTHENTICATED), err)
	})
}

func TestTheHandlerSeesTheCaller(t *testing.T) {
	t.Parallel()
	seen := make(chan authn.Caller, 1)
	b := setup(t, answering(func(ctx context.Context, req *dynamicpb.Message) (proto.Message, error) {
		seen <- authn.FromContext(ctx)
		return req, nil
	}))
	token := b.Signer.Person(t, b.user, b.org)

	err := b.things.Call(grpcclient.WithPerson(t.Context(), token), b.Client(t, "gateway"), "Me", b.things.With("", ""))

	require.NoError(t, err)
	caller := <-seen
	require.Equal(t, authzv1.CallerClass_CALLER_CLASS_PERSON, caller.Class)
	require.Equal(t, "gateway", caller.Service)
	require.Equal(t, grpctest.ID("gateway"), caller.SPIFFE)
	require.Equal(t, b.user, caller.Person.UserID)
	require.Equal(t, token, caller.Person.Token)
	require.Equal(t, "fr", caller.Locale)
}

func TestStrangersGetNoConnection(t *testing.T) {
	t.Parallel()
	b := setup(t)
	req := b.things.With("", "")

	t.Run("without a certificate", func(t *testing.T) {
		t.Parallel()
		conn, err := grpc.NewClient(b.Addr(), grpc.WithTransportCredentials(credentials.NewTLS(insecure())))
		require.NoError(t, err)
		defer func() { require.NoError(t, conn.Close()) }()
		require.Error(t, b.things.Call(t.Context(), conn, "Open", req))
	})

	t.Run("of another trust domain", func(t *testing.T) {
		t.Parallel()
		config := b.PKI.Write(t, "foreign", ca.Request{SPIFFE: "spiffe://elsewhere/ns/aval/sa/consent"})
		conn, err := grpc.NewClient(b.Addr(), grpc.WithTransportCredentials(credentials.NewTLS(with(t, config))))
		require.NoError(t, err)
		defer func() { require.NoError(t, conn.Close()) }()
		require.Error(t, b.things.Call(t.Context(), conn, "Open", req))
	})

	t.Run("of another namespace a name is worth nothing", func(t *testing.T) {
		t.Parallel()
		config := b.PKI.Write(t, "elsewhere", ca.Request{SPIFFE: "spiffe://aval.local/ns/other/sa/consent"})
		m, err := authn.NewMTLS(config, nil)
		require.NoError(t, err)
		err = b.things.Call(t.Context(), b.ClientWith(t, m), "Inner", req)
		require.True(t, fault.Is(err, reasonv1.Reason_REASON_PERMISSION_DENIED), err)
	})
}

func TestRequestsAreValidated(t *testing.T) {
	t.Parallel()
	b := setup(t)
	gateway := b.Client(t, "gateway")
	long := b.things.With(b.org.Text("org"), "over five")

	t.Run("a broken rule names its field", func(t *testing.T) {
		t.Parallel()
		err := b.things.Call(t.Context(), gateway, "Open", long)
		details, ok := fault.Details(err)
		require.True(t, ok)
		require.Equal(t, reasonv1.Reason_REASON_INVALID_ARGUMENT, details.Reason())
		require.Equal(t, []fault.Violation{{Field: "label", Rule: "string.max_len"}}, details.Fields())
	})

	t.Run("in streams too", func(t *testing.T) {
		t.Parallel()
		ctx := grpcclient.WithPerson(t.Context(), b.Signer.Person(t, b.user, b.org))
		err := b.things.Watch(ctx, gateway, long)
		require.True(t, fault.Is(err, reasonv1.Reason_REASON_INVALID_ARGUMENT), err)
	})

	t.Run("who may not call learns nothing about the fields", func(t *testing.T) {
		t.Parallel()
		err := b.things.Call(t.Context(), gateway, "Run", long)
		require.True(t, fault.Is(err, reasonv1.Reason_REASON_PERMISSION_DENIED), err)
	})
}

// NFR: errors speak the caller's language: the token's, else accept-language,
// else French.
func TestErrorsSpeakTheCallersLanguage(t *testing.T) {
	t.Parallel()
	b := setup(t, answering(func(context.Context, *dynamicpb.Message) (proto.Message, error) {
		return nil, fault.NotFound()
	}))
	conn, err := grpc.NewClient(b.Addr(), grpc.WithTransportCredentials(credentials.NewTLS(with(t, b.PKI.Config(t, "gateway")))))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, conn.Close()) })
	claims := b.Signer.Claims(b.user, b.org)
	claims.Locale = "en"
	english := b.Signer.Sign(t, claims)
	cases := map[string]struct {
		ctx  context.Context
		want string
	}{
		"said nothing":             {t.Context(), "fr"},
		"accepts English":          {authn.WithLocale(t.Context(), "en-GB,fr;q=0.5"), "en"},
		"accepts neither":          {authn.WithLocale(t.Context(), "de"), "fr"},
		"has English in the token": {authn.WithLocale(authn.WithToken(t.Context(), english), "fr"), "en"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := b.things.Call(c.ctx, conn, "Open", b.things.With("", ""))
			require.Equal(t, c.want, localeOf(t, err))
		})
	}
}

func TestWhatNobodyExpected(t *testing.T) {
	t.Parallel()
	for name, do := range map[string]func() error{
		"an error": func() error { return errors.New("the secret cause") },
		"a panic":  func() error { panic("the secret cause") },
	} {
		t.Run(name+" is logged, and hidden from the caller", func(t *testing.T) {
			t.Parallel()
			log := &buffer{}
			observed, stop, err := telemetry.Start(t.Context(), "membership", telemetry.Config{}, telemetry.WithLogOutput(log))
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, stop(context.Background())) })
			b := setup(t,
				answering(func(context.Context, *dynamicpb.Message) (proto.Message, error) { return nil, do() }),
				func(o *grpctest.Options, _ *thing.Service) { o.Server.Telemetry = observed })

			err = b.things.Call(t.Context(), b.Client(t, "gateway"), "Open", b.things.With("", ""))

			require.True(t, fault.Is(err, reasonv1.Reason_REASON_INTERNAL), err)
			require.NotContains(t, err.Error(), "secret")
			require.Contains(t, log.String(), "the secret cause")
			require.Contains(t, log.String(), `"method":"/test.v1.Things/Open"`)
		})
	}
}

func TestAMethodWithoutARuleDoesNotStart(t *testing.T) {
	t.Parallel()
	s := thing.New(t, map[string]*authzv1.Rule{"Forgotten": nil})
	server, err := grpcserver.New(grpcserver.Options{
		Name:      "membership",
		TLS:       grpctest.NewPKI(t).MTLS(t, "membership"),
		Telemetry: telemetry.Discard(),
		Contracts: s.Contracts,
	})
	require.NoError(t, err)
	s.Register(server.GRPC())

	err = server.Component("127.0.0.1:0").Run(t.Context(), func() { t.Error("it started") })

	require.ErrorContains(t, err, "/test.v1.Things/Forgotten")
}

func localeOf(t *testing.T, err error) string {
	t.Helper()
	for _, detail := range status.Convert(err).Details() {
		if message, ok := detail.(*errdetails.LocalizedMessage); ok {
			return message.GetLocale()
		}
	}
	require.Fail(t, "no localized message", "%v", err)
	return ""
}

// buffer is a log that a server writes while a test reads.
type buffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// T-11: what a support token tries here is refused, and the log names who acted
// and in whose account.
func TestASupportTokenIsRefusedAndLoggedWithActorAndSubject(t *testing.T) {
	t.Parallel()
	log := &buffer{}
	observed, stop, err := telemetry.Start(t.Context(), "membership", telemetry.Config{}, telemetry.WithLogOutput(log))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, stop(context.Background())) })
	b := setup(t, func(o *grpctest.Options, _ *thing.Service) { o.Server.Telemetry = observed })
	partner, visit := id.New(), id.New()
	claims := b.Signer.Claims(b.user, b.org)
	claims.Subject, claims.Organization, claims.SessionID = b.org.Text("org"), "", visit.Text("sup")
	claims.Act = &authn.ActClaim{Subject: b.user.Text("usr"), Organization: partner.Text("org")}
	ctx := grpcclient.WithPerson(t.Context(), b.Signer.Sign(t, claims))

	err = b.things.Call(ctx, b.Client(t, "gateway"), "Own", b.things.With(b.org.Text("org"), ""))

	require.Error(t, err)
	for _, named := range []string{
		`"level":"WARN"`, `"user_id":"` + b.user.Text("usr"), `"account_id":"` + b.org.Text("org"),
		`"acting_for_id":"` + partner.Text("org"), `"support_session_id":"` + visit.Text("sup"),
	} {
		require.Contains(t, log.String(), named)
	}
}
