package app_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/types/known/timestamppb"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/consent/internal/app"
	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/idempotency"
)

func (b *bundle) due(consent id.ID) app.Due {
	return app.Due{ClientID: b.asked.ClientID, ConsentID: consent}
}

func (b *bundle) planned(t *testing.T, kind string) int {
	t.Helper()
	return b.count(t, "SELECT count(*) FROM river.river_job WHERE kind = '"+kind+"'")
}

// R22, R28: reminders of a request, of which none comes within a day of another
// mail, nor after the answer.
func TestARequestIsMailedAgainUntilItIsAnswered(t *testing.T) {
	t.Parallel()
	b := setup(t)
	consent, timers := b.ask(t), app.Timers{Deps: b.Deps}
	require.Equal(t, 3, b.planned(t, "remind_request"))
	b.clock.Advance(2 * day)
	reminded, err := app.Remind{Deps: b.Deps}.Do(t.Context(), b.asked.PartnerID, consent)
	require.NoError(t, err)
	require.True(t, reminded.Mailed, "the collaborator wanted to enter")
	require.NoError(t, timers.Remind(t.Context(), app.RemindRequest{Due: b.due(consent)}))
	require.Equal(t, []string{"requested", "reminded"}, b.events(t), "one mail a day")
	b.clock.Advance(5 * day)
	require.NoError(t, timers.Remind(t.Context(), app.RemindRequest{Due: b.due(consent)}))
	require.Equal(t, []string{"requested", "reminded", "reminded"}, b.events(t))
	b.no(t, consent)
	b.clock.Advance(6 * day)
	require.NoError(t, timers.Remind(t.Context(), app.RemindRequest{Due: b.due(consent)}))
	require.Equal(t, []string{"requested", "reminded", "reminded", "refused"}, b.events(t))
}

// R40: both sides hear of an end that comes, and not of one that came.
func TestAnEndThatComesIsTold(t *testing.T) {
	t.Parallel()
	b := setup(t)
	consent, timers := b.give(t).Record.ID, app.Timers{Deps: b.Deps}
	require.Equal(t, 2, b.planned(t, "notice_end"))
	require.Zero(t, b.planned(t, "note_year"))
	b.clock.Advance(6 * day)
	require.NoError(t, timers.NoticeEnd(t.Context(), app.NoticeEnd{Due: b.due(consent)}))
	require.Equal(t, []string{"requested", "given", "ending"}, b.events(t))
	b.clock.Advance(day)
	require.NoError(t, timers.NoticeEnd(t.Context(), app.NoticeEnd{Due: b.due(consent)}))
	require.Equal(t, []string{"requested", "given", "ending"}, b.events(t))
}

// Once a year the client is told who can come in: one note for all accesses
// without an end, and the next a year later.
func TestTheYearlyNoteSpeaksOnceForAll(t *testing.T) {
	t.Parallel()
	b := setup(t)
	never := domain.Policy{ClientID: b.asked.ClientID} // no access pauses
	require.NoError(t, app.Policy{Deps: b.Deps}.Change(t.Context(), never, id.New(), idempotency.Key{}))
	var endless []id.ID
	for range 2 {
		consent, err := b.askFor(t, id.New())
		require.NoError(t, err)
		answer := b.yes(t, consent)
		answer.Duration = domain.Duration{Choice: domain.UntilStopped}
		_, err = app.Approve{Deps: b.Deps}.Decide(t.Context(), answer, b.by)
		require.NoError(t, err)
		endless = append(endless, consent)
		b.clock.Advance(day)
	}
	require.Equal(t, 2, b.planned(t, "note_year"))
	b.clock.Advance(365 * day)
	for _, consent := range endless {
		require.NoError(t, app.Timers{Deps: b.Deps}.NoteYear(t.Context(), app.NoteYear{Due: b.due(consent)}))
	}
	require.Equal(t, []string{"requested", "given", "requested", "given", "anniversary"}, b.events(t)[1:])
	require.Equal(t, 2, b.count(t, "SELECT count(*) FROM river.river_job WHERE kind = 'note_year' AND scheduled_at > '2028-11-01'"))
}

// R40: the client's mail about an end leads to the access itself, where it is
// extended or reduced.
func TestTheMailAboutAnEndLeadsToTheAccess(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.in(village{approvers: []*membershipv1.Approver{approver("anne@client.example")}})
	given := b.give(t).Record
	mails, err := app.PrepareMail{Deps: b.Deps}.Do(t.Context(), &consentv1.ConsentEnding{
		Consent: b.refTo(given.ID), ExpireTime: timestamppb.New(given.ExpireTime),
	})
	require.NoError(t, err)
	require.Len(t, mails, 2)
	require.Equal(t, "/partner/dossiers", mails[0].ActionPath)
	require.Equal(t, "/assistance/"+given.ID.Text("cns"), mails[1].ActionPath)
}
