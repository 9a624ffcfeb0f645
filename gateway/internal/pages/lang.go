package pages

import (
	"net/http"
	"net/url"

	"github.com/aval-access/aval/services/kit/fault"
)

const (
	langCookie = "__Host-lang"
	langAge    = 365 * 24 * 3600
)

// chooseLanguage takes what the person picked, on this page or before, and
// else what the browser asks for.
func (c *call) chooseLanguage() {
	picked := c.r.URL.Query().Get("lang")
	if known(picked) {
		c.lang, c.chosen = picked, true
		http.SetCookie(c.w, cookieFor(langCookie, picked, langAge))
		return
	}
	if held, err := c.r.Cookie(langCookie); err == nil && known(held.Value) {
		c.lang, c.chosen = held.Value, true
		return
	}
	c.lang = fault.Language(c.r.Header.Get("Accept-Language"))
}

// speakOwnLanguage puts the person's language before the browser's.
func (c *call) speakOwnLanguage() {
	if c.signedIn && !c.chosen && known(c.session.Locale) {
		c.lang = c.session.Locale
	}
}

func known(lang string) bool { return lang == "fr" || lang == "en" }

// inLanguage is the page's address in the other language.
func (c *call) inLanguage(lang string) string {
	query := url.Values{}
	if c.r.Method == http.MethodGet {
		query = c.r.URL.Query()
	}
	query.Set("lang", lang)
	return (&url.URL{Path: c.r.URL.Path, RawQuery: query.Encode()}).RequestURI()
}

func cookieFor(name, value string, age int) *http.Cookie {
	return &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: age,
		Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	}
}
