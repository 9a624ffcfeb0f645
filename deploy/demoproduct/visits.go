package demoproduct

import (
	"crypto/rand"
	"net/http"
	"sync"
	"time"
)

// visit is one person in one account.
type visit struct {
	Session, Account, Actor             string
	AccountName, ActorName, PartnerName string
	Purpose                             string
	// TokenEnds is when the token must be renewed, Ends the visit's own end.
	TokenEnds, Ends time.Time
}

// visits are the product's own browser sessions, in memory.
type visits struct {
	mu  sync.Mutex
	all map[string]visit
}

const cookieName = "__Host-visit"

func newVisits() *visits { return &visits{all: map[string]visit{}} }

func (v *visits) start(w http.ResponseWriter, one visit) {
	key := rand.Text()
	v.put(key, one)
	http.SetCookie(w, &http.Cookie{
		Name: cookieName, Value: key, Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode, Expires: one.Ends,
	})
}

func (v *visits) of(r *http.Request) (key string, one visit, ok bool) {
	cookie, err := r.Cookie(cookieName)
	if err != nil {
		return "", visit{}, false
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	one, ok = v.all[cookie.Value]
	return cookie.Value, one, ok && time.Now().Before(one.Ends)
}

func (v *visits) put(key string, one visit) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.all[key] = one
}

func (v *visits) end(key string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	delete(v.all, key)
}
