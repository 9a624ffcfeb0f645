package mailbox

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"strings"
	"time"
)

//go:embed web
var web embed.FS

const (
	// The page's own files alone; a mail is framed, never mixed in.
	pagePolicy = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; frame-src 'self'; frame-ancestors 'none'; base-uri 'none'"
	// A mail may neither run nor fetch anything; its links open elsewhere.
	mailPolicy = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
)

// Handler serves the mails: the list at "/", one mail at "/mail/{id}", JSON at
// "/api/messages?to=&subject=&after=&wait=5s". to is the exact recipient,
// subject a part of it, after an id: only later mails are listed. With wait
// the answer comes when a mail matches, or empty after that time.
func (m *Mailbox) Handler() http.Handler {
	pages := template.Must(template.New("").Funcs(template.FuncMap{"linked": linked, "local": local}).
		ParseFS(web, "web/*.html"))
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		show(w, pages, "list.html", m.Messages())
	})
	mux.HandleFunc("GET /mail/{id}", m.one(func(w http.ResponseWriter, msg Message) {
		show(w, pages, "mail.html", msg)
	}))
	mux.HandleFunc("GET /mail/{id}/html", m.one(framed))
	mux.HandleFunc("GET /api/messages", m.api)
	mux.HandleFunc("GET /mailbox.css", asset("web/mailbox.css", "text/css; charset=utf-8"))
	mux.HandleFunc("GET /mailbox.js", asset("web/mailbox.js", "text/javascript; charset=utf-8"))
	return guarded(mux)
}

func guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", pagePolicy)
		h.Set("Cache-Control", "no-store")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Content-Type-Options", "nosniff")
		next.ServeHTTP(w, r)
	})
}

func (m *Mailbox) one(serve func(http.ResponseWriter, Message)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		msg, ok := m.store.find(r.PathValue("id"))
		if !ok {
			http.NotFound(w, r)
			return
		}
		serve(w, msg)
	}
}

// framed gives the HTML part as it came, but for links opening a tab of their
// own.
func framed(w http.ResponseWriter, msg Message) {
	w.Header().Set("Content-Security-Policy", mailPolicy)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	html := strings.Replace(msg.HTML, "<head>", `<head><base target="_blank">`, 1)
	_, _ = w.Write([]byte(html))
}

func show(w http.ResponseWriter, pages *template.Template, name string, data any) {
	var out bytes.Buffer
	if err := pages.ExecuteTemplate(&out, name, data); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(out.Bytes())
}

func asset(path, kind string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		content, err := web.ReadFile(path)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", kind)
		_, _ = w.Write(content)
	}
}

func local(t time.Time) string { return t.Local().Format("02/01/2006 15:04:05") }

// linked is the text with its links made clickable.
func linked(text string) template.HTML {
	var out strings.Builder
	for _, target := range linksOf(text) {
		before, after, _ := strings.Cut(text, target)
		safe := template.HTMLEscapeString(target)
		out.WriteString(template.HTMLEscapeString(before))
		out.WriteString(`<a href="` + safe + `" target="_blank" rel="noopener noreferrer">` + safe + `</a>`)
		text = after
	}
	out.WriteString(template.HTMLEscapeString(text))
	return template.HTML(out.String()) // every piece was escaped above
}
