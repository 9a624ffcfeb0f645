package live

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/aval-access/aval/gateway/internal/observe"
	"github.com/aval-access/aval/gateway/internal/problem"
	"github.com/aval-access/aval/gateway/internal/session"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

// Route is where a browser listens.
const Route = "/v1/me/events"

const (
	// beat is how often a stream shows that it stands, and asks whether the
	// session still does.
	beat = 20 * time.Second
	// gather is how long kinds are collected before they are told: one act is
	// several facts, and who reads at once would read what is half done.
	gather = 250 * time.Millisecond
	// comeAgain is when a browser may try again.
	comeAgain = 5 * time.Second
	// patience is how long a browser may take to read what it is told.
	patience = 10 * time.Second
)

// Options are what the route stands on. Hub is nil where no broker is
// configured.
type Options struct {
	Hub      *Hub
	Sessions *session.Manager
	Problems *problem.Writer
}

// Handler answers with a stream of server-sent events: "ready" at the start,
// "changed" with kinds, "over" when the session is. The cookie alone opens it.
func Handler(o Options) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		observe.SetRoute(r.Context(), Route)
		if err := o.serve(w, r); err != nil {
			o.Problems.Write(w, r, err)
		}
	}
}

// serve gives an error as long as nothing was answered.
func (o Options) serve(w http.ResponseWriter, r *http.Request) error {
	if r.URL.RawQuery != "" {
		return fault.New(reasonv1.Reason_REASON_UNKNOWN_FIELD, fault.Field("query", "unknown_field"))
	}
	who, err := o.Sessions.Resolve(r)
	if err != nil {
		return err
	}
	if who.Intermediate || len(who.FactorsDue) > 0 {
		return fault.New(reasonv1.Reason_REASON_CONTEXT_NOT_CHOSEN)
	}
	if o.Hub == nil {
		return fault.New(reasonv1.Reason_REASON_UNAVAILABLE)
	}
	s, err := o.Hub.open(who.UserID, who.OrganizationID)
	if err != nil {
		return err
	}
	defer o.Hub.leave(s)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no") // proxies that collect answers let this one through
	listener := listener{Options: o, stream: s, who: who, r: r, w: w, control: http.NewResponseController(w)}
	listener.listen()
	return nil
}

// listener is a browser at a stream.
type listener struct {
	Options
	stream  *stream
	who     session.Session
	r       *http.Request
	w       http.ResponseWriter
	control *http.ResponseController
}

// listen tells what happens until the browser, the session or the process is
// gone.
func (l listener) listen() {
	ticker := time.NewTicker(beat)
	defer ticker.Stop()
	if l.control.SetReadDeadline(time.Time{}) != nil { // the request is read
		return
	}
	ok := l.tell(fmt.Sprintf("retry: %d\nevent: ready\ndata: {}\n\n", comeAgain.Milliseconds()))
	for ok {
		select {
		case <-l.r.Context().Done():
			return
		case <-l.stream.stopped:
			return
		case <-ticker.C:
			ok = l.stands() && l.tell(": here\n\n")
		case <-l.stream.wake:
			ok = l.changed()
		}
	}
}

// changed tells what was noted, if the session still stands: the newest fact
// may be its end.
func (l listener) changed() bool {
	timer := time.NewTimer(gather)
	defer timer.Stop()
	select {
	case <-l.r.Context().Done():
		return false
	case <-timer.C:
	}
	kinds, own := l.stream.take()
	if len(kinds) == 0 { // it was told with what came before
		return true
	}
	if own {
		l.Sessions.Forget(l.r)
	}
	if !l.stands() {
		return false
	}
	data, err := json.Marshal(map[string][]string{"kinds": kinds})
	return err == nil && l.tell("event: changed\ndata: "+string(data)+"\n\n")
}

// stands looks whether the browser is still who it was, where it was. A moment
// without an answer ends nothing.
func (l listener) stands() bool {
	now, err := l.Sessions.Resolve(l.r)
	if err != nil && !session.Ended(err) {
		return true
	}
	if err == nil && now.UserID == l.who.UserID && now.OrganizationID == l.who.OrganizationID {
		return true
	}
	l.tell("event: over\ndata: {}\n\n")
	return false
}

// tell writes at once, and tells whether that went well.
func (l listener) tell(text string) bool {
	if err := l.control.SetWriteDeadline(time.Now().Add(patience)); err != nil {
		return false
	}
	if _, err := l.w.Write([]byte(text)); err != nil {
		return false
	}
	return l.control.Flush() == nil
}
