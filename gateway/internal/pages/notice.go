package pages

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
)

const (
	noticeCookie = "__Host-notice"
	noticeAge    = 60
	// maxNotice keeps the cookie below what browsers take.
	maxNotice = 2600
)

// notice tells, on the page after a form, what became of it. It travels in a
// cookie for that one page, and is shown as text only.
type notice struct {
	Text  string   `json:"t"`
	Items []string `json:"i,omitempty"`
	// Warn says that something needs the person's attention.
	Warn bool `json:"w,omitempty"`
}

// say keeps a notice for the next page. Lines that find no room are counted.
func (c *call) say(n notice) {
	left := len(n.Items)
	var kept []string
	for size := len(n.Text); left > 0; left-- {
		next := n.Items[len(n.Items)-left]
		if size += len(next) + 3; size > maxNotice {
			kept = append(kept, c.count("notice.more", left))
			break
		}
		kept = append(kept, next)
	}
	n.Items = kept
	data, err := json.Marshal(n)
	if err != nil {
		return
	}
	http.SetCookie(c.w, cookieFor(noticeCookie, base64.RawURLEncoding.EncodeToString(data), noticeAge))
}

// takeNotice gives the notice once.
func (c *call) takeNotice() *notice {
	held, err := c.r.Cookie(noticeCookie)
	if err != nil || c.r.Method != http.MethodGet {
		return nil
	}
	http.SetCookie(c.w, cookieFor(noticeCookie, "", -1))
	data, err := base64.RawURLEncoding.DecodeString(held.Value)
	if err != nil {
		return nil
	}
	var n notice
	if err := json.Unmarshal(data, &n); err != nil {
		return nil
	}
	return &n
}
