package e2e

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/deploy/driver"
	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
)

func codeOf(t *testing.T, redirect string) string {
	t.Helper()
	parsed, err := url.Parse(redirect)
	require.NoError(t, err)
	return parsed.Query().Get("code")
}

// stateOf reads what became of a request, by its link.
func (b bundle) stateOf(t *testing.T, token string) consentv1.ConsentState {
	t.Helper()
	shown, err := consentv1.NewConsentServiceClient(b.Transport.Session("fr")).LookupRequest(t.Context(), &consentv1.LookupRequestRequest{Token: token})
	require.NoError(t, err)
	return shown.GetConsent().GetState()
}

// R128, C1: whatever a scanner or prefetch does with the link, the request
// stays unanswered and the link works afterwards.
func TestScannersCannotConsent(t *testing.T) {
	t.Parallel()
	b := setup(t, shared.rest)
	a := b.asked(t)
	link := b.stack.URL() + "/c/" + a.token
	browser := driver.HTTPClient(nil)
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodGet} {
		for _, header := range []string{"", "prefetch", "prerender"} {
			request, err := http.NewRequestWithContext(t.Context(), method, link, nil)
			require.NoError(t, err)
			request.Header.Set("Sec-Purpose", header)
			response, err := browser.Do(request)
			require.NoError(t, err)
			require.NoError(t, response.Body.Close())
		}
	}
	require.Equal(t, consentv1.ConsentState_CONSENT_STATE_REQUESTED, b.stateOf(t, a.token))
}

// C1: a program that submits every form of the page as it stands gives nothing.
func TestFormsAsTheyStandGiveNothing(t *testing.T) {
	t.Parallel()
	b := setup(t, shared.rest)
	a := b.asked(t)
	link := b.stack.URL() + "/c/" + a.token
	jar := newJar(t)
	browser := driver.HTTPClient(jar)
	page := get(t, browser, link)
	forms := formsOf(t, page)
	require.NotEmpty(t, forms)
	for _, form := range forms {
		if strings.Contains(form.action, "lang") {
			continue
		}
		for _, press := range form.buttons {
			submit(t, browser, link, form, press)
		}
	}
	require.Equal(t, consentv1.ConsentState_CONSENT_STATE_REQUESTED, b.stateOf(t, a.token))
}

// F4: unknown, truncated, foreign and re-encoded tokens are one and the same
// refusal, and change nothing.
func TestBrokenLinksAreRefusedAlike(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		a := b.asked(t)
		client := consentv1.NewConsentServiceClient(b.Transport.Session("fr"))
		for name, token := range map[string]string{
			"unknown":    "avl_con1_" + strings.Repeat("A", 43) + "000000",
			"truncated":  a.token[:len(a.token)-1],
			"extended":   a.token + "A",
			"other kind": strings.Replace(a.token, "avl_con1_", "avl_inv1_", 1),
			"no token":   "hello",
		} {
			t.Run(name, func(t *testing.T) {
				_, err := client.LookupRequest(t.Context(), &consentv1.LookupRequestRequest{Token: token})
				requireReason(t, reasonv1.Reason_REASON_LINK_INVALID, err)
				_, err = membershipv1.NewInvitationServiceClient(b.Transport.Session("fr")).
					LookupInvitation(t.Context(), &membershipv1.LookupInvitationRequest{Token: token})
				requireReason(t, reasonv1.Reason_REASON_LINK_INVALID, err)
			})
		}
		require.Equal(t, consentv1.ConsentState_CONSENT_STATE_REQUESTED, b.stateOf(t, a.token))
	})
}

// D1, D2: an invitation's link is worth one acceptance, and never a sign-in.
func TestAnInvitationWorksOnceAndSignsNobodyIn(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		o := b.client(t)
		guest := person("guest")
		_, err := membershipv1.NewInvitationServiceClient(o.Owner).CreateInvitation(t.Context(), &membershipv1.CreateInvitationRequest{
			OrganizationId: o.ID, Email: guest.Email, GivenName: guest.GivenName, FamilyName: guest.FamilyName,
		})
		require.NoError(t, err)
		token, err := b.InvitationToken(t.Context(), guest.Email)
		require.NoError(t, err)
		_, err = b.Join(t.Context(), guest, o.ID)
		require.NoError(t, err)

		stranger := b.Transport.Session("fr")
		_, err = identityv1.NewAuthServiceClient(stranger).RegisterWithInvitation(t.Context(), &identityv1.RegisterWithInvitationRequest{
			Token: token, Password: "another-long-password-81",
		})
		require.Error(t, err)
		_, err = identityv1.NewUserServiceClient(stranger).GetMe(t.Context(), &identityv1.GetMeRequest{})
		requireReason(t, reasonv1.Reason_REASON_UNAUTHENTICATED, err)
	})
}

func get(t *testing.T, browser *http.Client, target string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, target, nil)
	require.NoError(t, err)
	response, err := browser.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return string(body)
}
