package pages

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
)

// The answer that waits for its code answers the request that it was given to,
// and no other one that is open in the same browser.
func TestTheWaitingAnswerBelongsToItsLink(t *testing.T) {
	t.Parallel()
	s := setup(t)
	mine := sampleAsked("fr", consentv1.ConsentState_CONSENT_STATE_REQUESTED)
	mine.token = "avl_con1_mine"
	c, w := anonymous(s, "fr", "/c/x")
	require.True(t, c.keepAnswer(mine, form{values: url.Values{"answer": {"no"}, "why": {"other"}, "nonce": {"n"}, "code": {"1"}}}))
	cookies := w.Result().Cookies()
	require.Len(t, cookies, 1)
	require.NotContains(t, cookies[0].Value, "mine")

	opened := func(path string, a asked) (form, bool) {
		c, _ := anonymous(s, "fr", path)
		c.r.AddCookie(&http.Cookie{Name: cookies[0].Name, Value: cookies[0].Value})
		return c.keptAnswer(a)
	}
	kept, ok := opened("/c/x?code=sent", mine)
	require.True(t, ok)
	require.Equal(t, url.Values{"answer": {"no"}, "why": {"other"}}, kept.values)

	other := mine
	other.token = "avl_con1_other"
	answered := mine
	answered.consent = sampleConsent(consentv1.ConsentState_CONSENT_STATE_GIVEN)
	for name, one := range map[string]struct {
		path string
		asked
	}{
		"another link": {"/c/x?code=sent", other}, "the question": {"/c/x", mine}, "an answered request": {"/c/x?code=sent", answered},
	} {
		_, ok := opened(one.path, one.asked)
		require.False(t, ok, name)
	}
}
