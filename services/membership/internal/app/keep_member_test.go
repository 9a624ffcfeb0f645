package app_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/app"
	"github.com/aval-access/aval/services/membership/internal/domain"
	"github.com/aval-access/aval/services/membership/internal/postgres"
)

func (b *bundle) in(m domain.Membership, actor domain.Person) app.KeepMemberInput {
	return app.KeepMemberInput{OrganizationID: m.OrganizationID, MemberID: m.ID, ActorID: actor.UserID}
}

func (b *bundle) update(
	m domain.Membership, actor domain.Person, change domain.SheetChange, version int64,
) (after domain.Membership, err error) {
	b.Helper()
	err = b.system(func(ctx context.Context, tx pg.Tx) (err error) {
		after, err = app.KeepMember{Deps: b.deps}.Update(ctx, tx, b.in(m, actor), change, version)
		return err
	})
	return after, err
}

func (b *bundle) suspend(m domain.Membership, actor domain.Person) (after domain.Membership, err error) {
	b.Helper()
	err = b.system(func(ctx context.Context, tx pg.Tx) (err error) {
		after, err = app.KeepMember{Deps: b.deps}.Suspend(ctx, tx, b.in(m, actor))
		return err
	})
	return after, err
}

func (b *bundle) restore(m domain.Membership, actor domain.Person) (after domain.Membership, err error) {
	b.Helper()
	err = b.system(func(ctx context.Context, tx pg.Tx) (err error) {
		after, err = app.KeepMember{Deps: b.deps}.Restore(ctx, tx, b.in(m, actor))
		return err
	})
	return after, err
}

func (b *bundle) remove(m domain.Membership, actor domain.Person) (end app.MembershipEnd, err error) {
	b.Helper()
	err = b.system(func(ctx context.Context, tx pg.Tx) (err error) {
		end, err = app.KeepMember{Deps: b.deps}.Remove(ctx, tx, b.in(m, actor))
		return err
	})
	return end, err
}

// may asks the decision about a member in their own organisation.
func (b *bundle) may(m domain.Membership, feature string, level domain.Level) bool {
	b.Helper()
	answer, err := b.check.One(b.Context(), app.Asker{}, domain.Question{
		SubjectID: m.Person.UserID, AccountID: m.OrganizationID, Feature: feature, Level: level,
	})
	require.NoError(b, err)
	return answer.Allowed()
}

func (b *bundle) membership(org id.ID, who domain.Person) (m domain.Membership) {
	b.Helper()
	require.NoError(b, b.tenant(org, func(ctx context.Context, tx pg.Tx) (err error) {
		m, err = postgres.FindMember(ctx, tx, org, who.UserID)
		return err
	}))
	return m
}

func member(rights domain.Rights) domain.Offer {
	return domain.Offer{Role: domain.Member, Rights: rights}
}

// R112, R115 to R119: a sheet changes, and the decision follows in the same
// transaction.
func TestASheetIsChangedAndTheDecisionFollows(t *testing.T) {
	t.Parallel()
	b := setup(t)
	org, owner := b.organization(domain.Client)
	m := b.join(org, owner, b.person("a@example.com"), member(domain.Rights{"emailings": domain.LevelGuest}))

	after, err := b.update(m, owner, domain.SheetChange{
		Fields:    []domain.SheetField{domain.GivenNameField, domain.PhoneField, domain.RightsField},
		GivenName: " Aline ", Phone: "01 99 00 00 01",
		Offer: member(domain.Rights{"emailings": domain.LevelEditor, "management": domain.LevelGuest, "management/invoices": domain.LevelNone}),
	}, m.Version)

	require.NoError(t, err)
	require.Equal(t, "Aline", after.GivenName)
	require.Equal(t, m.FamilyName, after.FamilyName, "what the mask does not name stays")
	require.True(t, b.may(m, "emailings", domain.LevelEditor))
	require.False(t, b.may(m, "emailings", domain.LevelApprover), "R118: an editor does not validate")
	require.True(t, b.may(m, "management/quotes", domain.LevelGuest))
	require.False(t, b.may(m, "management/invoices", domain.LevelGuest), "R121")
	require.Equal(t, []string{"aval.membership.v1.membership.started", "aval.membership.v1.membership.changed"}, b.subjects(m.ID))
}

func TestOfTwoWhoReadTheSameSheetTheSecondIsTold(t *testing.T) {
	t.Parallel()
	b := setup(t)
	org, owner := b.organization(domain.Client)
	admin := b.person("admin@example.com")
	b.join(org, owner, admin, domain.Offer{Role: domain.Admin})
	m := b.join(org, owner, b.person("a@example.com"), member(nil))
	names := []string{"Anne", "Alice"}
	errs := make([]error, len(names))
	var wg sync.WaitGroup
	for i, actor := range []domain.Person{owner, admin} {
		wg.Go(func() {
			change := domain.SheetChange{Fields: []domain.SheetField{domain.GivenNameField}, GivenName: names[i]}
			_, errs[i] = b.update(m, actor, change, m.Version)
		})
	}
	wg.Wait()

	first := 0
	if errs[0] != nil {
		first = 1
	}
	require.NoError(t, errs[first])
	require.ErrorIs(t, errs[1-first], domain.ErrChangedMeanwhile)
	require.Equal(t, names[first], b.membership(org, m.Person).GivenName)
}

// The last owner is neither removed, demoted, given an end, suspended, nor lets
// themselves out; nobody but an owner touches one.
func TestTheLastOwnerStaysForGood(t *testing.T) {
	t.Parallel()
	b := setup(t)
	org, owner := b.organization(domain.Client)
	last := b.membership(org, owner)
	tomorrow := b.clock.Now().Add(24 * time.Hour)
	demote := domain.SheetChange{Fields: []domain.SheetField{domain.RoleField}, Offer: domain.Offer{Role: domain.Admin}}
	date := domain.SheetChange{Fields: []domain.SheetField{domain.EndTimeField}, ValidUntil: tomorrow}
	refuses := func(t *testing.T) {
		t.Helper()
		_, err := b.update(last, owner, demote, 0)
		require.ErrorIs(t, err, domain.ErrLastOwner)
		_, err = b.update(last, owner, date, 0)
		require.ErrorIs(t, err, domain.ErrLastOwner)
		_, err = b.suspend(last, owner)
		require.ErrorIs(t, err, domain.ErrLastOwner)
		_, err = b.remove(last, owner)
		require.ErrorIs(t, err, domain.ErrLastOwner)
		require.ErrorIs(t, b.leaves(org, owner), domain.ErrLastOwner)
	}
	refuses(t)

	second := b.join(org, owner, b.person("second@example.com"), domain.Offer{Role: domain.Owner})
	_, err := b.update(second, owner, date, 0)
	require.NoError(t, err)
	refuses(t) // an owner with an end is none to count on
	_, err = b.update(second, owner, domain.SheetChange{Fields: []domain.SheetField{domain.EndTimeField}}, 0)
	require.NoError(t, err)
	_, err = b.suspend(second, owner)
	require.NoError(t, err)
	refuses(t) // nor is a suspended one
	_, err = b.restore(second, owner)
	require.NoError(t, err)
	require.NoError(t, b.leaves(org, owner))
}

func (b *bundle) leaves(org id.ID, who domain.Person) error {
	return b.system(func(ctx context.Context, tx pg.Tx) error {
		_, err := app.Leave{Deps: b.deps}.Do(ctx, tx, org, who.UserID)
		return err
	})
}

// Nobody confers or touches more than they hold.
func TestPowerOverMembersIsBounded(t *testing.T) {
	t.Parallel()
	b := setup(t)
	org, owner := b.organization(domain.Client)
	admin, clerk := b.person("admin@example.com"), b.person("clerk@example.com")
	b.join(org, owner, admin, domain.Offer{Role: domain.Admin})
	keeps := domain.Rights{"aval/members": domain.LevelApprover, "emailings": domain.LevelApprover}
	b.join(org, owner, clerk, member(keeps))
	m := b.join(org, owner, b.person("a@example.com"), member(domain.Rights{"emailings": domain.LevelGuest}))
	give := func(o domain.Offer, fields ...domain.SheetField) domain.SheetChange {
		return domain.SheetChange{Fields: fields, Offer: o}
	}
	owns := b.membership(org, owner)

	_, err := b.update(owns, admin, domain.SheetChange{Fields: []domain.SheetField{domain.GivenNameField}, GivenName: "X"}, 0)
	require.ErrorIs(t, err, domain.ErrRightsExceedYours, "an administrator has no power over owners")
	_, err = b.suspend(owns, admin)
	require.ErrorIs(t, err, domain.ErrRightsExceedYours)
	_, err = b.remove(owns, admin)
	require.ErrorIs(t, err, domain.ErrRightsExceedYours)
	_, err = b.update(m, admin, give(domain.Offer{Role: domain.Owner}, domain.RoleField), 0)
	require.ErrorIs(t, err, domain.ErrRightsExceedYours, "nor makes them")

	more := member(domain.Rights{"emailings": domain.LevelEditor})
	_, err = b.update(m, clerk, give(more, domain.RightsField), 0)
	require.ErrorIs(t, err, domain.ErrRightsNeeded, "rights need aval/rights besides")
	keeps["aval/rights"] = domain.LevelApprover
	_, err = b.update(b.membership(org, clerk), owner, give(member(keeps), domain.RightsField), 0)
	require.NoError(t, err)
	_, err = b.update(m, clerk, give(more, domain.RightsField), 0)
	require.NoError(t, err)
	_, err = b.update(m, clerk, give(member(domain.Rights{"sms": domain.LevelGuest}), domain.RightsField), 0)
	require.ErrorIs(t, err, domain.ErrRightsExceedYours, "the clerk holds no SMS")
	_, err = b.update(m, clerk, give(domain.Offer{Role: domain.Admin}, domain.RoleField), 0)
	require.ErrorIs(t, err, domain.ErrRightsExceedYours)
	_, err = b.update(b.membership(org, admin), clerk, give(member(nil), domain.RightsField), 0)
	require.ErrorIs(t, err, domain.ErrRightsExceedYours, "who holds more is not touched")
	_, err = b.suspend(b.membership(org, clerk), owner)
	require.NoError(t, err)
	_, err = b.update(m, clerk, give(more, domain.RightsField), 0)
	require.ErrorIs(t, err, domain.ErrRightsExceedYours, "nor does a suspended one do anything")
}

// R120: no ancestor implies spending, a right of its own.
func TestSpendingIsARightOfItsOwn(t *testing.T) {
	t.Parallel()
	b := setup(t)
	org, owner := b.organization(domain.Client)
	m := b.join(org, owner, b.person("a@example.com"), member(domain.Rights{"account": domain.LevelApprover}))
	require.False(t, b.may(m, "spending", domain.LevelGuest))
	_, err := b.update(m, owner, domain.SheetChange{
		Fields: []domain.SheetField{domain.RightsField}, Offer: member(domain.Rights{"spending": domain.LevelEditor}),
	}, 0)
	require.NoError(t, err)
	require.True(t, b.may(m, "spending", domain.LevelEditor))
}

func TestASuspensionDeniesAtOnceAndIsTakenBack(t *testing.T) {
	t.Parallel()
	b := setup(t)
	org, owner := b.organization(domain.Client)
	rights := domain.Rights{"emailings": domain.LevelEditor}
	m := b.join(org, owner, b.person("a@example.com"), member(rights))
	require.True(t, b.may(m, "emailings", domain.LevelEditor))

	suspended, err := b.suspend(m, owner)
	require.NoError(t, err)
	require.False(t, b.may(m, "emailings", domain.LevelGuest))
	require.False(t, b.may(m, domain.OrganizationFeature, domain.LevelGuest))
	again, err := b.suspend(m, owner)
	require.NoError(t, err)
	require.Equal(t, suspended.Version, again.Version, "once is enough")
	_, err = b.invite(org, owner, m.Person.Email, member(nil))
	require.ErrorIs(t, err, domain.ErrAlreadyMember, "they are a member still")

	_, err = b.restore(m, owner)
	require.NoError(t, err)
	require.True(t, b.may(m, "emailings", domain.LevelEditor), "nothing was lost")
	require.Equal(t, []string{
		"aval.membership.v1.membership.started", "aval.membership.v1.membership.suspended", "aval.membership.v1.membership.restored",
	}, b.subjects(m.ID))
}

// R122: the decision denies from the date on, whoever has written the end.
func TestAMembershipEndsByItsDate(t *testing.T) {
	t.Parallel()
	b := setup(t)
	org, owner := b.organization(domain.Client)
	trainee := b.person("trainee@example.com")
	m := b.join(org, owner, trainee, member(domain.Rights{"emailings": domain.LevelEditor}))
	date := func(at time.Time) error {
		_, err := b.update(m, owner, domain.SheetChange{Fields: []domain.SheetField{domain.EndTimeField}, ValidUntil: at}, 0)
		return err
	}
	var field domain.FieldError
	require.ErrorAs(t, date(b.clock.Now()), &field, "a date to come")
	require.NoError(t, date(b.clock.Now().Add(time.Hour)))
	require.True(t, b.may(m, "emailings", domain.LevelEditor))
	b.past(m)
	require.False(t, b.may(m, "emailings", domain.LevelGuest))

	// Who is asked again comes back, by another membership.
	i, err := b.invite(org, owner, trainee.Email, member(nil))
	require.NoError(t, err)
	over := app.EndOver{Deps: b.deps, DB: b.db}
	require.NoError(t, over.One(t.Context(), org, trainee.UserID))
	again, err := b.accept(b.mail(i), trainee)
	require.NoError(t, err)
	require.NotEqual(t, m.ID, again.ID)
	require.Contains(t, b.subjects(m.ID), "aval.membership.v1.membership.ended")
	ended, err := over.Do(t.Context())
	require.NoError(t, err)
	require.Zero(t, ended)
}

// past lets a membership's date pass by the database's clock.
func (b *bundle) past(m domain.Membership) {
	b.Helper()
	b.clock.Advance(2 * time.Hour)
	require.NoError(b, b.system(func(ctx context.Context, tx pg.Tx) error {
		m.Offer.Rights, m.ValidUntil = domain.Rights{"emailings": domain.LevelEditor}, time.Now().Add(-time.Second)
		m.Version += 10
		return postgres.UpdateMember(ctx, tx, m)
	}))
}
