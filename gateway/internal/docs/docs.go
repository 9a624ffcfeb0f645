// Package docs serves what explains the API from the server itself: its
// description (OpenAPI 3.1), the same as a page, the page of all error reasons,
// to which every problem leads, and a short text for programs that read
// documentation. Nothing on them comes from another origin.
package docs

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"

	"github.com/aval-access/aval/gateway/internal/problem"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/proto/openapi"
	"github.com/aval-access/aval/services/kit/fault"
)

//go:embed errors.html reference.html docs.css llms.txt
var files embed.FS

// page is what errors.html shows in one language.
type page struct {
	Locale, Title, Intro string
	Headings             [4]string
	Reasons              []reason
}

type reason struct {
	Name   string
	Code   string
	Status int
	Text   string
}

// Register adds the documents to the routes. publicURL is the base of links.
func Register(mux *http.ServeMux, publicURL string) error {
	if err := registerErrors(mux); err != nil {
		return err
	}
	s, err := readSpec()
	if err != nil {
		return err
	}
	page, err := renderReference(s, publicURL)
	if err != nil {
		return fmt.Errorf("rendering the reference: %w", err)
	}
	css, err := files.ReadFile("docs.css")
	if err != nil {
		return fmt.Errorf("reading the style of the documents: %w", err)
	}
	text, err := files.ReadFile("llms.txt")
	if err != nil {
		return fmt.Errorf("reading llms.txt: %w", err)
	}
	text = append(bytes.ReplaceAll(text, []byte("{{public_url}}"), []byte(publicURL)), index(s)...)
	mux.HandleFunc("GET /docs", always("text/html; charset=utf-8", page))
	mux.HandleFunc("GET /openapi.json", always("application/json", openapi.JSON()))
	mux.HandleFunc("GET /docs/docs.css", always("text/css; charset=utf-8", css))
	mux.HandleFunc("GET /llms.txt", always("text/plain; charset=utf-8", text))
	return nil
}

func registerErrors(mux *http.ServeMux) error {
	pages := map[string][]byte{}
	for _, locale := range fault.Languages() {
		content, err := render(locale)
		if err != nil {
			return fmt.Errorf("rendering the page of errors: %w", err)
		}
		pages[locale] = content
	}
	mux.HandleFunc("GET /docs/errors", func(w http.ResponseWriter, r *http.Request) {
		locale := localeOf(r)
		w.Header().Set("Content-Language", locale)
		w.Header().Set("Vary", "Accept-Language")
		answer(w, "text/html; charset=utf-8", pages[locale])
	})
	return nil
}

// always serves what is the same for everybody.
func always(contentType string, content []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { answer(w, contentType, content) }
}

// localeOf lets ?lang= choose, for links from one language to the other.
func localeOf(r *http.Request) string {
	if chosen := r.URL.Query().Get("lang"); chosen != "" {
		return fault.Language(chosen)
	}
	return problem.Locale(r)
}

func answer(w http.ResponseWriter, contentType string, content []byte) {
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Cache-Control", "public, max-age=300")
	_, _ = w.Write(content) // the client went away: nothing to do
}

func render(locale string) ([]byte, error) {
	layout, err := template.ParseFS(files, "errors.html")
	if err != nil {
		return nil, fmt.Errorf("parsing the template: %w", err)
	}
	var out bytes.Buffer
	if err := layout.Execute(&out, pageIn(locale)); err != nil {
		return nil, fmt.Errorf("executing the template: %w", err)
	}
	return out.Bytes(), nil
}

func pageIn(locale string) page {
	out := page{
		Locale:   locale,
		Title:    "Erreurs de l'API",
		Intro:    "Chaque erreur porte une raison stable. Votre programme décide d'après elle ; le texte est fait pour vos utilisateurs.",
		Headings: [4]string{"Raison", "Code", "HTTP", "Texte"},
	}
	if locale == "en" {
		out.Title = "Errors of the API"
		out.Intro = "Every error carries a stable reason. Let your program decide by it; the text is made for your users."
		out.Headings = [4]string{"Reason", "Code", "HTTP", "Text"}
	}
	values := reasonv1.Reason_REASON_UNSPECIFIED.Descriptor().Values()
	for i := range values.Len() {
		r := reasonv1.Reason(values.Get(i).Number())
		if r == reasonv1.Reason_REASON_UNSPECIFIED {
			continue
		}
		out.Reasons = append(out.Reasons, reason{
			Name:   fault.Name(r),
			Code:   problem.Code(r),
			Status: problem.Status(r),
			Text:   fault.Text(r, locale),
		})
	}
	return out
}
