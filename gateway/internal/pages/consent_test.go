package pages

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"

	"github.com/aval-access/aval/gateway/internal/clients"
	authzv1 "github.com/aval-access/aval/proto/gen/aval/authz/v1"
	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

// R40, R128: the client chooses; nothing is chosen for them.
func TestConsentPagePreselectsNothing(t *testing.T) {
	t.Parallel()
	html := samples(t, "fr")["consent"].html
	require.NotContains(t, html, " checked")
	require.NotContains(t, html, " selected")
	require.Contains(t, html, "proposé par le partenaire")
	for _, end := range []string{"22 novembre 2026 à 13\u00a0h\u00a000", "28 novembre 2026 à 13\u00a0h\u00a000", "21 décembre 2026 à 13\u00a0h\u00a000", "21 novembre 2027 à 13\u00a0h\u00a000"} {
		require.Contains(t, html, end)
	}
	require.Contains(t, html, "heure de Paris")
}

// R128: a program that sends every form as it stands decides nothing.
func TestFormsSentAsTheyStandAreRefused(t *testing.T) {
	t.Parallel()
	s := setup(t)
	never := func() { t.Error("a form as it stood was sent on") }
	a := sampleAsked("fr", consentv1.ConsentState_CONSENT_STATE_REQUESTED)
	a.approve = func(*consentv1.Answer, string) error { never(); return nil }
	a.decline = func(denial, string) error { never(); return nil }
	for _, values := range []url.Values{
		{},
		{"answer": {"yes"}, "text_hash": {a.text.GetHash()}, "right.management": {""}},
		{"answer": {"yes"}, "duration": {"DURATION_CHOICE_UNSPECIFIED"}},
		{"answer": {"yes"}, "duration": {"DURATION_CHOICE_DATE"}, "end_date": {""}},
		{"answer": {"yes"}, "duration": {"DURATION_CHOICE_DATE"}, "end_date": {"2026-11-20"}},
		{"answer": {"yes"}, "duration": {"DURATION_CHOICE_DATE"}, "end_date": {"2031-01-01"}},
		{"why": {""}},
	} {
		c, _ := anonymous(s, "fr", "/c/x")
		f := form{values: values}
		require.NoError(t, c.send(a, &f, "form-1"))
		require.NotEmpty(t, f.Problems, values)
	}
}

func TestYesCarriesWhatWasChosen(t *testing.T) {
	t.Parallel()
	s := setup(t)
	c, _ := anonymous(s, "fr", "/c/x")
	f := form{values: url.Values{
		"duration": {"DURATION_CHOICE_DATE"}, "end_date": {"2026-12-01"}, "text_hash": {"h"},
		"right.management": {"LEVEL_GUEST"}, "right.accounting": {""}, "sensitive": {"accounting/bank"},
	}}

	answer := c.yes(sampleAsked("fr", consentv1.ConsentState_CONSENT_STATE_REQUESTED), &f)

	require.Empty(t, f.Problems)
	require.Equal(t, time.Date(2026, 12, 1, 22, 59, 0, 0, time.UTC), answer.GetExpireTime().AsTime())
	require.Equal(t, "fr", answer.GetTextLocale())
	require.Len(t, answer.GetRights(), 2)
	require.Equal(t, authzv1.Level_LEVEL_GUEST, answer.GetRights()[0].GetLevel())
	require.Equal(t, "accounting/bank", answer.GetRights()[1].GetFeature())
	require.Equal(t, authzv1.Level_LEVEL_APPROVER, answer.GetRights()[1].GetLevel())
}

func TestUntickedSensitiveLineIsNeverSent(t *testing.T) {
	t.Parallel()
	rights := changedRights(sampleText("fr"), form{values: url.Values{"right.accounting/bank": {"LEVEL_APPROVER"}}})
	require.Empty(t, rights)
}

func TestLimitedApproverIsOfferedOneMonthAtMost(t *testing.T) {
	t.Parallel()
	s := setup(t)
	c, _ := anonymous(s, "fr", "/c/x")
	a := sampleAsked("fr", consentv1.ConsentState_CONSENT_STATE_REQUESTED)
	a.limit = 30 * day

	var offered []string
	for _, one := range c.question(a, form{}).Choices {
		offered = append(offered, one.Value)
	}

	require.Equal(t, []string{"DURATION_CHOICE_24_HOURS", "DURATION_CHOICE_1_WEEK", "DURATION_CHOICE_1_MONTH", "DURATION_CHOICE_DATE"}, offered)
}

func TestEndIsShownInLocalTimeAcrossTheClockChange(t *testing.T) {
	t.Parallel()
	s := setup(t)
	c, _ := anonymous(s, "fr", "/")
	require.Equal(t, "1er juillet 2026 à 14\u00a0h\u00a005", c.dateTime(time.Date(2026, 7, 1, 12, 5, 0, 0, time.UTC)))
	c.lang = "en"
	require.Equal(t, "1 December 2026 at 13:05", c.dateTime(time.Date(2026, 12, 1, 12, 5, 0, 0, time.UTC)))
}

func TestMonthStaysInTheMonthItReaches(t *testing.T) {
	t.Parallel()
	require.Equal(t, "2027-02-28", addMonths(time.Date(2027, 1, 31, 9, 0, 0, 0, time.UTC), 1).Format(dateForm))
}

// The requesting partner's own browser gets no form.
func TestPartnersBrowserIsRefused(t *testing.T) {
	t.Parallel()
	s := setup(t)
	c, w := partnerAdmin(s, "fr", "/c/x")
	require.NoError(t, c.showAsked(sampleAsked("fr", consentv1.ConsentState_CONSENT_STATE_REQUESTED), form{}))
	require.Equal(t, 403, w.Code)
	require.NotContains(t, w.Body.String(), `name="answer"`)
}

// The page of the code keeps the answer that waits for it, and says that nobody
// needs to hear the code.
func TestTheCodePageKeepsTheAnswer(t *testing.T) {
	t.Parallel()
	html := samples(t, "fr")["code"].html
	require.Contains(t, html, `<input type="hidden" name="duration" value="DURATION_CHOICE_1_WEEK">`)
	require.NotContains(t, html, `type="hidden" name="code"`)
	require.Contains(t, html, "Personne ne doit vous le demander")
}

// R41: stopping takes one page and one press, as granting does.
func TestStoppingIsOnePress(t *testing.T) {
	t.Parallel()
	pages := samples(t, "fr")
	require.Contains(t, pages["assistance"].html, "/stop")
	posts := regexp.MustCompile(`method="post"`).FindAllString(pages["stop"].html, -1)
	require.Len(t, posts, 3) // the switcher, sign-out, and the stop itself
	require.NotContains(t, pages["stop"].html, `type="text"`)
}

func TestAnsweredPageSaysWhatWasAgreed(t *testing.T) {
	t.Parallel()
	html := samples(t, "fr")["answered CONSENT_STATE_GIVEN"].html
	for _, part := range []string{"Accès autorisé", "Nora Petit", "28 novembre 2026 à 13\u00a0h\u00a000", "Gestion générale\u00a0: consulter, modifier et valider", "Comment l&#39;arrêter"} {
		require.Contains(t, html, part)
	}
}

// reader answers every call, and notes which there were.
type reader struct{ called []string }

func (r *reader) Invoke(_ context.Context, method string, _, reply any, _ ...grpc.CallOption) error {
	r.called = append(r.called, method)
	if found, ok := reply.(*consentv1.LookupRequestResponse); ok {
		found.Consent, found.Text = sampleConsent(consentv1.ConsentState_CONSENT_STATE_REQUESTED), sampleText("fr")
	}
	return nil
}

func (r *reader) NewStream(context.Context, *grpc.StreamDesc, string, ...grpc.CallOption) (grpc.ClientStream, error) {
	return nil, fault.NotFound()
}

// C1: a scanner, a preview, a browser that fetches ahead: the question is
// looked up with the partner's brand, and nothing else is called.
func TestOpeningALinkOnlyReads(t *testing.T) {
	t.Parallel()
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		for _, purpose := range []string{"", "prefetch", "prefetch;prerender"} {
			calls := &reader{}
			options := setup(t).Options
			options.Clients = clients.New(func(string) grpc.ClientConnInterface { return calls })
			pages, err := New(options)
			require.NoError(t, err)
			r := httptest.NewRequest(method, "/c/avl_con1_x?answer=yes&duration=DURATION_CHOICE_1_WEEK", nil)
			r.Header.Set("Sec-Purpose", purpose)
			w := httptest.NewRecorder()

			pages.ServeHTTP(w, r)

			require.Equal(t, http.StatusOK, w.Code, w.Body)
			require.Equal(t, []string{
				consentv1.ConsentService_LookupRequest_FullMethodName, partnersupportv1.BrandService_LookupBrand_FullMethodName,
			}, calls.called, method)
		}
	}
}
