// Package letter turns the variables of a mail into its subject, its text and
// its HTML. The words of each template stand in templates/<name>.<locale>.yaml
// as plain text; two layouts, shared by all, make the twins from them. A line
// whose variables are missing disappears; nothing here knows recipients.
package letter

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	html "html/template"
	"io/fs"
	"net/url"
	"strings"
	text "text/template"
)

// ErrUnknown says that there is no such template: an older binary meets a
// newer owner.
var ErrUnknown = errors.New("unknown template")

// DefaultLocale is used where the recipient's has no templates.
const DefaultLocale = "fr"

//go:embed templates
var files embed.FS

// Letter is what is to be said.
type Letter struct {
	Template  string
	Locale    string
	Variables map[string]string
	// ActionPath is the path of the one action; none if empty.
	ActionPath string
	Reference  string
	Brand      Brand
}

// Rendered is what is sent.
type Rendered struct {
	Locale  string
	Subject string
	Text    string
	HTML    string
	// Logo is the PNG that the HTML shows as "cid:logo"; empty: none.
	Logo []byte
}

// Renderer holds every template. Safe for concurrent use.
type Renderer struct {
	base    string
	locales map[string]locale
	text    *text.Template
	html    *html.Template
}

// New reads every template; links stand on the public URL alone.
func New(publicURL string) (*Renderer, error) {
	base, err := baseOf(publicURL)
	if err != nil {
		return nil, err
	}
	r := &Renderer{base: base, locales: map[string]locale{}}
	for _, name := range []string{DefaultLocale, "en"} {
		if r.locales[name], err = readLocale(files, name); err != nil {
			return nil, err
		}
	}
	if r.text, err = text.ParseFS(files, "templates/layout.txt"); err != nil {
		return nil, fmt.Errorf("reading text layout: %w", err)
	}
	if r.html, err = html.ParseFS(files, "templates/layout.html"); err != nil {
		return nil, fmt.Errorf("reading html layout: %w", err)
	}
	return r, nil
}

// baseOf refuses what could lead a link elsewhere.
func baseOf(publicURL string) (string, error) {
	u, err := url.Parse(publicURL)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" || u.User != nil ||
		strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return "", errors.New("reading the public url: it must be https://host")
	}
	return u.Scheme + "://" + u.Host, nil
}

// Render composes a letter. ErrUnknown and ErrUnsafe tell why not.
func (r *Renderer) Render(l Letter) (Rendered, error) {
	variables, err := checked(l)
	if err != nil {
		return Rendered{}, err
	}
	name, loc := r.localeOf(l.Locale)
	t, ok := loc.templates[l.Template]
	if !ok {
		return Rendered{}, fmt.Errorf("%w: %q", ErrUnknown, l.Template)
	}
	c, err := t.fill(variables)
	if err != nil {
		return Rendered{}, err
	}
	page := page{Content: c, Frame: loc.frame, Lang: name, Reference: l.Reference, Brand: l.Brand}
	if l.ActionPath != "" && c.Action != "" {
		page.Link = r.base + l.ActionPath
	}
	if c.Help.Path != "" {
		page.HelpLink = r.base + c.Help.Path
	}
	return r.lay(page)
}

func (r *Renderer) localeOf(name string) (string, locale) {
	if l, ok := r.locales[name]; ok {
		return name, l
	}
	return DefaultLocale, r.locales[DefaultLocale]
}

// page is what the layouts show.
type page struct {
	Content
	Frame     frame
	Lang      string
	Link      string
	HelpLink  string
	Reference string
	Brand     Brand
}

func (r *Renderer) lay(p page) (Rendered, error) {
	var plain, rich bytes.Buffer
	if err := r.text.Execute(&plain, p); err != nil {
		return Rendered{}, fmt.Errorf("laying out text: %w", err)
	}
	if err := r.html.Execute(&rich, p); err != nil {
		return Rendered{}, fmt.Errorf("laying out html: %w", err)
	}
	return Rendered{Locale: p.Lang, Subject: p.Subject, Text: plain.String(), HTML: rich.String(), Logo: p.Brand.Logo}, nil
}

// Names lists the templates.
func Names() []string {
	paths, _ := fs.Glob(files, "templates/*."+DefaultLocale+".yaml")
	var out []string
	for _, path := range paths {
		if name := templateName(path, DefaultLocale); name != frameName {
			out = append(out, name)
		}
	}
	return out
}
