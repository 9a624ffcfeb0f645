package session

import (
	"net/http"
	"time"
)

// CookieName begins with __Host-: browsers then take the cookie only when it
// is Secure, for the whole site and for this host alone.
const CookieName = "__Host-sid"

// Set gives the browser its session's token until the session's absolute end.
func (m *Manager) Set(w http.ResponseWriter, token string, expire time.Time) {
	http.SetCookie(w, cookie(token, expire.UTC(), max(1, int(expire.Sub(m.clock.Now()).Seconds()))))
}

// Clear takes the token from the browser. Ending the session is identity's
// SignOut.
func (m *Manager) Clear(w http.ResponseWriter) {
	http.SetCookie(w, cookie("", time.Unix(1, 0).UTC(), -1))
}

func cookie(value string, expire time.Time, maxAge int) *http.Cookie {
	return &http.Cookie{
		Name:     CookieName,
		Value:    value,
		Path:     "/",
		Expires:  expire,
		MaxAge:   maxAge,
		Secure:   true,
		HttpOnly: true,
		SameSite: http.SameSiteLaxMode,
	}
}
