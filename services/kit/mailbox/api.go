package mailbox

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// maxWait bounds how long a question waits for a mail.
const maxWait = time.Minute

// api answers who asks for mails in JSON; Handler says what with.
func (m *Mailbox) api(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	var wait time.Duration
	if text := q.Get("wait"); text != "" {
		var err error
		if wait, err = time.ParseDuration(text); err != nil {
			http.Error(w, "wait: a duration such as 5s", http.StatusBadRequest)
			return
		}
	}
	f := filter{to: q.Get("to"), subject: q.Get("subject"), after: q.Get("after")}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(m.matching(r, f, min(wait, maxWait)))
}

// filter's empty fields match everything.
type filter struct{ to, subject, after string }

func (f filter) match(m Message) bool {
	return (f.to == "" || strings.EqualFold(m.To, f.to)) && strings.Contains(m.Subject, f.subject) && m.ID > f.after
}

func (m *Mailbox) matching(r *http.Request, f filter, wait time.Duration) []Message {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	for {
		all, changed := m.store.list()
		found := []Message{}
		for _, msg := range all {
			if f.match(msg) {
				found = append(found, msg)
			}
		}
		if len(found) > 0 {
			return found
		}
		select {
		case <-changed:
		case <-timer.C:
			return found
		case <-r.Context().Done():
			return found
		}
	}
}
