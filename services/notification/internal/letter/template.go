package letter

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"text/template"

	"go.yaml.in/yaml/v3"
)

// Content is a mail in words: each string a template in a file, and plain text
// once filled.
type Content struct {
	Subject   string   `yaml:"subject"`
	Preheader string   `yaml:"preheader"`
	Title     string   `yaml:"title"`
	Lead      []string `yaml:"lead"`
	Facts     []Fact   `yaml:"facts"`
	// Exact is shown as it is, for machines to read.
	Exact string `yaml:"exact"`
	// Action is the label of the one button.
	Action string   `yaml:"action"`
	After  []string `yaml:"after"`
	Notes  []Note   `yaml:"notes"`
	// Help leads to a page of ours for whoever is stuck.
	Help Help `yaml:"help"`
}

// Help is a page's name and its path.
type Help struct {
	Label string `yaml:"label"`
	Path  string `yaml:"path"`
}

// Fact is a labelled value, of one or more lines.
type Fact struct {
	Label string `yaml:"label"`
	Value string `yaml:"value"`
}

// Lines of the value.
func (f Fact) Lines() []string { return strings.Split(f.Value, "\n") }

// Note answers a question that the reader may have.
type Note struct {
	Title string `yaml:"title"`
	Text  string `yaml:"text"`
}

// frame is what all mails of a language share.
type frame struct {
	Hint      string `yaml:"hint"`
	Reference string `yaml:"reference"`
	Automatic string `yaml:"automatic"`
	// Zone, At and Months are for times.
	Zone   string     `yaml:"zone"`
	At     string     `yaml:"at"`
	Months [12]string `yaml:"months"`
	// Words spell out codes of the contracts, such as TECHNICAL_SUPPORT.
	Words map[string]string `yaml:"words"`
}

const frameName = "frame"

type locale struct {
	frame     frame
	templates map[string]letterTemplate
}

func readLocale(files fs.FS, name string) (locale, error) {
	l := locale{templates: map[string]letterTemplate{}}
	if err := readYAML(files, "templates/"+frameName+"."+name+".yaml", &l.frame); err != nil {
		return locale{}, err
	}
	paths, err := fs.Glob(files, "templates/*."+name+".yaml")
	if err != nil {
		return locale{}, fmt.Errorf("listing templates: %w", err)
	}
	for _, file := range paths {
		if templateName(file, name) == frameName {
			continue
		}
		t := letterTemplate{funcs: l.frame.functions()}
		if err := readYAML(files, file, &t.content); err != nil {
			return locale{}, err
		}
		l.templates[templateName(file, name)] = t
	}
	return l, nil
}

func templateName(file, locale string) string {
	return strings.TrimSuffix(path.Base(file), "."+locale+".yaml")
}

func readYAML(files fs.FS, file string, into any) error {
	raw, err := fs.ReadFile(files, file)
	if err != nil {
		return fmt.Errorf("reading template: %w", err)
	}
	if strings.HasSuffix(file, ".fr.yaml") {
		raw = []byte(frenchSpaces(string(raw)))
	}
	decoder := yaml.NewDecoder(bytes.NewReader(raw))
	decoder.KnownFields(true)
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("reading template %s: %w", file, err)
	}
	return nil
}

// frenchSpaces puts the no-break spaces that French wants, so that writers of
// templates need not see to it.
func frenchSpaces(words string) string {
	const nbsp = "\u00a0"
	return strings.NewReplacer(" ?", nbsp+"?", " !", nbsp+"!", " :", nbsp+":", " ;", nbsp+";",
		"« ", "«"+nbsp, " »", nbsp+"»").Replace(words)
}

// letterTemplate is one template in one language.
type letterTemplate struct {
	content Content
	funcs   template.FuncMap
}

// fill answers the content with its variables in place, empty lines left out.
func (t letterTemplate) fill(variables map[string]string) (Content, error) {
	f := filler{funcs: t.funcs, variables: variables}
	c := t.content
	out := Content{
		Subject: f.one(c.Subject), Preheader: f.one(c.Preheader), Title: f.one(c.Title),
		Lead: f.all(c.Lead), Exact: f.one(c.Exact), Action: f.one(c.Action), After: f.all(c.After), Help: c.Help,
	}
	for _, fact := range c.Facts {
		if value := f.one(fact.Value); value != "" {
			out.Facts = append(out.Facts, Fact{Label: f.one(fact.Label), Value: value})
		}
	}
	for _, note := range c.Notes {
		if words := f.one(note.Text); words != "" {
			out.Notes = append(out.Notes, Note{Title: f.one(note.Title), Text: words})
		}
	}
	return out, f.err
}

// filler keeps the first error.
type filler struct {
	funcs     template.FuncMap
	variables map[string]string
	err       error
}

func (f *filler) one(source string) string {
	t, err := template.New("").Funcs(f.funcs).Option("missingkey=zero").Parse(source)
	var out strings.Builder
	if err == nil {
		err = t.Execute(&out, f.variables)
	}
	if err != nil && f.err == nil {
		f.err = fmt.Errorf("filling template: %w", err)
	}
	return strings.TrimSpace(out.String())
}

func (f *filler) all(sources []string) []string {
	var out []string
	for _, source := range sources {
		if words := f.one(source); words != "" {
			out = append(out, words)
		}
	}
	return out
}
