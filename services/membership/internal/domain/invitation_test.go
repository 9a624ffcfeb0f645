package domain_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/membership/internal/domain"
)

func TestStateMachineIsComplete(t *testing.T) {
	t.Parallel()
	allowed := map[domain.InvitationState]map[domain.InvitationEvent]domain.InvitationState{
		domain.Pending: {
			domain.Accept: domain.Accepted, domain.Decline: domain.Declined, domain.Cancel: domain.Cancelled,
			domain.Renew: domain.Pending, domain.Expire: domain.Expired,
		},
		domain.Expired: {domain.Renew: domain.Pending, domain.Cancel: domain.Cancelled},
	}
	states := []domain.InvitationState{domain.Pending, domain.Accepted, domain.Declined, domain.Cancelled, domain.Expired}
	events := []domain.InvitationEvent{domain.Accept, domain.Decline, domain.Cancel, domain.Renew, domain.Expire}
	for _, state := range states {
		for _, event := range events {
			want, legal := allowed[state][event]
			got, ok := domain.Next(state, event)
			require.Equal(t, legal, ok, "%s by %s", state, event)
			require.Equal(t, want, got, "%s by %s", state, event)
		}
	}
	_, ok := domain.Next("", domain.Accept)
	require.False(t, ok, "an unknown state goes nowhere")
}

func invitation() (domain.Invitation, time.Time) {
	now := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	return domain.Invite(domain.Invitation{
		ID: id.New(), OrganizationID: id.New(),
		Invitee: domain.Invitee{Email: "A@example.com", EmailKey: "a@example.com", GivenName: "Alix", FamilyName: "Roy"},
		Offer:   domain.Offer{Role: domain.Member, PartnerRole: domain.TechnicalSupport},
	}, domain.Term{Now: now, Default: time.Hour}), now
}

func TestExpiryIsByTheInstant(t *testing.T) {
	t.Parallel()
	i, now := invitation()
	require.Equal(t, domain.Pending, i.At(now.Add(time.Hour-time.Nanosecond)).State)
	require.Equal(t, domain.Expired, i.At(now.Add(time.Hour)).State)
	require.NoError(t, i.Cancel(now))
	require.Equal(t, domain.Cancelled, i.At(now.Add(time.Hour)).State, "only what is pending expires")
}

func TestAcceptance(t *testing.T) {
	t.Parallel()
	person := domain.Person{UserID: id.New(), Email: "a@example.com", EmailKey: "a@example.com", Locale: "fr"}

	t.Run("makes the membership that was offered", func(t *testing.T) {
		t.Parallel()
		i, now := invitation()
		member := id.New()
		m, err := i.Accept(person, member, now)
		require.NoError(t, err)
		require.Equal(t, domain.Accepted, i.State)
		require.Equal(t, member, i.MemberID)
		require.EqualValues(t, 2, i.Version)
		require.Equal(t, i.Offer, m.Offer)
		require.Equal(t, "Alix Roy", m.DisplayName())
	})
	t.Run("is for the invited address alone", func(t *testing.T) {
		t.Parallel()
		i, now := invitation()
		other := person
		other.EmailKey = "a+x@example.com"
		_, err := i.Accept(other, id.New(), now)
		require.ErrorIs(t, err, domain.ErrSomebodyElse)
		require.Equal(t, domain.Pending, i.State)
	})
	t.Run("is refused after the end", func(t *testing.T) {
		t.Parallel()
		i, now := invitation()
		i = i.At(now.Add(time.Hour))
		_, err := i.Accept(person, id.New(), now)
		require.ErrorIs(t, err, domain.ErrInvitationNotPending)
	})
	t.Run("happens once", func(t *testing.T) {
		t.Parallel()
		i, now := invitation()
		_, err := i.Accept(person, id.New(), now)
		require.NoError(t, err)
		_, err = i.Accept(person, id.New(), now)
		require.ErrorIs(t, err, domain.ErrInvitationNotPending)
	})
}

func TestRenewalBeginsANewTerm(t *testing.T) { // R55
	t.Parallel()
	i, now := invitation()
	later := now.Add(2 * time.Hour)
	i = i.At(later)
	renewal := domain.Renewal{InviterID: id.New(), Invitee: i.Invitee, Offer: domain.Offer{Role: domain.Admin}}
	require.NoError(t, i.Renew(renewal, domain.Term{Now: later, Default: time.Hour}))
	require.Equal(t, domain.Pending, i.State)
	require.EqualValues(t, 1, i.Generation)
	require.Equal(t, later.Add(time.Hour), i.ExpireTime)
	require.Equal(t, domain.Admin, i.Offer.Role)
	require.Equal(t, later, i.RenewTime)
	require.NoError(t, i.Cancel(later))
	require.Equal(t, later, i.EndTime)
	require.ErrorIs(t, i.Renew(renewal, domain.Term{Now: later, Default: time.Hour}), domain.ErrInvitationNotPending)
}

func TestTermsAreChosen(t *testing.T) {
	t.Parallel()
	i, now := invitation()
	term := domain.Term{Now: now, Default: time.Hour}
	i.ValidDays = 30
	require.Equal(t, now.AddDate(0, 0, 30), domain.Invite(i, term).ExpireTime)
	require.NoError(t, i.Renew(domain.Renewal{Invitee: i.Invitee, Offer: i.Offer}, term))
	require.Equal(t, now.AddDate(0, 0, 30), i.ExpireTime, "as long as before")
	require.NoError(t, i.Renew(domain.Renewal{Invitee: i.Invitee, Offer: i.Offer, ValidDays: 2}, term))
	require.Equal(t, now.AddDate(0, 0, 2), i.ExpireTime)
	i.Offer.ValidUntil = now.AddDate(0, 0, 1)
	require.Equal(t, i.Offer.ValidUntil, domain.Invite(i, term).ExpireTime, "never after the end of what is offered (R122)")
}

func TestDecliningEndsIt(t *testing.T) {
	t.Parallel()
	i, now := invitation()
	require.NoError(t, i.Decline(now))
	require.Equal(t, domain.Declined, i.State)
	require.Equal(t, now, i.EndTime)
	require.ErrorIs(t, i.Decline(now), domain.ErrInvitationNotPending)
	require.ErrorIs(t, i.Cancel(now), domain.ErrInvitationNotPending)
}

func TestSayingTheSameAgain(t *testing.T) {
	t.Parallel()
	i, now := invitation()
	i.Offer.Rights = domain.Rights{"sms": domain.LevelGuest}
	require.True(t, i.Says(i.Invitee, i.Offer))
	for name, change := range map[string]func(*domain.Invitee, *domain.Offer){
		"another name":    func(who *domain.Invitee, _ *domain.Offer) { who.GivenName = "Alice" },
		"another role":    func(_ *domain.Invitee, o *domain.Offer) { o.Role = domain.Admin },
		"another level":   func(_ *domain.Invitee, o *domain.Offer) { o.Rights = domain.Rights{"sms": domain.LevelEditor} },
		"an end":          func(_ *domain.Invitee, o *domain.Offer) { o.ValidUntil = now.AddDate(1, 0, 0) },
		"no staff role":   func(_ *domain.Invitee, o *domain.Offer) { o.PartnerRole = domain.NoPartnerRole },
		"another writing": func(who *domain.Invitee, _ *domain.Offer) { who.Email = "a@example.com" },
	} {
		who, o := i.Invitee, i.Offer
		change(&who, &o)
		require.False(t, i.Says(who, o), name)
	}
}

func TestLastOwnerStays(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		role   domain.Role
		owners int
		want   error
	}{
		"the last owner":       {domain.Owner, 1, domain.ErrLastOwner},
		"one of two owners":    {domain.Owner, 2, nil},
		"an administrator":     {domain.Admin, 1, nil},
		"a collaborator":       {domain.Member, 1, nil},
		"a member of no owner": {domain.Member, 0, nil},
	} {
		m := domain.Membership{Offer: domain.Offer{Role: c.role}, Version: 1}
		err := m.End(c.owners, time.Now())
		require.ErrorIs(t, err, c.want, name)
		require.Equal(t, c.want != nil, m.EndTime.IsZero(), name)
	}
}
