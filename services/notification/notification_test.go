package notification_test

import (
	"context"
	"encoding/base64"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	notificationv1 "github.com/aval-access/aval/proto/gen/aval/notification/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/bus"
	"github.com/aval-access/aval/services/kit/bustest"
	"github.com/aval-access/aval/services/kit/config"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/grpcclient"
	"github.com/aval-access/aval/services/kit/grpcserver"
	"github.com/aval-access/aval/services/kit/grpctest"
	"github.com/aval-access/aval/services/kit/host"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/mailbox"
	"github.com/aval-access/aval/services/kit/natsboot"
	"github.com/aval-access/aval/services/kit/pgtest"
	"github.com/aval-access/aval/services/kit/telemetry"
	"github.com/aval-access/aval/services/notification"
)

const patience = 20 * time.Second

func TestMain(m *testing.M) { pgtest.Main(m) }

// bundle is a whole service from an empty database on.
type bundle struct {
	pki    *grpctest.PKI
	broker *natsboot.Server
	box    *mailbox.Mailbox
	cfg    notification.Config
}

func setup(t *testing.T) *bundle {
	t.Helper()
	b := &bundle{pki: grpctest.NewPKI(t), broker: bustest.Server(t)}
	var err error
	b.box, err = mailbox.Start(mailbox.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, b.box.Close()) })
	urls := pgtest.Empty(t, "notification")
	b.cfg = notification.Config{
		Config: host.Config{
			TLSConfig:          b.pki.Config(t, "notification"),
			Listener:           listen(t),
			InProcessNATS:      b.broker.InProcess(),
			DatabaseURL:        config.NewSecret(urls.App),
			SystemDatabaseURL:  config.NewSecret(urls.System),
			MigrateDatabaseURL: config.NewSecret(urls.Migrate),
			Issuer:             grpctest.Issuer,
			PageKey:            config.NewSecret(base64.StdEncoding.EncodeToString([]byte("thirty-two-bytes-of-no-real-key!"))),
		},
		SMTPURL:   config.NewSecret(b.box.URL()),
		MailFrom:  "Aval <no-reply@aval.example>",
		PublicURL: "https://aval.example",
	}
	require.NoError(t, notification.Migrate(t.Context(), b.cfg))
	return b
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	ln, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	return ln
}

func (b *bundle) run(t *testing.T) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	ready, ended := make(chan struct{}), make(chan error, 1)
	b.cfg.OnReady = func() { close(ready) }
	go func() { ended <- notification.Run(ctx, b.cfg) }()
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-ended)
	})
	select {
	case <-ready:
	case err := <-ended:
		ended <- nil
		require.NoError(t, err, "the service did not start")
	case <-time.After(patience):
		require.Fail(t, "the service did not get ready in time")
	}
}

// owner is an end of the wire that speaks membership's part of the contract.
type owner struct {
	notificationv1.UnimplementedMailSourceServiceServer
	tenant id.ID
	asked  chan *notificationv1.PrepareMailRequest
}

func (o *owner) PrepareMail(_ context.Context, in *notificationv1.PrepareMailRequest) (*notificationv1.PrepareMailResponse, error) {
	o.asked <- in
	return &notificationv1.PrepareMailResponse{Mails: []*notificationv1.PreparedMail{{
		RecipientRef: "inv_1", Address: "ana@client.test", Locale: "en", Template: "invitation",
		ActionPath: "/i/avl_inv1_x", OrganizationId: o.tenant.Text("org"), Reference: "inv_1",
	}}}, nil
}

func (b *bundle) serveOwner(t *testing.T) *owner {
	t.Helper()
	o := &owner{tenant: id.New(), asked: make(chan *notificationv1.PrepareMailRequest, 8)}
	ln := listen(t)
	server, err := grpcserver.New(grpcserver.Options{
		Name: "membership", Listener: ln, TLS: b.pki.MTLS(t, "membership"), Telemetry: telemetry.Discard(),
		Verifier: grpctest.NewSigner(t).Verifier(t), Ready: func(context.Context) error { return nil },
	})
	require.NoError(t, err)
	notificationv1.RegisterMailSourceServiceServer(server.GRPC(), o)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- server.Component("").Run(ctx, func() {}) }()
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-ended)
	})
	b.cfg.Peers = map[string]string{"membership": ln.Addr().String()}
	return o
}

func TestFactBecomesAMailInTheOwnersWords(t *testing.T) {
	t.Parallel()
	b := setup(t)
	o := b.serveOwner(t)
	b.run(t)
	fact := &membershipv1.InvitationCreated{InvitationId: "inv_1", OrganizationId: o.tenant.Text("org")}
	payload, err := proto.Marshal(fact)
	require.NoError(t, err)
	event := bus.Envelope{ID: id.New(), Subject: "aval.membership.v1.invitation.created", Source: "/aval/membership", Time: time.Now().UTC(),
		AggregateType: "invitation", AggregateID: id.New(), Version: 1, Tenant: o.tenant, Payload: payload}
	_, err = bus.PublishAsync(bustest.Connect(t, b.broker, "membership").JS(), event)
	require.NoError(t, err)

	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	msg, err := b.box.Wait(ctx, func(m mailbox.Message) bool { return m.To == "ana@client.test" })
	require.NoError(t, err)
	require.Equal(t, "https://aval.example/i/avl_inv1_x", msg.Link("/i/"))
	require.Contains(t, msg.Text, "Reference: inv_1")
	asked := <-o.asked
	require.Equal(t, event.ID.Text("evt"), asked.GetEventId())
	require.Equal(t, event.Subject, asked.GetSubject())
	require.Equal(t, payload, asked.GetPayload())
}

func TestListIsForPeopleAlone(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.run(t)
	conn, err := grpcclient.Dial(b.cfg.Listener.Addr().String(), grpcclient.Options{
		TLS: b.pki.MTLS(t, "gateway"), Server: grpctest.ID("notification"), Telemetry: telemetry.Discard(),
	})
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close()) }()
	_, err = notificationv1.NewDeliveryServiceClient(conn).ListDeliveries(t.Context(),
		&notificationv1.ListDeliveriesRequest{OrganizationId: id.New().Text("org")})
	require.True(t, fault.Is(err, reasonv1.Reason_REASON_UNAUTHENTICATED), "%v", err)
}

func TestConfigurationThatCannotSendIsRefused(t *testing.T) {
	t.Parallel()
	good := notification.Config{SMTPURL: config.NewSecret("smtp://u:secret@mail.test"), MailFrom: "a@aval.example", PublicURL: "https://aval.example"}
	require.NoError(t, good.Validate())
	for name, spoil := range map[string]func(*notification.Config){
		"mail server": func(c *notification.Config) { c.SMTPURL = config.NewSecret("smtp://u:secret@") },
		"sender":      func(c *notification.Config) { c.MailFrom = "nobody" },
		"base":        func(c *notification.Config) { c.PublicURL = "aval.example" },
	} {
		bad := good
		spoil(&bad)
		err := bad.Validate()
		require.Error(t, err, name)
		require.NotContains(t, err.Error(), "secret")
	}
}
