package pages

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

func TestOwnPathLeadsNowhereElse(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"/assistance?page=2": "/assistance?page=2", "/": "/", "": "",
		"//evil.test": "", "/\\evil.test": "", "https://evil.test/": "", "javascript:alert(1)": "", "evil": "", "/a\r\nb": "",
	} {
		require.Equal(t, want, ownPath(in), in)
	}
}

func FuzzOwnPath(f *testing.F) {
	f.Add("/a//b")
	f.Add("/%2F/evil.test")
	f.Fuzz(func(t *testing.T, in string) {
		out := ownPath(in)
		if out == "" {
			return
		}
		base := &url.URL{Scheme: "https", Host: "aval.test", Path: "/sign-in"}
		to, err := base.Parse(out)
		require.NoError(t, err)
		require.Equal(t, "aval.test", to.Host, in)
	})
}

func TestOriginOfIsSafeInAHeader(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"https://app.test/enter?code=1": "https://app.test", "http://localhost:9000/x": "http://localhost:9000",
		"javascript:alert(1)": "", "/relative": "", "https://a.test;script-src/": "", "": "",
	} {
		require.Equal(t, want, originOf(in), in)
	}
}

func TestPagesAskWhoIsThereFirst(t *testing.T) {
	t.Parallel()
	routes := setup(t).routes()
	for _, path := range []string{"/", "/assistance", "/members", "/history", "/partner/dossiers", "/partner/collaborators/new", "/organizations"} {
		w := httptest.NewRecorder()
		routes.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		require.Equal(t, http.StatusSeeOther, w.Code, path)
		require.True(t, strings.HasPrefix(w.Header().Get("Location"), "/sign-in"), path)
	}
}

func TestUnknownPageIsExplained(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	setup(t).routes().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/nowhere", nil))
	require.Equal(t, http.StatusNotFound, w.Code)
	require.Contains(t, w.Body.String(), "Page introuvable")
}

func TestLanguageIsThePickedOneThenTheBrowsers(t *testing.T) {
	t.Parallel()
	routes := setup(t).routes()
	ask := func(path, accept, cookie string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.Header.Set("Accept-Language", accept)
		if cookie != "" {
			r.AddCookie(&http.Cookie{Name: langCookie, Value: cookie})
		}
		w := httptest.NewRecorder()
		routes.ServeHTTP(w, r)
		return w
	}
	require.Contains(t, ask("/sign-in", "en-GB", "").Body.String(), `<html lang="en">`)
	require.Contains(t, ask("/sign-in", "de", "").Body.String(), `<html lang="fr">`)
	require.Contains(t, ask("/sign-in", "en", "fr").Body.String(), `<html lang="fr">`)
	picked := ask("/sign-in?lang=en", "fr", "fr")
	require.Contains(t, picked.Body.String(), `<html lang="en">`)
	require.Contains(t, picked.Header().Get("Set-Cookie"), langCookie+"=en")
}

func TestFormFromAnotherSiteIsRefused(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequest(http.MethodPost, "/sign-in", strings.NewReader("email=a@b.test&password=x"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	w := httptest.NewRecorder()
	setup(t).routes().ServeHTTP(w, r)
	require.Equal(t, http.StatusForbidden, w.Code)
}

func TestBadInputComesBackWithoutThePassword(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequest(http.MethodPost, "/sign-in", strings.NewReader("email=claire%40martin.test&password=secret+words&next=%2Fhistory"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	setup(t).routes().ServeHTTP(w, r)
	require.Equal(t, http.StatusUnprocessableEntity, w.Code)
	require.Contains(t, w.Body.String(), "claire@martin.test")
	require.Contains(t, w.Body.String(), `value="/history"`)
	require.NotContains(t, w.Body.String(), "secret words")
}

func TestStylesheetIsKeptForEver(t *testing.T) {
	t.Parallel()
	s := setup(t)
	w := httptest.NewRecorder()
	s.routes().ServeHTTP(w, httptest.NewRequest(http.MethodGet, s.style.path, nil))
	require.Equal(t, http.StatusOK, w.Code)
	require.Contains(t, w.Header().Get("Cache-Control"), "immutable")
	require.Equal(t, "text/css; charset=utf-8", w.Header().Get("Content-Type"))
}

func TestRefusalLeadsToItsField(t *testing.T) {
	t.Parallel()
	c, _ := anonymous(setup(t), "fr", "/")
	for err, field := range map[error]string{
		fault.Invalid("answer.duration", "required"):             "duration",
		fault.Invalid("rights[2].level", "enum.not_in"):          "rights",
		fault.New(reasonv1.Reason_REASON_PASSWORD_TOO_WEAK):      "password",
		fault.New(reasonv1.Reason_REASON_CONFIRMATION_REQUIRED):  "confirm",
		fault.New(reasonv1.Reason_REASON_COLLABORATOR_NOT_READY): "collaborator_id",
		fault.New(reasonv1.Reason_REASON_CROSS_ORIGIN_REFUSED):   "",
		fault.New(reasonv1.Reason_REASON_SUPPORT_LEVEL1_MISSING): "",
	} {
		f, rest := c.refused(form{}, err)
		require.NoError(t, rest)
		require.Len(t, f.Problems, 1)
		require.Equal(t, field, f.Problems[0].Field)
		require.NotEmpty(t, f.Problems[0].Text)
	}
	_, rest := c.refused(form{}, fault.NotFound())
	require.Error(t, rest)
}

func TestNoticeIsShownOnce(t *testing.T) {
	t.Parallel()
	s := setup(t)
	c, w := partnerAdmin(s, "fr", "/partner/dossiers")
	c.say(notice{Text: "Fait <b>", Items: []string{strings.Repeat("a", maxNotice), "b"}})
	next, shown := partnerAdmin(s, "fr", "/partner/dossiers")
	next.r.Header.Set("Cookie", strings.Split(w.Header().Get("Set-Cookie"), ";")[0])

	require.NoError(t, next.show(page{name: "error", title: "error.title", data: ""}))

	require.Contains(t, shown.Body.String(), "Fait &lt;b&gt;")
	require.Contains(t, shown.Body.String(), "et 2 autres lignes")
	require.Contains(t, shown.Header().Get("Set-Cookie"), "Max-Age=0")
}
