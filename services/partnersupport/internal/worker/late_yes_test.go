package worker_test

import (
	"context"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/jobs"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/pgtest"
	"github.com/aval-access/aval/services/partnersupport/internal/app"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
	"github.com/aval-access/aval/services/partnersupport/internal/sibling"
	"github.com/aval-access/aval/services/partnersupport/internal/worker"
)

// asking is a consent whose answers come slowly: during happens while the
// client is being asked, and the first failures ends fail.
type asking struct {
	grpc.ClientConnInterface
	consent  id.ID
	during   func()
	failures int
	ended    int
}

func (a *asking) Invoke(_ context.Context, method string, _, reply any, _ ...grpc.CallOption) error {
	switch method {
	case consentv1.ConsentService_RequestConsent_FullMethodName:
		reply.(*consentv1.RequestConsentResponse).ConsentId = a.consent.Text("cns")
		a.during()
	case consentv1.ConsentService_Terminate_FullMethodName:
		if a.failures > 0 {
			a.failures--
			return fault.New(reasonv1.Reason_REASON_UNAVAILABLE)
		}
		a.ended++
	}
	return nil
}

func setupAsking(t *testing.T) (app.Deps, *asking) {
	t.Helper()
	db := pgtest.DB(t, "partnersupport", postgres.Migrations, jobs.Migrate)
	queue, err := jobs.New(jobs.Options{DB: db, Log: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	a := &asking{consent: id.New(), during: func() {}}
	deps := app.Deps{
		DB: db, Queue: queue, Clock: clock.System{}, NewID: id.New,
		Membership: sibling.NewMembership(a), Consent: sibling.NewConsent(a), Identity: sibling.NewIdentity(a),
	}
	worker.Handle(deps)
	return deps, a
}

// over ends the assignment in the partner's own rows.
func over(t *testing.T, deps app.Deps, a domain.Assignment) {
	t.Helper()
	require.NoError(t, deps.DB.InTenant(t.Context(), a.PartnerID, func(ctx context.Context, tx pg.Tx) error {
		now, err := postgres.LockAssignment(ctx, tx, a.PartnerID, a.ID)
		require.NoError(t, err)
		require.NoError(t, now.Apply(domain.Happening{Event: domain.PartnerDetached, Actor: id.New(), Time: deps.Clock.Now()}))
		return postgres.SaveAssignment(ctx, tx, now)
	}))
}

// R35: a request for an assignment that ended meanwhile does not stay open, not
// even where taking it back fails at first.
func TestARequestThatCameTooLateIsTakenBack(t *testing.T) {
	t.Parallel()
	deps, consent := setupAsking(t)
	a := pending(t, deps)
	consent.during, consent.failures = func() { over(t, deps, a) }, 1
	request := app.RequestConsent{Deps: deps}
	require.Error(t, request.Do(t.Context(), a.PartnerID, a.ID))
	require.NoError(t, request.Do(t.Context(), a.PartnerID, a.ID), "the job comes back")
	require.Equal(t, 1, consent.ended)
}

// R35: a yes for an assignment that ended meanwhile gives nobody access for
// long.
func TestAYesThatCameTooLateIsTakenBack(t *testing.T) {
	t.Parallel()
	deps, consent := setupAsking(t)
	a := pending(t, deps)
	over(t, deps, a)
	given := ref(a)
	require.NoError(t, worker.Consent(deps).Handler(t.Context(), event(&consentv1.ConsentGiven{Consent: given})))
	require.Equal(t, domain.Ended, stateOf(t, deps, a).State)
	require.Equal(t, given.GetConsentId(), stateOf(t, deps, a).ConsentID.Text("cns"))
	require.NoError(t, app.RequestConsent{Deps: deps}.Do(t.Context(), a.PartnerID, a.ID), "the job that the fact left")
	require.Equal(t, 1, consent.ended)
}
