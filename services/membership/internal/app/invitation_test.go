package app_test

import (
	"context"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/token"
	"github.com/aval-access/aval/services/membership/internal/app"
	"github.com/aval-access/aval/services/membership/internal/domain"
)

func plain() domain.Offer { return domain.Offer{Role: domain.Member} }

func TestOperatorMakesAnOrganizationWithItsOwner(t *testing.T) {
	t.Parallel()
	b := setup(t)
	org, invitation := b.create(domain.Client, " Owner@Example.com ")
	require.Equal(t, "Owner@example.com", invitation.Invitee.Email)
	require.Equal(t, "owner@example.com", invitation.Invitee.EmailKey)
	require.Equal(t, domain.Owner, invitation.Offer.Role)
	require.Equal(t, []string{"aval.membership.v1.organization.created"}, b.subjects(org))
	require.Equal(t, []string{"aval.membership.v1.invitation.created"}, b.subjects(invitation.ID))
	m, err := b.accept(b.mail(invitation), b.person("owner@example.com"))
	require.NoError(t, err)
	require.Equal(t, domain.Owner, m.Offer.Role)
	require.Equal(t, []string{"aval.membership.v1.membership.started"}, b.subjects(m.ID))
}

func TestLinksThatLeadNowhere(t *testing.T) { // F4
	t.Parallel()
	b := setup(t)
	_, i := b.create(domain.Client, "a@example.com")
	good := b.mail(i)
	for name, text := range map[string]string{
		"unknown": token.New(token.Invitation).String(), "truncated": good[:len(good)-1], "longer": good + "a",
		"of another kind": token.New(token.Consent).String(), "empty": "", "nonsense": "nonsense",
	} {
		_, err := b.links().Look(t.Context(), text)
		require.True(t, fault.Is(err, reasonv1.Reason_REASON_LINK_INVALID), name)
		_, err = b.links().Prove(t.Context(), text)
		require.True(t, fault.Is(err, reasonv1.Reason_REASON_LINK_INVALID), name)
		_, err = b.accept(text, b.person("a@example.com"))
		require.True(t, fault.Is(err, reasonv1.Reason_REASON_LINK_INVALID), name)
	}
	for range 3 { // C1: looking uses nothing up
		seen, err := b.links().Look(t.Context(), good)
		require.NoError(t, err)
		require.Equal(t, domain.Pending, seen.Invitation.State)
		_, err = b.links().Prove(t.Context(), good)
		require.NoError(t, err)
	}
}

func TestExpiredLinkSaysSo(t *testing.T) {
	t.Parallel()
	b := setup(t)
	org, owner := b.organization(domain.Client)
	i, err := b.invite(org, owner, "a@example.com", plain())
	require.NoError(t, err)
	link := b.mail(i)
	b.expire(i)
	seen, err := b.links().Look(t.Context(), link)
	require.NoError(t, err)
	require.Equal(t, domain.Expired, seen.Invitation.State)
	_, err = b.links().Prove(t.Context(), link)
	require.ErrorIs(t, err, domain.ErrInvitationExpired)
	_, err = b.accept(link, b.person("a@example.com"))
	require.ErrorIs(t, err, domain.ErrInvitationExpired)
	require.Nil(t, b.prepare(i, 0), "no mail for what is over")

	_, err = b.change(i, owner, false)
	require.NoError(t, err, "an expired invitation is renewed")
	_, err = b.accept(link, b.person("a@example.com"))
	require.NoError(t, err, "and the old link leads on to it")
}

func TestInvitingAgainRenews(t *testing.T) { // R55, R64
	t.Parallel()
	b := setup(t)
	org, owner := b.organization(domain.Client)
	first, err := b.invite(org, owner, "a@example.com", plain())
	require.NoError(t, err)
	old := b.mail(first)
	second, err := b.invite(org, owner, "A@EXAMPLE.com", domain.Offer{Role: domain.Admin})
	require.NoError(t, err)
	require.Equal(t, first.ID, second.ID)
	require.EqualValues(t, 1, second.Generation)
	require.Equal(t, []string{"aval.membership.v1.invitation.created", "aval.membership.v1.invitation.renewed"}, b.subjects(first.ID))
	require.Nil(t, b.prepare(second, 0), "the renewal brings its own mail")
	b.mail(second)
	m, err := b.accept(old, b.person("a@example.com"))
	require.NoError(t, err, "the old link leads on to the live invitation")
	require.Equal(t, domain.Admin, m.Offer.Role)
}

func TestCancelThenInviteAgain(t *testing.T) { // R54, R55
	t.Parallel()
	b := setup(t)
	org, owner := b.organization(domain.Client)
	first, err := b.invite(org, owner, "a@example.com", plain())
	require.NoError(t, err)
	old := b.mail(first)
	cancelled, err := b.change(first, owner, true)
	require.NoError(t, err)
	require.Equal(t, domain.Cancelled, cancelled.State)
	_, err = b.accept(old, b.person("a@example.com"))
	require.ErrorIs(t, err, domain.ErrInvitationNotPending)
	_, err = b.change(first, owner, true)
	require.ErrorIs(t, err, domain.ErrInvitationNotPending)
	second, err := b.invite(org, owner, "a@example.com", plain())
	require.NoError(t, err)
	require.NotEqual(t, first.ID, second.ID)
	_, err = b.accept(old, b.person("a@example.com"))
	require.NoError(t, err, "the superseded link leads to the live one")
}

func TestAcceptingIsForTheInvitedAddress(t *testing.T) { // D1
	t.Parallel()
	b := setup(t)
	org, owner := b.organization(domain.Client)
	i, err := b.invite(org, owner, "a@example.com", plain())
	require.NoError(t, err)
	link := b.mail(i)
	_, err = b.accept(link, b.person("b@example.com"))
	require.ErrorIs(t, err, domain.ErrSomebodyElse)
	person := b.person("a@example.com")
	m, err := b.accept(link, person)
	require.NoError(t, err, "the refused attempt left the link as it was")
	again, err := b.accept(link, person)
	require.NoError(t, err, "repeating answers the same membership")
	require.Equal(t, m.ID, again.ID)
	_, err = b.accept(link, b.person("b@example.com"))
	require.ErrorIs(t, err, domain.ErrSomebodyElse)
}

func TestAnyNumberOfInvitationsInAnyOrder(t *testing.T) { // R57, R58, R67, R68
	t.Parallel()
	b := setup(t)
	const n = 6
	person := b.person("a@example.com")
	links := make([]string, n)
	for i := range links {
		org, owner := b.organization(domain.Client)
		invitation, err := b.invite(org, owner, "a@example.com", plain())
		require.NoError(t, err)
		links[n-1-i] = b.mail(invitation)
	}
	var group sync.WaitGroup
	errs := make([]error, 3*n)
	for i := range errs { // every link is opened three times at once
		group.Go(func() { _, errs[i] = b.accept(links[i%n], person) })
	}
	group.Wait()
	for _, err := range errs {
		require.NoError(t, err)
	}
	require.NoError(t, b.db.InUser(t.Context(), person.UserID, func(ctx context.Context, tx pg.Tx) error {
		var memberships int
		err := tx.QueryRow(ctx, "SELECT count(*) FROM member").Scan(&memberships)
		require.Equal(t, n, memberships, "each organisation once")
		return err
	}))
}

func TestInvitingTheSameAddressAtOnceKeepsOne(t *testing.T) {
	t.Parallel()
	b := setup(t)
	org, owner := b.organization(domain.Client)
	var group sync.WaitGroup
	ids, errs := make([]id.ID, 6), make([]error, 6)
	for i := range ids {
		group.Go(func() {
			invitation, err := b.invite(org, owner, "a@example.com", plain())
			ids[i], errs[i] = invitation.ID, err
		})
	}
	group.Wait()
	for i := range ids {
		require.NoError(t, errs[i])
		require.Equal(t, ids[0], ids[i])
	}
}

func TestAlreadyMember(t *testing.T) { // R60, R90
	t.Parallel()
	b := setup(t)
	org, owner := b.organization(domain.Client)
	b.join(org, owner, b.person("a@example.com"), plain())
	_, err := b.invite(org, owner, "A@example.com", plain())
	require.ErrorIs(t, err, domain.ErrAlreadyMember)
	_, err = b.invite(org, owner, "a+cabinet1@example.com", plain())
	require.NoError(t, err, "R91: an alias is another address")
	other, otherOwner := b.organization(domain.Partner)
	_, err = b.invite(other, otherOwner, "a@example.com", plain())
	require.NoError(t, err, "R96: another organisation links the person without error")
}

func TestAdministratorHasNoPowerOverOwners(t *testing.T) {
	t.Parallel()
	b := setup(t)
	org, owner := b.organization(domain.Client)
	admin := b.person("admin@example.com")
	b.join(org, owner, admin, domain.Offer{Role: domain.Admin})
	_, err := b.invite(org, admin, "a@example.com", domain.Offer{Role: domain.Owner})
	require.ErrorIs(t, err, domain.ErrRightsExceedYours)
	pending, err := b.invite(org, owner, "a@example.com", domain.Offer{Role: domain.Owner})
	require.NoError(t, err)
	_, err = b.invite(org, admin, "a@example.com", plain())
	require.ErrorIs(t, err, domain.ErrRightsExceedYours, "not by inviting again either")
	for _, cancel := range []bool{true, false} {
		_, err = b.change(pending, admin, cancel)
		require.ErrorIs(t, err, domain.ErrRightsExceedYours)
	}
	_, err = b.change(pending, owner, true)
	require.NoError(t, err)
}

func TestWhatAnOrganizationCannotOffer(t *testing.T) {
	t.Parallel()
	b := setup(t)
	org, owner := b.organization(domain.Client)
	_, err := b.invite(org, owner, "a@example.com", domain.Offer{Role: domain.Member, PartnerRole: domain.TechnicalSupport})
	require.ErrorIs(t, err, domain.ErrKindWrong)
	_, err = b.invite(org, owner, "a@example.com", domain.Offer{Role: domain.Member, Rights: domain.Rights{"fax": 2}})
	require.ErrorIs(t, err, domain.ErrFeatureUnknown)
	_, err = b.invite(org, owner, "a@", plain())
	require.True(t, fault.Is(err, reasonv1.Reason_REASON_ADDRESS_INVALID))
}

func TestInvitationOfAnotherTenantIsNotFound(t *testing.T) { // B1
	t.Parallel()
	b := setup(t)
	org, owner := b.organization(domain.Client)
	other, otherOwner := b.organization(domain.Client)
	i, err := b.invite(org, owner, "a@example.com", plain())
	require.NoError(t, err)
	i.OrganizationID = other
	_, err = b.change(i, otherOwner, true)
	require.ErrorIs(t, err, pg.ErrNoRows)
}

func TestAcceptingWithoutTheMail(t *testing.T) { // R63, R67
	t.Parallel()
	b := setup(t)
	org, owner := b.organization(domain.Client)
	i, err := b.invite(org, owner, "a@example.com", plain())
	require.NoError(t, err)
	accept := func(who domain.Person) (m domain.Membership, err error) {
		err = b.tenant(org, func(ctx context.Context, tx pg.Tx) (err error) {
			m, err = app.AcceptInvitation{Deps: b.deps}.ByAddress(ctx, tx, i.ID, who)
			return err
		})
		return m, err
	}
	_, err = accept(b.person("b@example.com"))
	require.ErrorIs(t, err, domain.ErrSomebodyElse)
	person := b.person("a@example.com")
	m, err := accept(person)
	require.NoError(t, err)
	again, err := accept(person)
	require.NoError(t, err)
	require.Equal(t, m.ID, again.ID)
}

func TestMailOfAnInvitation(t *testing.T) { // R13, R24
	t.Parallel()
	b := setup(t)
	org, owner := b.organization(domain.Partner)
	i, err := b.invite(org, owner, "a@example.com", domain.Offer{Role: domain.Member, PartnerRole: domain.TechnicalSupport})
	require.NoError(t, err)
	mail := b.prepare(i, 0)
	require.Equal(t, "123456789", mail.Organization.Identification.RegistrationNumber)
	other := b.mail(i)
	require.NotEqual(t, mail.Link.String(), other, "a fresh link at every call")
	for _, link := range []string{mail.Link.String(), other} {
		_, err := b.links().Prove(t.Context(), link)
		require.NoError(t, err, "earlier links stay good")
	}
}
