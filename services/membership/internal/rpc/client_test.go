package rpc_test

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"google.golang.org/protobuf/types/known/timestamppb"
	"pgregory.net/rapid"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/accessclient"
	"github.com/aval-access/aval/services/kit/grpctest"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/membership/internal/domain"
)

// clientOptions are those of a product that asks at addr.
func (b *bundle) clientOptions(addr string) accessclient.Options {
	b.Helper()
	files := b.server.PKI.Config(b, "demo-product")
	return accessclient.Options{
		Target: addr, CertFile: files.CertFile, KeyFile: files.KeyFile, CAFile: files.CAFile,
		Server: grpctest.ID("membership"), Timeout: patience, Log: slog.New(slog.DiscardHandler),
	}
}

func dial(t *testing.T, o accessclient.Options) *accessclient.Client {
	t.Helper()
	c, err := accessclient.Dial(t.Context(), o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.Close()) })
	return c
}

// questions are one that is allowed and one that is not.
func (b *bundle) questions() (may, mayNot accessclient.Question) {
	b.Helper()
	org := b.create(client).GetOrganization().GetId()
	user, _ := b.member(org, domain.Offer{Role: domain.Member, Rights: domain.Rights{"management": domain.LevelEditor}})
	may = accessclient.Question{Subject: user.Text("usr"), Account: org, Feature: "management/invoices", Level: accessclient.Editor}
	mayNot = may
	mayNot.Level = accessclient.Approver
	return may, mayNot
}

func TestAClientHearsWhatTheServerDecides(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := dial(t, b.clientOptions(b.server.Addr()))
	may, mayNot := b.questions()
	yes := accessclient.Decision{Allowed: true, Source: accessclient.ByMembership}
	no := accessclient.Decision{Reason: accessclient.LevelTooLow}

	one, err := c.Check(bounded(t), may)
	require.NoError(t, err)
	require.Equal(t, yes, one)

	questions, want := []accessclient.Question{}, []accessclient.Decision{}
	for range 2500 { // more than travel together
		questions, want = append(questions, may, mayNot), append(want, yes, no)
	}
	all, err := c.CheckAll(bounded(t), questions)
	require.NoError(t, err)
	require.Equal(t, want, all)
	none, err := c.CheckAll(bounded(t), nil)
	require.NoError(t, err)
	require.Empty(t, none)
}

func TestWhatIsLeftOfAYesIsCountedFromBeforeItWasAsked(t *testing.T) { // R29
	t.Parallel()
	b := setup(t)
	c := dial(t, b.clientOptions(b.server.Addr()))
	account, firm := b.create(client).GetOrganization().GetId(), b.create(partner).GetOrganization().GetId()
	user, _ := b.member(firm, domain.Offer{Role: domain.Member, PartnerRole: domain.TechnicalSupport})
	ends := time.Now().Add(time.Hour)
	grant, visit := b.visit(account, firm, user, ends)
	q := accessclient.Question{Subject: user.Text("usr"), Account: account, Feature: "management", Level: accessclient.Editor}

	without, err := c.Check(bounded(t), q)
	require.NoError(t, err)
	require.Equal(t, accessclient.Decision{Reason: accessclient.SupportSessionRequired}, without)

	q.SupportSession = visit
	before := time.Now()
	d, err := c.Check(bounded(t), q)
	require.NoError(t, err)
	require.True(t, d.Allowed)
	require.Equal(t, accessclient.ByGrant, d.Source)
	require.Equal(t, grant.GetId(), d.GrantID)
	require.Equal(t, grant.GetConsentId(), d.ConsentID)
	require.LessOrEqual(t, d.ValidFor, ends.Sub(before))
	require.Greater(t, d.ValidFor, ends.Sub(before)-patience)
}

// visit gives a grant and opens a support session under it.
func (b *bundle) visit(account, firm string, user id.ID, ends time.Time) (*membershipv1.Grant, string) {
	b.Helper()
	grant := &membershipv1.Grant{
		Id: id.New().Text("grt"), SubjectId: user.Text("usr"), AccountId: account, PartnerId: firm,
		ConsentId: id.New().Text("cns"), PartnerRole: membershipv1.PartnerRole_PARTNER_ROLE_TECHNICAL_SUPPORT, Version: 1,
		Rights: []*membershipv1.FeatureRight{{Feature: "management", Level: accessclient.Approver}},
	}
	_, err := membershipv1.NewAccessServiceClient(b.server.Client(b, "consent")).
		ApplyGrants(b.Context(), &membershipv1.ApplyGrantsRequest{Grants: []*membershipv1.Grant{grant}})
	require.NoError(b, err)
	visit := id.New().Text("sup")
	_, err = membershipv1.NewAccessServiceClient(b.server.Client(b, "partnersupport")).
		OpenSupportSession(b.Context(), &membershipv1.OpenSupportSessionRequest{
			SupportSessionId: visit, SubjectId: user.Text("usr"), AccountId: account, PartnerId: firm, ExpireTime: timestamppb.New(ends),
		})
	require.NoError(b, err)
	return grant, visit
}

func TestChecksOfOneMomentTravelTogether(t *testing.T) {
	t.Parallel()
	b := setup(t)
	reader := metric.NewManualReader()
	o := b.clientOptions(b.server.Addr())
	o.Meter = metric.NewMeterProvider(metric.WithReader(reader))
	c := dial(t, o)
	may, mayNot := b.questions()
	const callers, each = 200, 50
	ctx := bounded(t)

	wrong := inParallel(callers, func(n int) error {
		for i := range each {
			q := may
			if (n+i)%2 == 1 {
				q = mayNot
			}
			if d, err := c.Check(ctx, q); err != nil || d.Allowed != (q == may) {
				return fmt.Errorf("caller %d was told %+v, %w", n, d, err)
			}
		}
		return nil
	})

	require.Empty(t, wrong)
	batch := measured[metricdata.Histogram[int64]](t, reader, "aval.accessclient.batch").DataPoints[0]
	require.EqualValues(t, callers*each, batch.Sum)
	require.Less(t, batch.Count, uint64(callers*each/10), "messages")
}

// measured is what a client has told of itself by one metric.
func measured[A metricdata.Aggregation](t *testing.T, reader metric.Reader, name string) (out A) {
	t.Helper()
	var told metricdata.ResourceMetrics
	require.NoError(t, reader.Collect(t.Context(), &told))
	for _, m := range told.ScopeMetrics[0].Metrics {
		if m.Name == name {
			return m.Data.(A)
		}
	}
	t.Fatal("there is no " + name)
	return out
}

func TestAClientTellsWhatCameOfItsQuestions(t *testing.T) {
	t.Parallel()
	b := setup(t)
	reader, spans := metric.NewManualReader(), tracetest.NewSpanRecorder()
	tracer := trace.NewTracerProvider(trace.WithSpanProcessor(spans))
	o := b.clientOptions(b.server.Addr())
	o.Meter, o.Tracer = metric.NewMeterProvider(metric.WithReader(reader)), tracer
	c := dial(t, o)
	may, mayNot := b.questions()
	ctx, parent := tracer.Tracer("product").Start(bounded(t), "request")
	gone, cancel := context.WithCancel(ctx)
	cancel()

	_, err := c.CheckAll(ctx, []accessclient.Question{may, mayNot, may})
	require.NoError(t, err)
	_, err = c.Check(gone, may)
	require.ErrorIs(t, err, context.Canceled)

	got := map[string]int64{}
	for _, one := range measured[metricdata.Sum[int64]](t, reader, "aval.accessclient.checks").DataPoints {
		outcome, _ := one.Attributes.Value("outcome")
		got[outcome.AsString()] = one.Value
	}
	require.Equal(t, map[string]int64{"allowed": 2, "denied": 1, "unanswered": 1}, got)
	require.EqualValues(t, 2, measured[metricdata.Histogram[float64]](t, reader, "aval.accessclient.duration").DataPoints[0].Count)
	require.Len(t, spans.Ended(), 2)
	for n, want := range []codes.Code{codes.Unset, codes.Error} {
		require.Equal(t, parent.SpanContext().SpanID(), spans.Ended()[n].Parent().SpanID())
		require.Equal(t, want, spans.Ended()[n].Status().Code)
	}
}

// inParallel gives what went wrong.
func inParallel(callers int, do func(n int) error) (wrong []error) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	for n := range callers {
		wg.Go(func() {
			if err := do(n); err != nil {
				mu.Lock()
				defer mu.Unlock()
				wrong = append(wrong, err)
			}
		})
	}
	wg.Wait()
	return wrong
}

func TestACallerWhoGoesDisturbsNobody(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := dial(t, b.clientOptions(b.server.Addr()))
	may, _ := b.questions()
	ctx := bounded(t)
	wrong := inParallel(64, func(n int) error {
		for i := range 100 {
			ctx, cancel := context.WithCancel(ctx)
			if n%2 == 1 {
				go cancel()
			}
			d, err := c.Check(ctx, may)
			cancel()
			switch {
			case d.Allowed != (err == nil):
				return fmt.Errorf("caller %d, question %d: %+v with %w", n, i, d, err)
			case n%2 == 0 && err != nil:
				return fmt.Errorf("caller %d stayed: %w", n, err)
			}
		}
		return nil
	})
	require.Empty(t, wrong)
}

// Whatever one caller asks, those who travel with them are answered: the client
// refuses what the server would.
func TestAMalformedQuestionIsItsCallersOwnMatter(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := dial(t, b.clientOptions(b.server.Addr()))
	may, _ := b.questions()
	ctx := bounded(t)
	rapid.Check(t, func(t *rapid.T) {
		bad := may
		text := rapid.OneOf(rapid.String(), rapid.StringN(119, 122, -1), rapid.Just("a\x00b"), rapid.Just("a\xffb"), rapid.StringMatching(`(usr|org|sup)_[0-9a-z]{24,27}`))
		switch rapid.IntRange(0, 4).Draw(t, "field") {
		case 0:
			bad.Subject = text.Draw(t, "subject")
		case 1:
			bad.Account = text.Draw(t, "account")
		case 2:
			bad.Feature = text.Draw(t, "feature")
		case 3:
			bad.SupportSession = text.Draw(t, "session")
		default:
			bad.Level = accessclient.Level(rapid.Int32().Draw(t, "level"))
		}
		asked := make(chan error, 1)
		go func() {
			_, err := c.Check(ctx, bad)
			asked <- err
		}()
		d, err := c.Check(ctx, may)
		require.NoError(t, err)
		require.True(t, d.Allowed)
		if err := <-asked; err != nil {
			require.NotErrorIs(t, err, accessclient.ErrUnavailable)
		}
	})
}
