package pages

import (
	"html"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	authzv1 "github.com/aval-access/aval/proto/gen/aval/authz/v1"
	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
)

// R41: from the page of a running access, and from the mail's page, a person
// without the console reduces it, and asks for it to be longer.
func TestARunningAccessLeadsToLessAndToMore(t *testing.T) {
	t.Parallel()
	for lang, words := range map[string][]string{"fr": {"Réduire l'accès", "Prolonger ou élargir"}, "en": {"Narrow the access", "Extend or widen"}} {
		pages := samples(t, lang)
		for _, name := range []string{"detail", "answered CONSENT_STATE_GIVEN"} {
			for _, word := range words {
				require.Contains(t, html.UnescapeString(pages[name].html), word, name)
			}
			require.Contains(t, pages[name].html, "/assistance/cns_01jd0000000000000000000003/narrow")
		}
		require.NotContains(t, html.UnescapeString(pages["answered CONSENT_STATE_WITHDRAWN"].html), words[0])
	}
	require.NotContains(t, samples(t, "fr")["narrow"].html, " selected", "nothing is chosen beforehand")
}

// R41: what is left is read as it was chosen: rights that are lowered, and an
// end on its own day stays at its hour. Nothing chosen, or a past day, is not
// sent.
func TestLessIsWhatWasChosen(t *testing.T) {
	t.Parallel()
	given := sampleConsent(consentv1.ConsentState_CONSENT_STATE_GIVEN)
	c, _ := clientAdmin(setup(t), "fr", "/assistance")
	end := given.GetExpireTime().AsTime()
	f := form{values: url.Values{"right.management": {"LEVEL_GUEST"}, "right.sms": {"LEVEL_NONE"}, "end_date": {end.In(c.zone).Format(dateForm)}}}
	less := c.less(given, &f)
	require.Empty(t, f.Problems)
	require.Len(t, less.GetRights(), 1, "only what was given")
	require.Equal(t, authzv1.Level_LEVEL_GUEST, less.GetRights()[0].GetLevel())
	require.True(t, less.GetExpireTime().AsTime().Equal(end))

	f = form{values: url.Values{"end_date": {"2026-11-24"}}}
	less = c.less(given, &f)
	require.Empty(t, f.Problems)
	require.Equal(t, "2026-11-24T22:59:00Z", less.GetExpireTime().AsTime().Format("2006-01-02T15:04:05Z"))
	for name, values := range map[string]url.Values{"nothing": {}, "past": {"end_date": {"2026-11-20"}}, "no date": {"end_date": {"demain"}}} {
		f = form{values: values}
		c.less(given, &f)
		require.Len(t, f.Problems, 1, name)
	}
}
