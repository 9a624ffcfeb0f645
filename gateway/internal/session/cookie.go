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
	return hostCookie(CookieName, value, expire, maxAge)
}

const (
	// deviceCookie tells a browser that somebody signed in with before. It opens
	// nothing: tries are counted by it.
	deviceCookie = "__Host-device"
	deviceAge    = 180 * 24 * time.Hour
)

// SetDevice gives the browser the token by which it is known from now on.
func (m *Manager) SetDevice(w http.ResponseWriter, token string) {
	http.SetCookie(w, hostCookie(deviceCookie, token, m.clock.Now().Add(deviceAge).UTC(), int(deviceAge.Seconds())))
}

// DeviceIn gives that token, and "" where there is none.
func DeviceIn(r *http.Request) string {
	cookies := r.CookiesNamed(deviceCookie)
	if len(cookies) != 1 {
		return ""
	}
	return cookies[0].Value
}

func hostCookie(name, value string, expire time.Time, maxAge int) *http.Cookie {
	return &http.Cookie{
		Name:     name,
		Value:    value,
		Path:     "/",
		Expires:  expire,
		MaxAge:   maxAge,
		Secure:   true,
		HttpOnly: true,
		SameSite: http.SameSiteLaxMode,
	}
}
