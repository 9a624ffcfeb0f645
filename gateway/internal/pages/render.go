package pages

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"

	"github.com/aval-access/aval/services/kit/fault"
)

//go:embed templates/*.html
var templateFiles embed.FS

// readTemplates gives every page its layout and the shared parts.
func readTemplates() (map[string]*template.Template, error) {
	shared, err := template.ParseFS(templateFiles, "templates/layout.html", "templates/part_*.html")
	if err != nil {
		return nil, fmt.Errorf("reading the layout: %w", err)
	}
	files, err := fs.Glob(templateFiles, "templates/page_*.html")
	if err != nil {
		return nil, fmt.Errorf("listing the pages: %w", err)
	}
	out := map[string]*template.Template{}
	for _, file := range files {
		page, err := shared.Clone()
		if err == nil {
			page, err = page.ParseFS(templateFiles, file)
		}
		if err != nil {
			return nil, fmt.Errorf("reading a page: %w", err)
		}
		out[strings.TrimSuffix(strings.TrimPrefix(path.Base(file), "page_"), ".html")] = page
	}
	return out, nil
}

// page is what a handler gives to be shown.
type page struct {
	// name is the template's; title is a key of the catalogue.
	name, title string
	// titleText is shown in place of title's words.
	titleText string
	// status is 200 unless given.
	status int
	// crumbs are keys: where the page is in the menu.
	crumbs []string
	form   form
	data   any
	// look is that of the partner whose request it shows; nil: ours (R8).
	look *look
	// bare leaves out menu and switcher: pages behind a link.
	bare bool
}

// show renders into memory first, so that a broken page is an error and not
// half an answer.
func (c *call) show(p page) error {
	if len(p.form.Problems) > 0 && p.status == 0 {
		p.status = http.StatusUnprocessableEntity
	}
	v := c.view(p)
	var out bytes.Buffer
	if err := c.templates[p.name].ExecuteTemplate(&out, "layout", v); err != nil {
		return fmt.Errorf("rendering the page %q: %w", p.name, err)
	}
	c.headers(p)
	c.w.WriteHeader(max(p.status, http.StatusOK))
	if _, err := c.w.Write(out.Bytes()); err != nil {
		return nil // the browser left: there is nobody to tell
	}
	return nil
}

// headers allow our stylesheet and our forms, and nothing else. Pages may name
// a person or stand behind a secret link: nothing keeps or tells them.
func (c *call) headers(p page) {
	actions := strings.Join(append([]string{"'self'"}, c.formActions...), " ")
	h := c.w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", c.lang)
	h.Set("Content-Security-Policy", "default-src 'none'; "+c.scriptPolicy()+"style-src 'self'; img-src "+p.pictures()+"; form-action "+actions+
		"; base-uri 'none'; frame-ancestors 'none'")
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Robots-Tag", "noindex")
}

// showError is the page for what cannot be shown.
func (c *call) showError(err error) {
	status, text := http.StatusInternalServerError, c.text("error.internal")
	if details, ok := fault.Details(err); ok {
		status, text = statusOf(fault.CodeOf(details.Reason())), c.reason(details)
	}
	title := "error.title"
	if status == http.StatusNotFound {
		title = "error.missing"
	}
	if key := "error.title." + fault.Name(fault.ReasonOf(err)); c.has(key) {
		title = key
	}
	p := page{name: "error", title: title, status: status, data: text, bare: c.current == nil}
	if err := c.show(p); err != nil {
		c.Log.ErrorContext(c.r.Context(), "error page failed", "error", err)
		http.Error(c.w, text, status)
	}
}
