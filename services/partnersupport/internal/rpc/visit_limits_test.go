package rpc_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"

	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/kit/grpctest"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/app"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
	"github.com/aval-access/aval/services/partnersupport/internal/sibling"
)

// willing are siblings for whom the one grant is in force, whatever the time:
// what ends a visit is its own limits.
type willing struct {
	grpc.ClientConnInterface
	grant, consent id.ID
}

func (w willing) Invoke(_ context.Context, _ string, _, reply any, _ ...grpc.CallOption) error {
	switch reply := reply.(type) {
	case *membershipv1.OpenSupportSessionResponse:
		reply.GrantId, reply.ConsentId = w.grant.Text("grt"), w.consent.Text("cns")
	case *membershipv1.BatchCheckAccessResponse:
		reply.Results = []*membershipv1.CheckAccessResponse{{Allowed: true, GrantId: w.grant.Text("grt")}}
	case *identityv1.MintSupportCodeResponse:
		reply.Code = "avl_sup1_x"
	}
	return nil
}

// active stores a collaborator of a role with a dossier that they may enter.
func (b bundle) active(t *testing.T, role domain.PartnerRole) (domain.Collaborator, domain.Dossier) {
	t.Helper()
	c, d := b.collaborator(t, domain.Ready), b.dossier(t, "A", domain.DossierActive)
	c.PartnerRole = role
	b.tenant(t, func(ctx context.Context, tx pg.Tx) error {
		require.NoError(t, postgres.SaveCollaborator(ctx, tx, c))
		return postgres.AddAssignments(ctx, tx, []domain.Assignment{{
			PartnerID: b.partner, ID: id.New(), DossierID: d.ID, CollaboratorID: c.ID, RequesterID: b.admin, ConsentID: id.New(),
			ProposedDuration: 7 * 24 * time.Hour, State: domain.Active, Version: 1, CreateTime: b.clock.Now(),
		}})
	})
	return c, d
}

// R6, R7: a visit ends when nothing was heard of it for as long as its role
// allows, and with its absolute length however busy it is: for technical support
// 30 minutes and an hour, for an accountant an hour and twelve, who gives no
// reason for each.
func TestEachRoleHasItsOwnLimitsOfAVisit(t *testing.T) {
	t.Parallel()
	for role, want := range map[domain.PartnerRole]struct {
		limits domain.SessionLimits
		reason string
	}{
		domain.TechnicalSupport: {domain.SessionLimits{Life: time.Hour, Idle: 30 * time.Minute}, "ticket 7"},
		domain.Accountant:       {domain.SessionLimits{Life: 12 * time.Hour, Idle: time.Hour}, ""},
	} {
		b := setup(t)
		b.product(t, "alpha")
		deps, w := b.deps, willing{grant: id.New(), consent: id.New()}
		deps.Membership, deps.Identity = sibling.NewMembership(w), sibling.NewIdentity(w)
		c, d := b.active(t, role)
		enter := func() domain.SupportSession {
			out, err := app.EnterDossier{Deps: deps}.Do(t.Context(), app.EnterIn{Partner: b.partner, User: c.UserID, Dossier: d.ID, Reason: want.reason})
			require.NoError(t, err)
			return out.Session
		}
		check := func(s domain.SupportSession) error {
			_, err := app.CheckSession{Deps: deps}.Do(t.Context(), s.ID, grpctest.ID("alpha"))
			return err
		}
		silent := enter()
		b.clock.Advance(want.limits.Idle - time.Second)
		require.NoError(t, check(silent), role)
		b.clock.Advance(want.limits.Idle)
		require.ErrorIs(t, check(silent), domain.SessionOver, role)

		busy := enter()
		for over := busy.StartTime.Add(want.limits.Life - time.Minute); b.clock.Now().Before(over); b.clock.Advance(time.Minute) {
			require.NoError(t, check(busy), "%s after %s", role, b.clock.Now().Sub(busy.StartTime))
		}
		require.NoError(t, app.SweepVisits{Deps: deps}.Do(t.Context()))
		require.Equal(t, 1, b.count(t, "SELECT count(*) FROM support_session WHERE end_time IS NULL"), "what was silent is over, what is used is not")
		b.clock.Advance(time.Minute)
		require.ErrorIs(t, check(busy), domain.SessionOver, role)
		require.NoError(t, app.SweepVisits{Deps: deps}.Do(t.Context()))
		require.Zero(t, b.count(t, "SELECT count(*) FROM support_session WHERE end_time IS NULL"), role)
	}
}
