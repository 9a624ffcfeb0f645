package app_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/consent/internal/app"
	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/idempotency"
)

// yearly gives accesses without an end to several people, and the token of the
// mail that lists them a year later.
func (b *bundle) yearly(t *testing.T, people int) (given []id.ID, token string) {
	t.Helper()
	never := domain.Policy{ClientID: b.asked.ClientID} // no access pauses
	require.NoError(t, app.Policy{Deps: b.Deps}.Change(t.Context(), never, id.New(), idempotency.Key{}))
	for range people {
		b.asked.UserID, b.asked.AssignmentID = id.New(), id.New()
		b.by.For.UserID = b.asked.UserID
		given = append(given, b.endless(t).Record.ID)
	}
	b.clock.Advance(365 * day)
	mails, err := app.PrepareMail{Deps: b.Deps}.Do(t.Context(), &consentv1.ConsentAnniversary{Consent: b.refTo(given[0])})
	require.NoError(t, err)
	require.Len(t, mails, 1)
	token, ok := strings.CutPrefix(mails[0].ActionPath, "/s/")
	require.True(t, ok, mails[0].ActionPath)
	return given, token
}

func (b *bundle) approvedBy(email string) *membershipv1.Approver {
	one := approver(email)
	b.in(village{approvers: []*membershipv1.Approver{one}})
	return one
}

func (b *bundle) press(token string, consents ...id.ID) app.Press {
	return app.Press{Token: token, Consents: consents, Key: idempotency.Key{Method: "stop", RequestID: "press-1", BodyHash: []byte("body")}}
}

// R41: the yearly note leads to a page that ends an access without a sign-in;
// looking changes nothing, one press ends what was ticked, and the same press
// again is the same act.
func TestTheYearlyNoteStopsWithoutASignIn(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.approvedBy("anne@client.example")
	given, token := b.yearly(t, 2)
	stop := app.StopByLink{Deps: b.Deps}
	for range 2 {
		open, err := stop.Look(t.Context(), token)
		require.NoError(t, err)
		require.Len(t, open.Accesses, 2)
		require.Equal(t, given[0], open.Accesses[0].ID)
		require.Equal(t, "Boulangerie Durand", open.ClientName)
	}
	b.approvedBy("paul@client.example") // who answers for the client by now, instead
	stop.Deps = b.Deps
	_, err := stop.Look(t.Context(), token)
	require.ErrorIs(t, err, domain.NotAnApprover)
	_, err = stop.Do(t.Context(), b.press(token, given[0]))
	require.ErrorIs(t, err, domain.NotAnApprover)
	require.Equal(t, domain.Given, b.stored(t, given[0]).State)
}

// R41: the press ends what it names and nothing else, and waits; what is over
// already, and a repetition, are plain answers.
func TestAPressBehindTheLinkEndsWhatItNames(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.approvedBy("anne@client.example")
	given, token := b.yearly(t, 3)
	stop := app.StopByLink{Deps: b.Deps}
	_, err := app.Terminate{Deps: b.Deps}.One(t.Context(), app.Party{PartnerID: b.asked.PartnerID, ActorID: id.New()}, given[2])
	require.NoError(t, err)
	for range 2 {
		out, err := stop.Do(t.Context(), b.press(token, given[1], given[2]))
		require.NoError(t, err)
		require.Equal(t, 2, out.Consents)
	}
	require.Equal(t, domain.Given, b.stored(t, given[0]).State)
	require.Equal(t, domain.Withdrawn, b.stored(t, given[1]).State)
	require.Equal(t, domain.Terminated, b.stored(t, given[2]).State, "what is over stays as it is")
	require.Equal(t, 1, b.count(t, "SELECT count(*) FROM transition WHERE to_state = 'WITHDRAWN' AND reason = 'mail_link'"))
	require.Zero(t, b.count(t, "SELECT count(*) FROM access_grant WHERE state <> 'ACTIVE' AND settled < version"), "it waited")
	open, err := stop.Look(t.Context(), token)
	require.NoError(t, err)
	require.Len(t, open.Accesses, 1)
}

// R128: such a link ends accesses of its own client and does nothing else, for 90
// days; a browser that is signed in at the partner does not speak for the client.
func TestALinkThatStopsServesNothingElse(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.approvedBy("anne@client.example")
	foreign := b.endless(t).Record.ID
	b.asked.ClientID = id.New()
	given, token := b.yearly(t, 1)
	stop := app.StopByLink{Deps: b.Deps}
	_, err := b.OpenLink(t.Context(), strings.Replace(token, "avl_stp1_", "avl_con1_", 1))
	require.True(t, fault.Is(err, reasonv1.Reason_REASON_LINK_INVALID), "%v", err)
	_, err = b.OpenLink(t.Context(), token)
	require.True(t, fault.Is(err, reasonv1.Reason_REASON_LINK_INVALID), "%v", err)
	_, err = stop.Do(t.Context(), b.press(token, foreign))
	require.True(t, fault.Is(err, reasonv1.Reason_REASON_NOT_FOUND), "%v", err)
	theirs := b.press(token, given[0])
	theirs.SessionOrganizationID = b.asked.PartnerID
	_, err = stop.Do(t.Context(), theirs)
	require.ErrorIs(t, err, domain.PartnerSession)
	b.clock.Advance(90 * day)
	_, err = stop.Do(t.Context(), b.press(token, given[0]))
	require.True(t, fault.Is(err, reasonv1.Reason_REASON_LINK_EXPIRED), "%v", err)
	require.Equal(t, domain.Given, b.stored(t, given[0]).State)
}
