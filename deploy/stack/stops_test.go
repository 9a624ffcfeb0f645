package stack

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/nats-io/nats.go"
	"github.com/stretchr/testify/require"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/pg"
)

// One stack of processes that start again, for what happens to them while they
// serve.
func TestServingProcesses(t *testing.T) {
	t.Parallel()
	s := startSeparate(t, func(o *Options) { o.Restart = true })
	t.Cleanup(func() { _ = s.Stop() })

	t.Run("a service that is asked to stop loses no answer", func(t *testing.T) {
		l := startLoad(t, s)
		for range 3 {
			before := l.answered.Load()
			require.NoError(t, s.Signal("membership", syscall.SIGTERM))
			require.Eventually(t, func() bool { return l.answered.Load() >= before+20 }, patience, interval, "it serves again")
		}
		l.stop()
		require.Empty(t, l.wrong, "a call is answered, or UNAVAILABLE")
		require.Equal(t, int(l.answered.Load()), l.organizations(t, s), "an answer that got lost is given again for the same request_id, once")
	})
	t.Run("certificates are replaced while serving", func(t *testing.T) {
		l := startLoad(t, s)
		for range 2 {
			old := served(t, s)
			require.NoError(t, s.RenewCertificates())
			require.Eventually(t, func() bool { return served(t, s) != old }, patience, interval)
		}
		l.stop()
		require.Empty(t, l.wrong)
		require.Zero(t, l.unavailable.Load(), "nobody notices")
	})
	t.Run("dead letters are listed and replayed by a command", func(t *testing.T) {
		garble(t, s, "aval.consent.v1.consent.given")
		list := func() string {
			out, err := s.Command(t.Context(), "notification", "deadletters", "list", "notification-consent")
			require.NoError(t, err)
			return out
		}
		require.Eventually(t, func() bool { return strings.Count(list(), "aval.consent.v1.consent.given") == 1 }, patience, interval)
		first := list()
		out, err := s.Command(t.Context(), "notification", "deadletters", "replay", "notification-consent")
		require.NoError(t, err)
		require.Contains(t, out, "1 events sent again to notification-consent")
		require.Eventually(t, func() bool { return list() != "" && list() != first }, patience, interval, "it is as broken as before")
	})
}

// served is the serial number of the certificate that membership shows.
func served(t *testing.T, s *Stack) (serial string) {
	t.Helper()
	conn, err := tls.Dial("tcp", s.Address("membership"), &tls.Config{
		InsecureSkipVerify: true, // it is looked at, not trusted
		NextProtos:         []string{"h2"},
		VerifyPeerCertificate: func(raw [][]byte, _ [][]*x509.Certificate) error {
			leaf, err := x509.ParseCertificate(raw[0])
			if err == nil {
				serial = leaf.SerialNumber.String()
			}
			return err
		},
	})
	if err == nil {
		_ = conn.Close()
	}
	return serial
}

// garble publishes what no consumer can read, as only the provisioner may.
func garble(t *testing.T, s *Stack, subject string) {
	t.Helper()
	conn, err := s.Bus()
	require.NoError(t, err)
	defer conn.Close()
	_, err = conn.JS().PublishMsg(t.Context(), &nats.Msg{Subject: subject, Data: []byte("garbled")})
	require.NoError(t, err)
}

// load founds organisations, each under a request_id that is kept until there
// is an answer.
type load struct {
	word                  string
	answered, unavailable atomic.Int64
	stop                  func()

	mu    sync.Mutex
	wrong []error
}

func startLoad(t *testing.T, s *Stack) *load {
	t.Helper()
	conn, err := s.Dial(Operator, "membership")
	require.NoError(t, err)
	l := &load{word: "load" + uuid.NewString()}
	ctx, cancel := context.WithCancel(t.Context())
	var group sync.WaitGroup
	for worker := range 4 {
		group.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				l.found(t.Context(), membershipv1.NewOrganizationServiceClient(conn), fmt.Sprintf("%s-%d-%d", l.word, worker, n))
			}
		})
	}
	l.stop = sync.OnceFunc(func() {
		cancel()
		group.Wait()
		_ = conn.Close()
	})
	t.Cleanup(l.stop)
	return l
}

func (l *load) found(ctx context.Context, client membershipv1.OrganizationServiceClient, name string) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		_, err := client.CreateOrganization(ctx, &membershipv1.CreateOrganizationRequest{
			Kind: membershipv1.OrganizationKind_ORGANIZATION_KIND_CLIENT, OwnerEmail: name + "@load.example", RequestId: name,
			Identification: &membershipv1.Identification{LegalName: name},
		})
		if err == nil {
			l.answered.Add(1)
			return
		}
		if !fault.Is(fault.FromStatus(err), reasonv1.Reason_REASON_UNAVAILABLE) || ctx.Err() != nil {
			l.mu.Lock()
			l.wrong = append(l.wrong, err)
			l.mu.Unlock()
			return
		}
		l.unavailable.Add(1)
		clock.Wait(ctx, interval)
	}
}

func (l *load) organizations(t *testing.T, s *Stack) (n int) {
	t.Helper()
	inDatabase(t, s, "membership", func(ctx context.Context, tx pg.Tx) error {
		return tx.QueryRow(ctx, "SELECT count(*) FROM organization WHERE legal_name LIKE @word || '%'", pgx.NamedArgs{"word": l.word}).Scan(&n)
	})
	return n
}
