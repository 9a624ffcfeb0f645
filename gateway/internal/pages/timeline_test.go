package pages

import (
	"testing"

	"github.com/stretchr/testify/require"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
)

// R129: a step that leaves an access open says what happened to it.
func TestAStepThatStaysIsNamedByWhatHappened(t *testing.T) {
	t.Parallel()
	const asked, given = consentv1.ConsentState_CONSENT_STATE_REQUESTED, consentv1.ConsentState_CONSENT_STATE_GIVEN
	for want, step := range map[string]*consentv1.Transition{
		"GIVEN":     {From: asked, To: given},
		"POSTPONED": {From: asked, To: asked, Party: consentv1.Party_PARTY_CLIENT},
		"narrowed":  {From: given, To: given, Party: consentv1.Party_PARTY_CLIENT, Reason: "narrow"},
		"confirmed": {From: given, To: given, Party: consentv1.Party_PARTY_CLIENT},
		"paused":    {From: given, To: given},
	} {
		require.Equal(t, want, stepWord(step))
	}
	catalogues, err := readCatalogues()
	require.NoError(t, err)
	for _, lang := range []string{"fr", "en"} {
		for _, word := range []string{"POSTPONED", "narrowed", "confirmed", "paused"} {
			require.NotEmpty(t, catalogues[lang]["timeline."+word])
		}
	}
}
