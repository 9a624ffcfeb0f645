package app_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/email"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/app"
	"github.com/aval-access/aval/services/membership/internal/domain"
	"github.com/aval-access/aval/services/membership/internal/postgres"
)

func TestOddAddressesAreWarnedOf(t *testing.T) { // R91, R102, R103
	t.Parallel()
	b := setup(t)
	org, owner := b.organization(domain.Client)
	b.join(org, owner, b.person("marie.roy@example.com"), plain())
	_, err := b.invite(org, owner, "paul@gmail.com", plain())
	require.NoError(t, err)
	for typed, want := range map[string][]domain.Warning{
		"marie.roy+x@example.com": {{Kind: domain.SameMailbox, Email: "marie.roy@example.com"}},
		"Maire.Roy@example.com":   {{Kind: domain.NearAddress, Email: "marie.roy@example.com"}},
		"alix@gmial.com":          {{Kind: domain.DomainTypo, Email: "alix@gmail.com"}},
		"paula@gmail.com":         {{Kind: domain.NearAddress, Email: "paul@gmail.com"}},
		"somebody@example.com":    nil,
	} {
		out, err := b.ask(org, owner, app.CreateInvitationInput{Wanted: wanted(typed, plain()), ValidateOnly: true})
		require.NoError(t, err, typed)
		require.Equal(t, want, out.Warnings, typed)
		require.True(t, out.Invitation.ID.IsZero(), "nothing is stored")
	}
	require.Zero(t, b.count("SELECT count(*) FROM invitation WHERE email_key = 'alix@gmial.com'"))
	other, otherOwner := b.organization(domain.Client)
	out, err := b.ask(other, otherOwner, app.CreateInvitationInput{Wanted: wanted("marie.roy+x@example.com", plain())})
	require.NoError(t, err)
	require.Empty(t, out.Warnings, "of another organisation's people nothing is told")
}

func TestRenewingByInvitingIsSaid(t *testing.T) { // R99
	t.Parallel()
	b := setup(t)
	org, owner := b.organization(domain.Client)
	first, err := b.invite(org, owner, "a@example.com", plain())
	require.NoError(t, err)
	for _, only := range []bool{true, false} {
		out, err := b.ask(org, owner, app.CreateInvitationInput{Wanted: wanted("a@example.com", plain()), ValidateOnly: only})
		require.NoError(t, err)
		require.Equal(t, first.ID, out.Invitation.ID)
		require.Equal(t, app.Renewed, out.Outcome)
		require.Equal(t, []domain.Warning{{Kind: domain.Renews, Email: "a@example.com"}}, out.Warnings)
	}
	require.Equal(t, 1, b.count("SELECT generation FROM invitation WHERE id = $1", first.ID))
}

func TestAlreadyHereSaysHow(t *testing.T) { // R90, R98
	t.Parallel()
	b := setup(t)
	org, owner := b.organization(domain.Partner)
	b.join(org, owner, b.person("a@example.com"), plain())
	b.join(org, owner, b.person("c@example.com"), domain.Offer{Role: domain.Member, PartnerRole: domain.TechnicalSupport})
	for address, as := range map[string]domain.Belonging{"a@example.com": domain.AsMember, "c@example.com": domain.AsCollaborator} {
		for _, only := range []bool{true, false} {
			_, err := b.ask(org, owner, app.CreateInvitationInput{Wanted: wanted(address, plain()), ValidateOnly: only})
			var already domain.AlreadyMemberError
			require.ErrorAs(t, err, &already)
			require.Equal(t, as, already.As)
		}
	}
}

func TestAMembershipWithAnEnd(t *testing.T) { // R122
	t.Parallel()
	b := setup(t)
	org, owner := b.organization(domain.Client)
	guest, until := b.person("a@example.com"), time.Now().Add(time.Hour).UTC().Truncate(time.Microsecond)
	offer := domain.Offer{Role: domain.Member, Rights: domain.Rights{"emailings": domain.LevelEditor}, ValidUntil: until}
	m := b.join(org, owner, guest, offer)
	require.Equal(t, until, m.ValidUntil)
	answer, err := b.check.Decisions.Decide(t.Context(), domain.Question{SubjectID: guest.UserID, AccountID: org, Feature: "emailings", Level: domain.LevelEditor})
	require.NoError(t, err)
	require.True(t, answer.Allowed())
	require.Equal(t, until, answer.ValidUntil, "the decision knows the end")

	deputy := b.person("deputy@example.com")
	b.join(org, owner, deputy, domain.Offer{Role: domain.Admin, ValidUntil: until})
	_, err = b.invite(org, deputy, "b@example.com", plain())
	require.ErrorIs(t, err, domain.ErrRightsExceedYours, "nobody gives longer than they have")
	_, err = b.invite(org, deputy, "b@example.com", domain.Offer{Role: domain.Member, ValidUntil: until})
	require.NoError(t, err)
	pending, err := b.invite(org, owner, "c@example.com", plain())
	require.NoError(t, err)
	_, err = b.change(pending, deputy, true)
	require.NoError(t, err, "taking back is no giving")
}

func TestDecliningByLinkAndByAddress(t *testing.T) {
	t.Parallel()
	b := setup(t)
	org, owner := b.organization(domain.Client)
	i, err := b.invite(org, owner, "a@example.com", plain())
	require.NoError(t, err)
	link, guest := b.mail(i), b.person("a@example.com")
	require.NoError(t, b.decline(link))
	require.NoError(t, b.decline(link), "saying no again changes nothing")
	require.Equal(t, []string{"aval.membership.v1.invitation.created", "aval.membership.v1.invitation.declined"}, b.subjects(i.ID))
	_, err = b.accept(link, guest)
	require.ErrorIs(t, err, domain.ErrInvitationNotPending)
	require.Nil(t, b.prepare(i, 0), "no mail for a no")

	again, err := b.invite(org, owner, "a@example.com", plain())
	require.NoError(t, err, "whoever changed their mind is invited anew")
	byAddress := func(who domain.Person) error {
		return b.tenant(org, func(ctx context.Context, tx pg.Tx) error {
			_, err := app.DeclineInvitation{Deps: b.deps}.ByAddress(ctx, tx, again.ID, who)
			return err
		})
	}
	require.ErrorIs(t, byAddress(b.person("b@example.com")), domain.ErrSomebodyElse)
	require.NoError(t, byAddress(guest))
	third, err := b.invite(org, owner, "a@example.com", plain())
	require.NoError(t, err)
	_, err = b.accept(link, guest)
	require.NoError(t, err, "the oldest link leads on to the newest")
	require.ErrorIs(t, b.decline(b.tokenOf(third)), domain.ErrInvitationNotPending, "accepted is accepted")
}

// tokenOf mints one more link of an invitation, whatever its state.
func (b *bundle) tokenOf(i domain.Invitation) string {
	b.Helper()
	link := newToken()
	require.NoError(b, b.tenant(i.OrganizationID, func(ctx context.Context, tx pg.Tx) error {
		return postgres.InsertToken(ctx, tx, link, i)
	}))
	return link.String()
}

func TestWhatIsKnownOfAGuest(t *testing.T) { // R60 to R67
	t.Parallel()
	b := setup(t)
	org, owner := b.organization(domain.Client)
	diagnose := func(address string, asker id.ID) domain.Evidence {
		parsed, err := email.Parse(address)
		require.NoError(t, err)
		e, err := app.DiagnoseInvitation{Deps: b.deps, DB: b.db}.Do(t.Context(), app.Guest{OrganizationID: org, AskerID: asker, Address: parsed})
		require.NoError(t, err)
		return e
	}
	require.Equal(t, domain.NeverInvited, diagnose("marie@example.com", owner.UserID).Diagnose())
	i, err := b.invite(org, owner, "marie@example.com", plain())
	require.NoError(t, err)
	require.Equal(t, domain.WrongAddress, diagnose("maire@example.com", owner.UserID).Diagnose()) // R61
	link := b.mail(i)
	seen, err := b.links().Look(t.Context(), link)
	require.NoError(t, err)
	for range 2 {
		require.NoError(t, b.links().Note(t.Context(), seen.Invitation, domain.SomeProgram))
	}
	e := diagnose("marie@example.com", owner.UserID)
	require.EqualValues(t, 2, e.Sight.Fetches)
	require.False(t, e.Sight.FirstFetch.IsZero() || e.Sight.LastFetch.IsZero())
	require.True(t, e.Sight.Opened.IsZero())
	require.Equal(t, seen.Invitation.Version, e.Latest.Version, "looking changes nothing about the invitation")
	require.NoError(t, b.links().Note(t.Context(), seen.Invitation, domain.SomebodyElse))
	require.Equal(t, domain.OpenedAsOther, diagnose("marie@example.com", owner.UserID).Diagnose())
	_, err = b.links().Prove(t.Context(), link)
	require.NoError(t, err)
	require.Equal(t, domain.LinkOpened, diagnose("marie@example.com", owner.UserID).Diagnose())

	// R67: the asker's other company has her already.
	second, secondOwner := b.organization(domain.Client)
	b.join(second, secondOwner, owner, domain.Offer{Role: domain.Admin})
	guest := b.person("marie@example.com")
	b.join(second, secondOwner, guest, plain())
	e = diagnose("marie@example.com", owner.UserID)
	require.Equal(t, []domain.Elsewhere{{Name: "Cabinet Dupont", Member: true}}, e.Elsewhere)
	require.Empty(t, diagnose("marie@example.com", id.ID{}).Elsewhere, "of companies that are not the asker's nothing is told")
	_, err = b.accept(link, guest)
	require.NoError(t, err)
	require.Equal(t, domain.IsMember, diagnose("marie@example.com", owner.UserID).Diagnose()) // R60
}
