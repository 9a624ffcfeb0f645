package app_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	"github.com/aval-access/aval/services/consent/internal/app"
	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/consent/internal/wording"
	"github.com/aval-access/aval/services/kit/id"
)

// What a client gives unasked is answered as any other, under words that say so;
// no mail asks anybody, and no cool-down of its own stands in the way.
func TestAccessIsGivenUnasked(t *testing.T) {
	t.Parallel()
	b := setup(t)
	answer := b.yes(t, b.ask(t))
	_, err := app.Decline{Deps: b.Deps}.Decide(t.Context(), app.Denial{Respond: answer.Respond}, b.by)
	require.NoError(t, err)

	b.asked.AssignmentID, b.asked.Offered = id.New(), true
	consent := b.ask(t)
	r := b.stored(t, consent)
	text := wording.Canonical(r, "fr")
	require.Equal(t, "offer/1+support/1", text.Version)
	require.Contains(t, text.Paragraphs[0], "Vous proposez à Cabinet Martin")
	mails, err := app.PrepareMail{Deps: b.Deps}.Do(t.Context(), &consentv1.ConsentRequested{Consent: &consentv1.ConsentRef{
		ConsentId: consent.Text("cns"), ClientId: r.ClientID.Text("org"),
	}})
	require.NoError(t, err, "nobody needs to be asked who could answer")
	require.Empty(t, mails)

	answer = b.yes(t, consent)
	answer.TextHash = text.Hash()
	decided, err := app.Approve{Deps: b.Deps}.Decide(t.Context(), answer, b.by)
	require.NoError(t, err)
	require.Equal(t, domain.Given, decided.Record.State)
}
