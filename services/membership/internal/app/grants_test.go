package app_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	authzv1 "github.com/aval-access/aval/proto/gen/aval/authz/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/authz"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/app"
	"github.com/aval-access/aval/services/membership/internal/domain"
	"github.com/aval-access/aval/services/membership/internal/postgres"
)

// visit is a collaborator with a grant in force.
type visit struct {
	*bundle
	client, partner id.ID
	owner           domain.Person // of the partner
	collaborator    domain.Person
	grant           domain.Grant
}

func setupVisit(t *testing.T) *visit {
	t.Helper()
	v := &visit{bundle: setup(t)}
	v.client, _ = v.organization(domain.Client)
	v.partner, v.owner = v.organization(domain.Partner)
	v.collaborator = v.person("support@example.com")
	v.join(v.partner, v.owner, v.collaborator, domain.Offer{Role: domain.Member, PartnerRole: domain.TechnicalSupport})
	v.grant = domain.Grant{
		ID: id.New(), SubjectID: v.collaborator.UserID, AccountID: v.client, PartnerID: v.partner,
		ConsentID: id.New(), PartnerRole: domain.TechnicalSupport, Rights: domain.Rights{"management": 4}, Version: 1,
	}
	v.apply(v.grant)
	return v
}

func (v *visit) apply(grants ...domain.Grant) (applied int) {
	v.Helper()
	require.NoError(v, v.system(func(ctx context.Context, tx pg.Tx) (err error) {
		applied, err = app.Grants{}.Apply(ctx, tx, grants)
		return err
	}))
	return applied
}

func (v *visit) end(ends ...domain.GrantEnd) app.GrantsEnd {
	v.Helper()
	end, err := app.Grants{}.End(v.Context(), v.db, ends)
	require.NoError(v, err)
	return end
}

func (v *visit) session() domain.SupportSession {
	return domain.SupportSession{
		ID: id.New(), SubjectID: v.collaborator.UserID, AccountID: v.client, PartnerID: v.partner,
		ExpireTime: time.Now().Add(time.Hour).UTC(),
	}
}

func (v *visit) open(s domain.SupportSession) (grant domain.Grant, err error) {
	v.Helper()
	err = v.system(func(ctx context.Context, tx pg.Tx) (err error) {
		grant, err = app.SupportSessions{}.Open(ctx, tx, s)
		return err
	})
	return grant, err
}

func (v *visit) opened() domain.SupportSession {
	v.Helper()
	s := v.session()
	_, err := v.open(s)
	require.NoError(v, err)
	return s
}

func (v *visit) denial(session id.ID) domain.Denial {
	v.Helper()
	answer, err := v.check.One(v.Context(), app.Asker{}, domain.Question{
		SubjectID: v.collaborator.UserID, AccountID: v.client, Feature: "management/invoices",
		Level: domain.LevelApprover, SupportSessionID: session,
	})
	require.NoError(v, err)
	return answer.Denial
}

func (v *visit) leave(organization id.ID, who domain.Person) (end app.MembershipEnd, err error) {
	v.Helper()
	err = v.system(func(ctx context.Context, tx pg.Tx) (err error) {
		end, err = app.EndMembership{Deps: v.deps}.Do(ctx, tx, app.MembershipEnding{OrganizationID: organization, UserID: who.UserID})
		return err
	})
	return end, err
}

func TestEnteringAndLeaving(t *testing.T) { // R29, R41
	t.Parallel()
	v := setupVisit(t)
	s := v.session()
	grant, err := v.open(s)
	require.NoError(t, err)
	require.Equal(t, v.grant.ID, grant.ID)
	require.Equal(t, v.grant.ConsentID, grant.ConsentID)
	require.Empty(t, v.denial(s.ID))
	require.Equal(t, domain.SupportSessionRequired, v.denial(id.ID{}))
	_, err = v.open(s)
	require.NoError(t, err, "opening the same session again answers the same")

	closed := 0
	for _, want := range []int{1, 0} {
		require.NoError(t, v.system(func(ctx context.Context, tx pg.Tx) (err error) {
			closed, err = app.SupportSessions{}.Close(ctx, tx, []id.ID{s.ID, id.New()})
			return err
		}))
		require.Equal(t, want, closed)
	}
	require.Equal(t, domain.SupportSessionRequired, v.denial(s.ID))
	_, err = v.open(s)
	require.True(t, fault.Is(err, reasonv1.Reason_REASON_SUPPORT_SESSION_OVER), "a closed session stays closed")
}

func TestSessionStaysOnItsGrant(t *testing.T) {
	t.Parallel()
	v := setupVisit(t)
	bounded := v.grant
	bounded.Version, bounded.ValidUntil = 2, time.Now().Add(time.Hour)
	v.apply(bounded)
	s := v.opened()
	longer := v.grant
	longer.ID, longer.ConsentID = id.New(), id.New()
	v.apply(longer)
	grant, err := v.open(s)
	require.NoError(t, err)
	require.Equal(t, v.grant.ID, grant.ID, "a second grant takes no running session over")
}

func TestSessionNeedsAGrantInForce(t *testing.T) { // R27
	t.Parallel()
	v := setupVisit(t)
	for name, change := range map[string]func(*domain.SupportSession){
		"another person":  func(s *domain.SupportSession) { s.SubjectID = id.New() },
		"another account": func(s *domain.SupportSession) { s.AccountID = v.partner },
		"another partner": func(s *domain.SupportSession) { s.PartnerID = v.client },
	} {
		s := v.session()
		change(&s)
		_, err := v.open(s)
		require.True(t, fault.Is(err, reasonv1.Reason_REASON_CONSENT_NOT_GIVEN), name)
	}
	v.end(domain.GrantEnd{GrantID: v.grant.ID, AccountID: v.client, Version: 2})
	_, err := v.open(v.session())
	require.True(t, fault.Is(err, reasonv1.Reason_REASON_CONSENT_NOT_GIVEN))
}

func TestWithdrawalEndsTheSessionsToo(t *testing.T) { // R41, R44
	t.Parallel()
	v := setupVisit(t)
	one, two := v.opened(), v.opened()
	end := domain.GrantEnd{GrantID: v.grant.ID, AccountID: v.client, Version: 2}
	require.Equal(t, app.GrantsEnd{Grants: 1, Sessions: 2}, v.end(end, end))
	require.Equal(t, domain.NoAccess, v.denial(one.ID))
	require.Equal(t, domain.NoAccess, v.denial(two.ID))
	require.Equal(t, app.GrantsEnd{}, v.end(end))
}

func TestBatchKeepsTheNewestOfEach(t *testing.T) {
	t.Parallel()
	v := setupVisit(t)
	older, newest := v.grant, v.grant
	older.Version, newest.Version = 2, 3
	newest.Rights = domain.Rights{"management": 2}
	require.Equal(t, 1, v.apply(newest, older))
	require.Equal(t, domain.LevelTooLow, v.denial(v.opened().ID))
}

func TestGrantThatEndedBeforeItCameStaysEnded(t *testing.T) { // A1
	t.Parallel()
	v := setupVisit(t)
	late := v.grant
	late.ID, late.ConsentID = id.New(), id.New()
	require.Equal(t, app.GrantsEnd{}, v.end(domain.GrantEnd{GrantID: late.ID, AccountID: v.client, Version: 2}))
	late.Version = 3
	require.Equal(t, 0, v.apply(late))
}

func TestLeavingThePartnerEndsEveryGrant(t *testing.T) { // R34, R82
	t.Parallel()
	v := setupVisit(t)
	second := v.grant
	second.ID, second.ConsentID = id.New(), id.New()
	second.AccountID, _ = v.organization(domain.Client)
	elsewhere := v.grant
	elsewhere.ID, elsewhere.ConsentID = id.New(), id.New()
	otherPartner, otherOwner := v.organization(domain.Partner)
	elsewhere.PartnerID = otherPartner
	member := v.join(otherPartner, otherOwner, v.collaborator, domain.Offer{Role: domain.Member, PartnerRole: domain.TechnicalSupport})
	require.Equal(t, 2, v.apply(second, elsewhere))
	s := v.opened()

	end, err := v.leave(v.partner, v.collaborator)
	require.NoError(t, err)
	require.True(t, end.Ended)
	require.ElementsMatch(t, []id.ID{v.grant.ID, second.ID}, end.Grants)
	require.NotEmpty(t, v.denial(s.ID))
	again, err := v.leave(v.partner, v.collaborator)
	require.NoError(t, err)
	require.Equal(t, app.MembershipEnd{}, again)

	late := v.grant
	late.ID, late.Version = id.New(), 1
	v.apply(late)
	require.Equal(t, domain.SupportSessionRequired, v.denial(id.ID{}), "only the grant through the other partner speaks")
	_, err = v.leave(otherPartner, v.collaborator)
	require.NoError(t, err)
	require.Equal(t, domain.NoAccess, v.denial(id.ID{}), "a grant that came late speaks for nobody")
	require.Contains(t, v.subjects(member.ID), "aval.membership.v1.membership.ended")
}

func TestLeavingIsOneTransaction(t *testing.T) {
	t.Parallel()
	v := setupVisit(t)
	s := v.opened()
	failure := context.Canceled
	err := v.system(func(ctx context.Context, tx pg.Tx) error {
		end, err := app.EndMembership{Deps: v.deps}.Do(ctx, tx, app.MembershipEnding{OrganizationID: v.partner, UserID: v.collaborator.UserID})
		require.NoError(t, err)
		require.True(t, end.Ended)
		return failure
	})
	require.ErrorIs(t, err, failure)
	require.Empty(t, v.denial(s.ID), "rolled back whole: membership, grant and session")
}

func TestLastOwnerCannotLeave(t *testing.T) {
	t.Parallel()
	v := setupVisit(t)
	_, err := v.leave(v.partner, v.owner)
	require.ErrorIs(t, err, domain.ErrLastOwner)
	second := v.person("second@example.com")
	v.join(v.partner, v.owner, second, domain.Offer{Role: domain.Owner})
	end, err := v.leave(v.partner, v.owner)
	require.NoError(t, err)
	require.True(t, end.Ended)
	_, err = v.leave(v.partner, second)
	require.ErrorIs(t, err, domain.ErrLastOwner)
}

func TestTwoLastOwnersCannotLeaveAtOnce(t *testing.T) {
	t.Parallel()
	v := setupVisit(t)
	second := v.person("second@example.com")
	v.join(v.partner, v.owner, second, domain.Offer{Role: domain.Owner})
	left := make(chan error, 1)
	require.NoError(t, v.system(func(ctx context.Context, tx pg.Tx) error {
		if _, err := (app.EndMembership{Deps: v.deps}).Do(ctx, tx, app.MembershipEnding{OrganizationID: v.partner, UserID: v.owner.UserID}); err != nil {
			return err
		}
		go func() {
			_, err := v.leave(v.partner, second)
			left <- err
		}()
		require.Eventually(t, v.somebodyWaits, 5*time.Second, time.Millisecond, "the second one waits for the first")
		return nil
	}))
	require.ErrorIs(t, <-left, domain.ErrLastOwner)
}

// somebodyWaits tells whether a transaction of this database waits for another.
func (v *visit) somebodyWaits() bool {
	var waits bool
	err := v.system(func(ctx context.Context, tx pg.Tx) error {
		return tx.QueryRow(ctx, `
SELECT EXISTS (
  SELECT FROM pg_stat_activity
  WHERE datname = current_database()
    AND cardinality(pg_blocking_pids(pid)) > 0
)`).Scan(&waits)
	})
	return err == nil && waits
}

func TestOnceGoneOneCanBeInvitedAgain(t *testing.T) {
	t.Parallel()
	v := setupVisit(t)
	_, err := v.leave(v.partner, v.collaborator)
	require.NoError(t, err)
	m := v.join(v.partner, v.owner, v.collaborator, domain.Offer{Role: domain.Member, PartnerRole: domain.TechnicalSupport})
	require.True(t, m.EndTime.IsZero())
	require.Equal(t, domain.SupportSessionRequired, func() domain.Denial {
		fresh := v.grant
		fresh.ID, fresh.ConsentID = id.New(), id.New()
		v.apply(fresh)
		return v.denial(id.ID{})
	}())
}

func TestPeopleAskAboutThemselvesOnly(t *testing.T) {
	t.Parallel()
	v := setupVisit(t)
	asker := app.Asker{UserID: v.owner.UserID, OrganizationID: v.partner}
	own := domain.Question{SubjectID: v.owner.UserID, AccountID: v.partner, Feature: "aval/members", Level: domain.LevelApprover}
	answer, err := v.check.One(t.Context(), asker, own)
	require.NoError(t, err)
	require.True(t, answer.Allowed())
	other, elsewhere := own, own
	other.SubjectID, elsewhere.AccountID = v.collaborator.UserID, v.client
	for _, q := range []domain.Question{other, elsewhere} {
		_, err := v.check.One(t.Context(), asker, q)
		require.True(t, fault.Is(err, reasonv1.Reason_REASON_NOT_FOUND))
		_, err = v.check.All(t.Context(), asker, []domain.Question{own, q})
		require.True(t, fault.Is(err, reasonv1.Reason_REASON_NOT_FOUND))
	}
}

func TestPermissionsOfMethodsComeFromMembershipAlone(t *testing.T) {
	t.Parallel()
	v := setupVisit(t)
	for user, want := range map[id.ID]bool{v.owner.UserID: true, v.collaborator.UserID: false} {
		got, err := v.check.Decide(t.Context(), authz.Question{
			UserID: user, OrganizationID: v.partner, Feature: "aval/partner/assignments",
			Level: authzv1.Level_LEVEL_APPROVER,
		})
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
}

func TestLeavingTakesBackWhatIsPending(t *testing.T) { // R34
	t.Parallel()
	v := setupVisit(t)
	// Two administrators at the same moment can leave an invitation behind; no
	// call makes one for a member.
	left := domain.Invite(domain.Invitation{
		ID: id.New(), OrganizationID: v.partner, InviterID: v.owner.UserID,
		Invitee: domain.Invitee{Email: v.collaborator.Email, EmailKey: v.collaborator.EmailKey},
		Offer:   domain.Offer{Role: domain.Member, Rights: domain.Rights{}},
	}, domain.Term{Now: v.clock.Now(), Default: week})
	require.NoError(t, v.tenant(v.partner, func(ctx context.Context, tx pg.Tx) error {
		_, err := postgres.InsertInvitation(ctx, tx, left)
		return err
	}))
	_, err := v.leave(v.partner, v.collaborator)
	require.NoError(t, err)
	require.NoError(t, v.tenant(v.partner, func(ctx context.Context, tx pg.Tx) error {
		stored, err := postgres.FindInvitation(ctx, tx, left.ID)
		require.Equal(t, domain.Cancelled, stored.State)
		return err
	}))
}
