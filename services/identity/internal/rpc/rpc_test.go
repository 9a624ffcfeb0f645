package rpc_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"

	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/identity/internal/app"
	"github.com/aval-access/aval/services/identity/internal/credential"
	"github.com/aval-access/aval/services/identity/internal/device"
	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/identity/internal/issuer"
	"github.com/aval-access/aval/services/identity/internal/limit"
	"github.com/aval-access/aval/services/identity/internal/postgres"
	"github.com/aval-access/aval/services/identity/internal/rpc"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/email"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/grpcclient"
	"github.com/aval-access/aval/services/kit/grpcserver"
	"github.com/aval-access/aval/services/kit/grpctest"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/jwtkey"
	"github.com/aval-access/aval/services/kit/pgtest"
	"github.com/aval-access/aval/services/kit/telemetry"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

const (
	address  = "camille.martin@cabinet.fr"
	password = "quatre chevaux verts dansent"
	pepper   = "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s="
)

// bundle is identity's server on loopback, as its own issuer; the siblings that
// it would ask are not there.
type bundle struct {
	*grpctest.Server
	register app.Register
}

func setup(t *testing.T) bundle {
	t.Helper()
	dir := t.TempDir()
	_, err := jwtkey.Generate(dir)
	require.NoError(t, err)
	keys, err := issuer.New(grpctest.Issuer, dir)
	require.NoError(t, err)
	verifier, err := authn.NewVerifier(authn.VerifierOptions{Keys: keys, Issuer: grpctest.Issuer})
	require.NoError(t, err)
	peppers, err := credential.ParsePeppers(pepper)
	require.NoError(t, err)
	db, now := pgtest.DB(t, "identity", postgres.Migrations), clock.System{}
	devices, err := device.NewSealer([]byte(pepper), now)
	require.NoError(t, err)
	limits, err := limit.New(db, now, []byte(pepper), limit.Rules{
		SignInTries: 5, SignInsPerNetwork: 100, MailsPerHour: 3, MailsPerDay: 10, MailsPerNetwork: 20,
	})
	require.NoError(t, err)
	check := app.CheckPassword{Hasher: credential.NewHasher(peppers), Limits: limits, Devices: devices}
	codes := app.SupportCodes{DB: db}
	server := grpctest.Start(t, grpctest.Options{
		Server: grpcserver.Options{Name: "identity", Verifier: verifier},
		Register: func(g *grpc.Server) {
			identityv1.RegisterAuthServiceServer(g, &rpc.Auth{
				Edge:               rpc.Edge(grpctest.ID("gateway")),
				SignInCase:         app.SignIn{DB: db, Clock: now, Check: check, Log: telemetry.Discard().Log},
				SignOutCase:        app.SignOut{DB: db, Clock: now},
				ResolveSessionCase: app.ResolveSession{DB: db, Clock: now, Issuer: keys},
			})
			identityv1.RegisterUserServiceServer(g, &rpc.User{DB: db, EndSessionsCase: app.EndSessions{DB: db, Clock: now}})
			identityv1.RegisterTokenServiceServer(g, &rpc.Token{
				Keys: keys, Codes: codes, Tokens: app.SupportTokens{Codes: codes, Issuer: keys, Clock: now},
			})
		},
	})
	rules := domain.PasswordRules{Known: func(string) bool { return false }}
	return bundle{Server: server, register: app.Register{
		DB: db, Clock: now, Hasher: check.Hasher, Rules: rules, Devices: devices,
	}}
}

func (b bundle) registered(t *testing.T) domain.Session {
	t.Helper()
	parsed, err := email.Parse(address)
	require.NoError(t, err)
	opened, err := b.register.Do(t.Context(), app.Registration{Proof: app.Proof{Address: parsed}, Password: password})
	require.NoError(t, err)
	return opened.Session
}

// R108: signed in by address and password, known everywhere by a token.
func TestSignInToSignOut(t *testing.T) {
	t.Parallel()
	b := setup(t)
	user := b.registered(t).UserID.Text("usr")
	gateway := b.Client(t, "gateway")
	auth, users := identityv1.NewAuthServiceClient(gateway), identityv1.NewUserServiceClient(gateway)

	in, err := auth.SignIn(t.Context(), &identityv1.SignInRequest{Email: address, Password: password})
	require.NoError(t, err)
	require.Equal(t, user, in.GetSession().GetUserId())
	require.Empty(t, in.GetSession().GetOrganizationId())
	resolve := &identityv1.ResolveSessionRequest{SessionToken: in.GetSessionToken()}
	resolved, err := auth.ResolveSession(t.Context(), resolve)
	require.NoError(t, err)
	require.WithinDuration(t, time.Now().Add(authn.TokenLifetime), resolved.GetExpireTime().AsTime(), 10*time.Second)

	asPerson := grpcclient.WithPerson(t.Context(), resolved.GetAccessToken())
	me, err := users.GetMe(asPerson, &identityv1.GetMeRequest{})
	require.NoError(t, err)
	require.Equal(t, user, me.GetUser().GetId())
	require.Equal(t, address, me.GetUser().GetEmail())

	_, err = auth.SignOut(asPerson, &identityv1.SignOutRequest{})
	require.NoError(t, err)
	_, err = auth.ResolveSession(t.Context(), resolve)
	require.True(t, fault.Is(err, reasonv1.Reason_REASON_SESSION_EXPIRED), "%v", err)
}

func TestSignInRefuses(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.registered(t)
	auth := identityv1.NewAuthServiceClient(b.Client(t, "gateway"))
	for _, in := range []*identityv1.SignInRequest{
		{Email: address, Password: password + " "},
		{Email: "inconnu@cabinet.fr", Password: password},
	} {
		_, err := auth.SignIn(t.Context(), in)
		require.True(t, fault.Is(err, reasonv1.Reason_REASON_CREDENTIALS_REFUSED), "%v", err)
	}
}

// R43: the gateway alone exchanges sessions, services alone read people.
func TestCallers(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, name := range []string{"consent", "demo-product", "operator"} {
		_, err := identityv1.NewAuthServiceClient(b.Client(t, name)).
			ResolveSession(t.Context(), &identityv1.ResolveSessionRequest{SessionToken: "x"})
		require.True(t, fault.Is(err, reasonv1.Reason_REASON_PERMISSION_DENIED), "%s: %v", name, err)
	}
	_, err := identityv1.NewUserServiceClient(b.Client(t, "gateway")).
		BatchGetUsers(t.Context(), &identityv1.BatchGetUsersRequest{UserIds: []string{id.New().Text("usr")}})
	require.True(t, fault.Is(err, reasonv1.Reason_REASON_PERMISSION_DENIED), "%v", err)
}

func TestUsersForServices(t *testing.T) {
	t.Parallel()
	b := setup(t)
	user := b.registered(t).UserID.Text("usr")
	consent := identityv1.NewUserServiceClient(b.Client(t, "consent"))
	found, err := consent.BatchGetUsers(t.Context(), &identityv1.BatchGetUsersRequest{UserIds: []string{id.New().Text("usr"), user}})
	require.NoError(t, err)
	require.Len(t, found.GetUsers(), 1)
	require.Equal(t, address, found.GetUsers()[0].GetEmail())

	_, err = consent.BatchGetUsers(t.Context(), &identityv1.BatchGetUsersRequest{UserIds: []string{"usr_8zzzzzzzzzzzzzzzzzzzzzzzzz"}})
	require.True(t, fault.Is(err, reasonv1.Reason_REASON_INVALID_ARGUMENT), "%v", err)

	support := identityv1.NewUserServiceClient(b.Client(t, "partnersupport"))
	for range 2 { // R82: whoever lost the answer counts the same
		ended, err := support.EndSessions(t.Context(), &identityv1.EndSessionsRequest{UserId: user, RequestId: "removal"})
		require.NoError(t, err)
		require.EqualValues(t, 1, ended.GetEnded())
	}
}

func TestJwks(t *testing.T) {
	t.Parallel()
	b := setup(t)
	out, err := identityv1.NewTokenServiceClient(b.Client(t, "demo-product")).GetJwks(t.Context(), &identityv1.GetJwksRequest{})
	require.NoError(t, err)
	var set jose.JSONWebKeySet
	require.NoError(t, json.Unmarshal([]byte(out.GetJwksJson()), &set))
	require.Len(t, set.Keys, 1)
	require.True(t, set.Keys[0].IsPublic())
	require.NotContains(t, out.GetJwksJson(), `"d":`)
}

// A code is bound to the product's certificate; only the gateway may speak for
// a product.
func TestSupportCodeBelongsToItsProduct(t *testing.T) {
	t.Parallel()
	b := setup(t)
	other := grpctest.ID("other-product")
	minted, err := identityv1.NewTokenServiceClient(b.Client(t, "partnersupport")).
		MintSupportCode(t.Context(), &identityv1.MintSupportCodeRequest{SupportSessionId: id.New().Text("sup"), ProductSpiffeId: other})
	require.NoError(t, err)
	require.WithinDuration(t, time.Now().Add(domain.CodeLife), minted.GetExpireTime().AsTime(), 10*time.Second)

	t.Run("another product that claims to be it is refused", func(t *testing.T) {
		_, err := identityv1.NewTokenServiceClient(b.Client(t, "demo-product")).RedeemSupportCode(t.Context(),
			&identityv1.RedeemSupportCodeRequest{Code: minted.GetCode(), ClientSpiffeId: other})
		require.True(t, fault.Is(err, reasonv1.Reason_REASON_CODE_INVALID), "%v", err)
	})
	t.Run("the gateway must say for whom", func(t *testing.T) {
		_, err := identityv1.NewTokenServiceClient(b.Client(t, "gateway")).RedeemSupportCode(t.Context(),
			&identityv1.RedeemSupportCodeRequest{Code: minted.GetCode()})
		require.True(t, fault.Is(err, reasonv1.Reason_REASON_INVALID_ARGUMENT), "%v", err)
	})
	t.Run("a truncated code is refused alike", func(t *testing.T) {
		_, err := identityv1.NewTokenServiceClient(b.Client(t, "gateway")).RedeemSupportCode(t.Context(),
			&identityv1.RedeemSupportCodeRequest{Code: minted.GetCode()[:40], ClientSpiffeId: other})
		require.True(t, fault.Is(err, reasonv1.Reason_REASON_CODE_INVALID), "%v", err)
	})
	t.Run("none of this used the code up", func(t *testing.T) {
		codes := app.SupportCodes{DB: b.register.DB}
		_, err := codes.Redeem(t.Context(), minted.GetCode(), other)
		require.NoError(t, err)
		_, err = codes.Redeem(t.Context(), minted.GetCode(), other)
		require.True(t, fault.Is(err, reasonv1.Reason_REASON_CODE_INVALID), "once: %v", err)
	})
}
