package app_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/consent/internal/app"
	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/consent/internal/sibling"
	"github.com/aval-access/aval/services/kit/id"
)

// village answers for siblings: who approves at the client, one collaborator and
// who asked for them.
type village struct {
	grpc.ClientConnInterface
	approvers               []*membershipv1.Approver
	collaborator, requester id.ID
}

func (v village) Invoke(_ context.Context, method string, asked, reply any, _ ...grpc.CallOption) error {
	switch method {
	case membershipv1.MemberService_CheckApprover_FullMethodName:
		reply.(*membershipv1.CheckApproverResponse).Approver = slices.ContainsFunc(v.approvers, func(a *membershipv1.Approver) bool {
			return a.GetUserId() == asked.(*membershipv1.CheckApproverRequest).GetUserId()
		})
	case membershipv1.MemberService_ListApprovers_FullMethodName:
		reply.(*membershipv1.ListApproversResponse).Approvers = v.approvers
	case identityv1.UserService_BatchGetUsers_FullMethodName:
		reply.(*identityv1.BatchGetUsersResponse).Users = []*identityv1.User{
			{Id: v.collaborator.Text("usr"), Email: "karim@partner.example"}, {Id: v.requester.Text("usr"), Email: "admin@partner.example"},
		}
	}
	return nil
}

func approver(email string) *membershipv1.Approver {
	return &membershipv1.Approver{UserId: id.New().Text("usr"), Email: email, Locale: "fr"}
}

func (b *bundle) in(v village) {
	v.collaborator, v.requester = b.asked.UserID, b.asked.RequesterID
	b.Siblings = sibling.New(v, v)
}

func (b *bundle) refTo(consent id.ID) *consentv1.ConsentRef {
	return &consentv1.ConsentRef{ConsentId: consent.Text("cns"), ClientId: b.asked.ClientID.Text("org"), PartnerId: b.asked.PartnerID.Text("org")}
}

// A request that reaches nobody is told to the partner, and who wants to enter
// is told so too.
func TestARequestThatReachesNobodyIsTold(t *testing.T) {
	t.Parallel()
	b := setup(t)
	consent := b.ask(t)
	b.in(village{})
	mails, err := app.PrepareMail{Deps: b.Deps}.Do(t.Context(), &consentv1.ConsentRequested{Consent: b.refTo(consent)})
	require.NoError(t, err)
	require.Empty(t, mails)
	require.Equal(t, []string{"requested", "unreachable"}, b.events(t))

	mails, err = app.PrepareMail{Deps: b.Deps}.Do(t.Context(), &consentv1.ConsentUnreachable{Consent: b.refTo(consent)})
	require.NoError(t, err)
	require.Len(t, mails, 2, "the collaborator, and who asked for them")
	require.Equal(t, "karim@partner.example", mails[0].Address)
	require.Equal(t, b.asked.RequesterID, mails[1].RecipientID)
	waits := app.Reminded{ClientID: b.asked.ClientID, State: domain.Requested}
	nobody, err := app.Remind{Deps: b.Deps}.NobodyToAsk(t.Context(), b.asked.PartnerID, waits)
	require.NoError(t, err)
	require.True(t, nobody)

	b.in(village{approvers: []*membershipv1.Approver{approver("anne@client.example")}})
	nobody, err = app.Remind{Deps: b.Deps}.NobodyToAsk(t.Context(), b.asked.PartnerID, waits)
	require.NoError(t, err)
	require.False(t, nobody)
}

// A request whose every mail bounced reaches nobody: told once, after the last
// of them, and anew when a reminder bounces too. One mailbox is enough.
func TestARequestWhoseMailsAllBounceReachesNobody(t *testing.T) {
	t.Parallel()
	b := setup(t)
	consent := b.ask(t)
	anne, paul := approver("anne@client.example"), approver("paul@client.example")
	b.in(village{approvers: []*membershipv1.Approver{anne, paul}})
	_, err := app.PrepareMail{Deps: b.Deps}.Do(t.Context(), &consentv1.ConsentRequested{Consent: b.refTo(consent)})
	require.NoError(t, err)
	first, last := b.bounce(anne), b.bounce(paul)
	require.NoError(t, app.NoteBounce{Deps: b.Deps}.Do(t.Context(), first))
	require.NotContains(t, b.events(t), "unreachable")
	for range 2 {
		require.NoError(t, app.NoteBounce{Deps: b.Deps}.Do(t.Context(), last))
		require.Equal(t, []string{"requested", "unreachable"}, b.events(t))
	}

	b.clock.Advance(25 * time.Hour)
	_, err = app.PrepareMail{Deps: b.Deps}.Do(t.Context(), &consentv1.ConsentReminded{Consent: b.refTo(consent)})
	require.NoError(t, err)
	require.NoError(t, app.NoteBounce{Deps: b.Deps}.Do(t.Context(), b.bounce(anne)))
	require.Equal(t, []string{"requested", "unreachable"}, b.events(t), "paul's last mail may have arrived")
	require.NoError(t, app.NoteBounce{Deps: b.Deps}.Do(t.Context(), b.bounce(paul)))
	require.Equal(t, []string{"requested", "unreachable", "unreachable"}, b.events(t))
}

// What was answered meanwhile waits for nobody; nor does a bounce count for who
// was never mailed.
func TestABounceAlarmsForWhatStillWaitsAlone(t *testing.T) {
	t.Parallel()
	b := setup(t)
	consent := b.ask(t)
	anne := approver("anne@client.example")
	b.in(village{approvers: []*membershipv1.Approver{anne}})
	_, err := app.PrepareMail{Deps: b.Deps}.Do(t.Context(), &consentv1.ConsentRequested{Consent: b.refTo(consent)})
	require.NoError(t, err)
	b.in(village{approvers: []*membershipv1.Approver{anne, approver("new@client.example")}})
	require.NoError(t, app.NoteBounce{Deps: b.Deps}.Do(t.Context(), b.bounce(anne)))
	require.NotContains(t, b.events(t), "unreachable")

	b.in(village{approvers: []*membershipv1.Approver{anne}})
	_, err = app.Approve{Deps: b.Deps}.Decide(t.Context(), b.yes(t, consent), b.by)
	require.NoError(t, err)
	require.NoError(t, app.NoteBounce{Deps: b.Deps}.Do(t.Context(), b.bounce(anne)))
	require.NotContains(t, b.events(t), "unreachable")
}

// bounce is the news that a mail to an approver was refused for good, now.
func (b *bundle) bounce(to *membershipv1.Approver) app.Bounce {
	recipient, _ := id.Parse("usr", to.GetUserId())
	return app.Bounce{EventID: id.New(), RecipientID: recipient, Time: b.clock.Now()}
}

// Who wished to be asked again gets the mail, and nobody else.
func TestARecalledRequestIsMailedToItsApproverAlone(t *testing.T) {
	t.Parallel()
	b := setup(t)
	consent := b.ask(t)
	anne, paul := approver("anne@client.example"), approver("paul@client.example")
	b.in(village{approvers: []*membershipv1.Approver{anne, paul}})
	mails, err := app.PrepareMail{Deps: b.Deps}.Do(t.Context(), &consentv1.ConsentRecalled{Consent: b.refTo(consent), ActorId: paul.GetUserId()})
	require.NoError(t, err)
	require.Len(t, mails, 1)
	require.Equal(t, "paul@client.example", mails[0].Address)
}

// The yearly note names everybody who can come in; a notice of an end goes to
// both sides.
func TestTheClientIsToldWhoCanComeIn(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.in(village{approvers: []*membershipv1.Approver{approver("anne@client.example")}})
	given := b.give(t).Record
	mails, err := app.PrepareMail{Deps: b.Deps}.Do(t.Context(), &consentv1.ConsentAnniversary{Consent: b.refTo(given.ID)})
	require.NoError(t, err)
	require.Len(t, mails, 1)
	require.Equal(t, "Karim Haddad (Cabinet Martin)", mails[0].Variables["people"])
}
