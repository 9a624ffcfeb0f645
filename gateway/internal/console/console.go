// Package console serves the web console, a program for the browser that
// gateway/console builds into dist. It stands on the public REST API alone:
// here is nothing but its files, and who may load its first page. Without a
// build the first page says how to make one.
package console

import (
	"bytes"
	"crypto/rand"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"

	"github.com/aval-access/aval/gateway/internal/problem"
	"github.com/aval-access/aval/gateway/internal/session"
)

//go:embed all:dist
var built embed.FS

//go:embed missing.html
var missing []byte

// home is where the console lives.
const home = "/console/"

// policy lets scripts and styles come from here, and a style that the program
// makes only under the page's own nonce.
const policy = "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-%s'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// Options are what the console stands on; all are required.
type Options struct {
	Sessions *session.Manager
	Problems *problem.Writer
}

type site struct {
	Options
	// index is the program's page, with places for the language and the nonce.
	index []byte
}

// Register adds the console to the routes.
func Register(mux *http.ServeMux, o Options) error {
	files, err := fs.Sub(built, "dist")
	if err != nil {
		return fmt.Errorf("opening the console's files: %w", err)
	}
	index, err := fs.ReadFile(files, "index.html")
	if errors.Is(err, fs.ErrNotExist) {
		index, err = missing, nil
	}
	if err != nil {
		return fmt.Errorf("reading the console's page: %w", err)
	}
	s := &site{Options: o, index: index}
	mux.HandleFunc("GET "+home, s.page)
	mux.Handle("GET "+home+"assets/", http.StripPrefix(home, &assets{files: files, problems: o.Problems}))
	return nil
}

// page answers every address of the console: the program reads it by itself.
func (s *site) page(w http.ResponseWriter, r *http.Request) {
	who, err := s.Sessions.Resolve(r)
	switch {
	case err == nil && (who.Intermediate || len(who.FactorsDue) > 0):
		http.Redirect(w, r, "/organizations", http.StatusSeeOther)
		return
	case session.Ended(err):
		http.Redirect(w, r, "/sign-in?next="+url.QueryEscape(r.URL.RequestURI()), http.StatusSeeOther)
		return
	case err != nil:
		s.Problems.Write(w, r, err)
		return
	}
	nonce := rand.Text()
	w.Header().Set("Content-Security-Policy", fmt.Sprintf(policy, nonce))
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Language", who.Locale)
	content := bytes.ReplaceAll(s.index, []byte("{{nonce}}"), []byte(nonce))
	_, _ = w.Write(bytes.ReplaceAll(content, []byte("{{lang}}"), []byte(who.Locale))) // the browser may have left
}
