package broker_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nkeys"
	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/deploy/broker"
	"github.com/aval-access/aval/services/kit/ca"
	"github.com/aval-access/aval/services/kit/natsboot"
)

// server is a broker as a deployment has it.
type server struct {
	url, ca string
	seeds   map[string]string
}

func start(t *testing.T) server {
	t.Helper()
	dir := t.TempDir()
	authority, err := ca.New()
	require.NoError(t, err)
	paths, err := authority.WriteWorkload(dir, "nats", ca.Request{SPIFFE: "spiffe://aval.local/ns/aval/sa/nats", DNSNames: []string{"localhost"}})
	require.NoError(t, err)
	s := server{ca: paths.CA, seeds: map[string]string{}}
	for _, g := range broker.Grants() {
		s.seeds[g.User], err = broker.NewSeed()
		require.NoError(t, err)
	}
	text, err := broker.Configuration(broker.Options{
		Listen: "127.0.0.1:-1", StoreDir: dir, Cert: paths.Cert, Key: paths.Key, Seeds: s.seeds,
	})
	require.NoError(t, err)
	for _, seed := range s.seeds {
		require.NotContains(t, text, seed, "the file holds public keys alone")
	}
	file := filepath.Join(dir, "nats.conf")
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	running, err := natsboot.Start(natsboot.Options{StoreDir: dir, ConfigFile: file, Volatile: true})
	require.NoError(t, err)
	t.Cleanup(running.Stop)
	s.url = "localhost:" + running.Addr()[strings.LastIndex(running.Addr(), ":")+1:]
	return s
}

func (s server) connect(seed string, more ...nats.Option) (*nats.Conn, error) {
	options := append([]nats.Option{nats.RootCAs(s.ca), nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {})}, more...)
	if seed == "" {
		return nats.Connect("tls://"+s.url, options...)
	}
	pair, err := nkeys.FromSeed([]byte(seed))
	if err != nil {
		return nil, err
	}
	public, err := pair.PublicKey()
	if err != nil {
		return nil, err
	}
	return nats.Connect("tls://"+s.url, append(options, nats.Nkey(public, pair.Sign))...)
}

// allowed is written out by hand: what each user may publish and hear, and
// nothing else of all that stands here for anybody.
func allowed() (publish, subscribe map[string][]string) {
	publish = map[string][]string{
		"identity": {
			"aval.identity.v1.session.ended",
			"$JS.API.CONSUMER.INFO.MEMBERSHIP.identity-membership", "$JS.API.CONSUMER.MSG.NEXT.MEMBERSHIP.identity-membership",
			"$JS.ACK.MEMBERSHIP.identity-membership.1.1.1.1.0", "DLQ.identity-membership",
			"$JS.API.CONSUMER.INFO.PARTNERSUPPORT.identity-partnersupport", "$JS.API.CONSUMER.MSG.NEXT.PARTNERSUPPORT.identity-partnersupport",
			"$JS.ACK.PARTNERSUPPORT.identity-partnersupport.1.1.1.1.0", "DLQ.identity-partnersupport",
			"$JS.API.CONSUMER.INFO.CONSENT.identity-consent", "$JS.API.CONSUMER.MSG.NEXT.CONSENT.identity-consent",
			"$JS.ACK.CONSENT.identity-consent.1.1.1.1.0", "DLQ.identity-consent",
			"$JS.API.CONSUMER.INFO.NOTIFICATION.identity-notification", "$JS.API.CONSUMER.MSG.NEXT.NOTIFICATION.identity-notification",
			"$JS.ACK.NOTIFICATION.identity-notification.1.1.1.1.0", "DLQ.identity-notification",
		},
		"membership": {
			"aval.membership.v1.membership.started",
			"$JS.API.CONSUMER.INFO.IDENTITY.membership-identity", "$JS.API.CONSUMER.MSG.NEXT.IDENTITY.membership-identity",
			"$JS.ACK.IDENTITY.membership-identity.1.1.1.1.0", "DLQ.membership-identity",
			"$JS.API.CONSUMER.INFO.IDENTITY.membership-erasure", "$JS.API.CONSUMER.MSG.NEXT.IDENTITY.membership-erasure",
			"$JS.ACK.IDENTITY.membership-erasure.1.1.1.1.0", "DLQ.membership-erasure",
		},
		"partnersupport": {
			"aval.partnersupport.v1.dossier.linked",
			"$JS.API.CONSUMER.INFO.IDENTITY.partnersupport-erasure", "$JS.API.CONSUMER.MSG.NEXT.IDENTITY.partnersupport-erasure",
			"$JS.ACK.IDENTITY.partnersupport-erasure.1.1.1.1.0", "DLQ.partnersupport-erasure",
			"$JS.API.CONSUMER.INFO.MEMBERSHIP.partnersupport-membership", "$JS.API.CONSUMER.MSG.NEXT.MEMBERSHIP.partnersupport-membership",
			"$JS.ACK.MEMBERSHIP.partnersupport-membership.1.1.1.1.0", "DLQ.partnersupport-membership",
			"$JS.API.CONSUMER.INFO.CONSENT.partnersupport-consent", "$JS.API.CONSUMER.MSG.NEXT.CONSENT.partnersupport-consent",
			"$JS.ACK.CONSENT.partnersupport-consent.1.1.1.1.0", "DLQ.partnersupport-consent",
		},
		"consent": {
			"aval.consent.v1.consent.given",
			"$JS.API.CONSUMER.INFO.IDENTITY.consent-erasure", "$JS.API.CONSUMER.MSG.NEXT.IDENTITY.consent-erasure",
			"$JS.ACK.IDENTITY.consent-erasure.1.1.1.1.0", "DLQ.consent-erasure",
			"$JS.API.CONSUMER.INFO.MEMBERSHIP.consent-history-membership", "$JS.API.CONSUMER.MSG.NEXT.MEMBERSHIP.consent-history-membership",
			"$JS.ACK.MEMBERSHIP.consent-history-membership.1.1.1.1.0", "DLQ.consent-history-membership",
			"$JS.API.CONSUMER.INFO.PARTNERSUPPORT.consent-history-partnersupport", "$JS.API.CONSUMER.MSG.NEXT.PARTNERSUPPORT.consent-history-partnersupport",
			"$JS.ACK.PARTNERSUPPORT.consent-history-partnersupport.1.1.1.1.0", "DLQ.consent-history-partnersupport",
			"$JS.API.CONSUMER.INFO.CONSENT.consent-history-consent", "$JS.API.CONSUMER.MSG.NEXT.CONSENT.consent-history-consent",
			"$JS.ACK.CONSENT.consent-history-consent.1.1.1.1.0", "DLQ.consent-history-consent",
		},
		"notification": {
			"aval.notification.v1.delivery.sent",
			"$JS.API.CONSUMER.INFO.IDENTITY.notification-erasure", "$JS.API.CONSUMER.MSG.NEXT.IDENTITY.notification-erasure",
			"$JS.ACK.IDENTITY.notification-erasure.1.1.1.1.0", "DLQ.notification-erasure",
			"$JS.API.CONSUMER.INFO.IDENTITY.notification-identity", "$JS.API.CONSUMER.MSG.NEXT.IDENTITY.notification-identity",
			"$JS.ACK.IDENTITY.notification-identity.1.1.1.1.0", "DLQ.notification-identity",
			"$JS.API.CONSUMER.INFO.MEMBERSHIP.notification-membership", "$JS.API.CONSUMER.MSG.NEXT.MEMBERSHIP.notification-membership",
			"$JS.ACK.MEMBERSHIP.notification-membership.1.1.1.1.0", "DLQ.notification-membership",
			"$JS.API.CONSUMER.INFO.CONSENT.notification-consent", "$JS.API.CONSUMER.MSG.NEXT.CONSENT.notification-consent",
			"$JS.ACK.CONSENT.notification-consent.1.1.1.1.0", "DLQ.notification-consent",
		},
		broker.Provisioner: {
			"$JS.API.INFO", "$JS.API.STREAM.CREATE.X", "$JS.API.STREAM.DELETE.X", "$JS.API.STREAM.PURGE.X", "$JS.API.STREAM.MSG.GET.X",
			"$JS.API.CONSUMER.CREATE.X.y", "$JS.API.CONSUMER.DURABLE.CREATE.X.y", "$JS.API.CONSUMER.DELETE.X.y", "$JS.API.CONSUMER.MSG.NEXT.X.y",
		},
		"": { // nobody
			"aval.gateway.v1.a.b", "aval.identity.v2.a.b", "$SYS.REQ.SERVER.PING", "_INBOX.consent.x", "_INBOX.prov.x", "other",
			"$JS.ACK.CONSENT.gateway.1.1.1.1.0", "DLQ.gateway",
		},
	}
	subscribe = map[string][]string{"": {">", "_INBOX.>", "aval.>", "aval.identity.v1.>", "aval.notification.v1.>", "$JS.>", "$SYS.>", "DLQ.>", "_INBOX.gateway.>"}}
	subscribe["gateway"] = []string{"aval.identity.v1.user.>", "aval.membership.v1.>", "aval.partnersupport.v1.>", "aval.consent.v1.>"}
	for _, user := range []string{"identity", "membership", "partnersupport", "consent", "notification", "prov"} {
		subscribe[user] = []string{"_INBOX." + user + ".>"}
	}
	return publish, subscribe
}

// provisioned is what the provisioner may beside its own row: whatever $JS.API
// holds of the services, and every fact, for the replay of dead letters.
func provisioned(subject string) bool {
	return strings.HasPrefix(subject, "$JS.API.") || strings.HasPrefix(subject, "aval.") && strings.Contains(subject, ".v1.")
}

// T-20: every user on every subject. The provisioner alone manages streams and
// consumers.
func TestEveryUserOnEverySubject(t *testing.T) {
	t.Parallel()
	s := start(t)
	publish, subscribe := allowed()
	require.Len(t, broker.Grants(), len(subscribe)-1)
	for _, g := range broker.Grants() {
		t.Run(g.User, func(t *testing.T) {
			t.Parallel()
			nc, err := s.connect(s.seeds[g.User])
			require.NoError(t, err)
			defer nc.Close()
			for subject := range each(publish) {
				may := slices.Contains(publish[g.User], subject) ||
					g.User == broker.Provisioner && provisioned(subject)
				require.NoError(t, nc.Publish(subject, nil))
				require.Equal(t, may, !refused(t, nc, "Publish", subject), "publish %s", subject)
			}
			for subject := range each(subscribe) {
				_, err := nc.SubscribeSync(subject)
				require.NoError(t, err)
				may := slices.Contains(subscribe[g.User], subject)
				require.Equal(t, may, !refused(t, nc, "Subscription", subject), "subscribe %s", subject)
			}
		})
	}
}

// each gives every subject of a table.
func each(table map[string][]string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for _, list := range table {
			for _, subject := range list {
				if !yield(subject) {
					return
				}
			}
		}
	}
}

// refused tells whether the server's newest complaint is on this subject; it
// comes before the answer to the flush.
func refused(t *testing.T, nc *nats.Conn, what, subject string) bool {
	t.Helper()
	require.NoError(t, nc.Flush())
	last := nc.LastError()
	return last != nil && strings.Contains(last.Error(), what+` to "`+subject+`"`)
}

// T-20: who has no key of ours does not get in, nor does who shows no TLS.
func TestStrangersAreRefused(t *testing.T) {
	t.Parallel()
	s := start(t)
	_, err := s.connect("")
	require.ErrorIs(t, err, nats.ErrAuthorization)
	stranger, err := broker.NewSeed()
	require.NoError(t, err)
	_, err = s.connect(stranger)
	require.ErrorIs(t, err, nats.ErrAuthorization)
	_, err = s.connect("", nats.UserInfo("consent", "consent"))
	require.ErrorIs(t, err, nats.ErrAuthorization)
	_, err = nats.Connect("nats://"+s.url, nats.RootCAs())
	require.Error(t, err)
}
