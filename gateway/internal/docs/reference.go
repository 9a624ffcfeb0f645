package docs

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"slices"
	"strings"

	"github.com/aval-access/aval/proto/openapi"
)

// reference is what reference.html shows: the description of the REST edge,
// readable without a script.
type reference struct {
	Title, Summary, Intro string
	Groups                []group
	Schemas               []component
}

type group struct {
	Name, About string
	Calls       []call
}

// call is one verb on one path.
type call struct {
	ID, Verb, Path, Summary, About, Right string
	Anonymous                             bool
	Fields                                []field
	Answer                                kind
	Refusals                              []refusal
	Curl                                  string
}

type field struct {
	Name, Where, About string
	Kind               kind
	Required           bool
}

// kind is a type in words, and the component that it leads to, if any.
type kind struct{ Text, Ref string }

type refusal struct{ Status, About string }

type component struct {
	Name, About string
	Fields      []field
	Values      []string
}

func readSpec() (*spec, error) {
	out := &spec{}
	if err := json.Unmarshal(openapi.JSON(), out); err != nil {
		return nil, fmt.Errorf("reading the description: %w", err)
	}
	return out, nil
}

func renderReference(s *spec, publicURL string) ([]byte, error) {
	layout, err := template.ParseFS(files, "reference.html")
	if err != nil {
		return nil, fmt.Errorf("parsing the template: %w", err)
	}
	out := reference{Title: s.Info.Title, Summary: s.Info.Summary, Intro: strings.ReplaceAll(s.Info.Description, "`", "")}
	for _, tag := range s.Tags {
		out.Groups = append(out.Groups, group{Name: tag.Name, About: tag.Description, Calls: callsOf(s, tag.Name, publicURL)})
	}
	for _, one := range s.Components.Schemas {
		out.Schemas = append(out.Schemas, component{
			Name: one.Name, About: one.Value.Description, Fields: fieldsOf(one.Value, ""), Values: one.Value.Enum,
		})
	}
	var page bytes.Buffer
	if err := layout.Execute(&page, out); err != nil {
		return nil, fmt.Errorf("executing the template: %w", err)
	}
	return page.Bytes(), nil
}

func callsOf(s *spec, tag, publicURL string) []call {
	var out []call
	for _, path := range s.Paths {
		for _, verb := range path.Value {
			if slices.Contains(verb.Value.Tags, tag) {
				out = append(out, callOf(s, verb.Value, place{strings.ToUpper(verb.Name), path.Name, publicURL}))
			}
		}
	}
	return out
}

type place struct{ verb, path, publicURL string }

func callOf(s *spec, m method, at place) call {
	out := call{
		ID: m.OperationID, Verb: at.verb, Path: at.path, Summary: m.Summary, About: m.Description,
		Anonymous: m.Security != nil, Curl: curl(m, at),
	}
	if m.Right != nil {
		out.Right = m.Right.Feature + " " + m.Right.Level
	}
	for _, p := range m.Parameters {
		if p.Ref != "" {
			p = s.Components.Parameters[lastPart(p.Ref)]
		}
		out.Fields = append(out.Fields, field{Name: p.Name, Where: p.In, About: p.Description, Kind: kindOf(p.Schema), Required: p.Required})
	}
	if m.RequestBody != nil {
		for _, content := range m.RequestBody.Content {
			out.Fields = append(out.Fields, fieldsOf(content.Schema, "body")...)
		}
	}
	for _, r := range m.Responses {
		if r.Value.Ref == "" {
			out.Answer = kindOf(r.Value.Content["application/json"].Schema)
		} else if r.Name != "default" {
			out.Refusals = append(out.Refusals, refusal{r.Name, s.Components.Responses[lastPart(r.Value.Ref)].Description})
		}
	}
	return out
}

func fieldsOf(s schema, where string) []field {
	var out []field
	for _, p := range s.Properties {
		out = append(out, field{
			Name: p.Name, Where: where, About: p.Value.Description, Kind: kindOf(p.Value), Required: slices.Contains(s.Required, p.Name),
		})
	}
	return out
}

func kindOf(s schema) kind {
	switch {
	case s.Ref != "":
		return kind{lastPart(s.Ref), lastPart(s.Ref)}
	case len(s.AnyOf) > 0:
		return kind{kindOf(s.AnyOf[0]).Text + " or null", kindOf(s.AnyOf[0]).Ref}
	case s.Items != nil:
		inner := kindOf(*s.Items)
		return kind{"list of " + inner.Text, inner.Ref}
	default:
		words := strings.NewReplacer(`"`, "", "[", "", "]", "", ",", " or ", "\n", "", " ", "").Replace(string(s.Type))
		return kind{Text: strings.TrimSpace(words + " " + s.Format)}
	}
}

// curl is the call as one types it, with examples in the place of ids.
func curl(m method, at place) string {
	path := at.path
	for _, p := range m.Parameters {
		if p.In == "path" {
			path = strings.Replace(path, "{"+p.Name+"}", strings.Trim(string(p.Example), `"`), 1)
		}
	}
	line := "curl -b jar"
	if m.RequestBody == nil {
		return line + " " + at.publicURL + path
	}
	for kind, content := range m.RequestBody.Content {
		line += " -X " + at.verb + " -H 'Content-Type: " + kind + "'"
		if example := content.Example; len(example) > 0 {
			var short bytes.Buffer
			_ = json.Compact(&short, example) // it was parsed as a part of the whole
			line += " -d '" + short.String() + "'"
		} else {
			line += " --data-binary @file"
		}
	}
	return line + " " + at.publicURL + path
}

// index lists every call in a line, for programs that read documentation.
func index(s *spec) string {
	var out strings.Builder
	for _, tag := range s.Tags {
		fmt.Fprintf(&out, "\n## %s\n\n%s\n\n", tag.Name, tag.Description)
		for _, one := range callsOf(s, tag.Name, "") {
			fmt.Fprintf(&out, "- `%s %s`: %s\n", one.Verb, one.Path, one.Summary)
		}
	}
	return out.String()
}
