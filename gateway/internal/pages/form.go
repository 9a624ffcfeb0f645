package pages

import (
	"net/url"
	"strings"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

// form is what was typed and what is wrong with it.
type form struct {
	values url.Values
	// Problems are shown above the form, each leading to its field.
	Problems []problem
}

// problem is one thing to put right.
type problem struct {
	// Field is the input's name; empty: the form as a whole.
	Field string
	Text  string
}

// typed is the form as it came.
func (c *call) typed() form { return form{values: c.r.PostForm} }

// Value is what stands in a field.
func (f form) Value(name string) string { return f.values.Get(name) }

// typed tells whether the form had a field at all.
func (f form) typed(name string) bool { return f.values.Has(name) }

// Picked tells whether a choice of a field was made.
func (f form) Picked(name, value string) bool {
	for _, one := range f.values[name] {
		if one == value {
			return true
		}
	}
	return false
}

// Problem is what is wrong with one field, or "".
func (f form) Problem(name string) string {
	for _, p := range f.Problems {
		if p.Field == name {
			return p.Text
		}
	}
	return ""
}

func (f *form) add(field, text string) {
	f.Problems = append(f.Problems, problem{Field: field, Text: text})
}

// need notes the fields that were left empty.
func (f *form) need(c *call, names ...string) {
	for _, name := range names {
		if strings.TrimSpace(f.Value(name)) == "" {
			f.add(name, c.text("form.required", "field", c.text("field."+name)))
		}
	}
}

// binding says to whom a form is shown.
func (c *call) binding(purpose string) string {
	frame := purpose == "sign-out" || purpose == "pick"
	if token := c.r.PathValue("token"); token != "" && !frame {
		return token
	}
	return c.session.UserID
}

// requestID opens the form's nonce: its id makes pressing twice one act.
func (c *call) requestID(purpose string) (string, error) {
	return c.Nonces.Open(purpose, c.binding(purpose), c.r.PostForm.Get("nonce"))
}

// refused fills a form with the reasons of a refusal. An error that is none of
// the form's comes back.
func (c *call) refused(f form, err error) (form, error) {
	details, ok := fault.Details(err)
	if !ok || !answerable(details.Reason()) {
		return f, err
	}
	if details.Reason() == reasonv1.Reason_REASON_CROSS_ORIGIN_REFUSED {
		f.add("", c.text("form.stale"))
		return f, nil
	}
	for _, v := range details.Fields() {
		field := inputOf(v.Field)
		f.add(field, c.rule(field, v.Rule))
	}
	if field := fieldOf(details.Reason()); len(details.Fields()) == 0 || field != "" && f.Problem(field) == "" {
		f.add(field, c.reason(details))
	}
	return f, nil
}

// rule words a broken rule, naming the field where it was left empty. What is
// wrong in a list may have been pasted: that no file was chosen says nothing.
func (c *call) rule(field, rule string) string {
	empty := strings.TrimSpace(c.r.PostForm.Get(field)) == "" && !strings.HasPrefix(rule, "csv.")
	if label := "field." + field; c.has(label) && empty {
		return c.text("form.required", "field", c.text(label))
	}
	return fault.RuleText(rule, c.lang)
}

// reason words a refusal; where the pages know a better way out than the
// registry's text, they say it.
func (c *call) reason(e *fault.Error) string {
	key := "reason." + fault.Name(e.Reason())
	if names := e.Metadata()["organizations"]; names != "" && c.has(key+".of") {
		return c.text(key+".of", "organizations", names)
	}
	if c.has(key) {
		return c.text(key, "wait", c.waiting(e))
	}
	return fault.Text(e.Reason(), c.lang)
}

// answerable tells whether the person can do something about it in the form.
func answerable(r reasonv1.Reason) bool {
	switch r {
	case reasonv1.Reason_REASON_UNAUTHENTICATED, reasonv1.Reason_REASON_SESSION_EXPIRED,
		reasonv1.Reason_REASON_TOKEN_INVALID, reasonv1.Reason_REASON_NOT_FOUND, reasonv1.Reason_REASON_INTERNAL:
		return false
	default:
		return true
	}
}

// inputOf finds the input for a path of proto names: the last part, without
// its index.
func inputOf(path string) string {
	if at := strings.LastIndexByte(path, '.'); at >= 0 {
		if parent := path[:at]; strings.HasPrefix(parent, "rights") || strings.Contains(parent, ".rights") {
			return "rights"
		}
		path = path[at+1:]
	}
	name, _, _ := strings.Cut(path, "[")
	switch name {
	case "expire_time", "end_time":
		return "end_date"
	case "start_time":
		return "start_date"
	case "member_valid_until":
		return "until"
	}
	return name
}

// fieldOf finds the input that a reason speaks of.
func fieldOf(r reasonv1.Reason) string {
	switch r {
	case reasonv1.Reason_REASON_PASSWORD_TOO_WEAK:
		return "password"
	case reasonv1.Reason_REASON_ADDRESS_INVALID, reasonv1.Reason_REASON_ALREADY_MEMBER,
		reasonv1.Reason_REASON_CREDENTIALS_REFUSED:
		return "email"
	case reasonv1.Reason_REASON_DURATION_REQUIRED, reasonv1.Reason_REASON_DURATION_TOO_LONG,
		reasonv1.Reason_REASON_SCRIPTED_ANSWER:
		return "duration"
	case reasonv1.Reason_REASON_CLIENT_UNKNOWN:
		return "client"
	case reasonv1.Reason_REASON_CONFIRMATION_REQUIRED:
		return "confirm"
	case reasonv1.Reason_REASON_COLLABORATOR_NOT_READY, reasonv1.Reason_REASON_COLLABORATOR_LEFT,
		reasonv1.Reason_REASON_COLLABORATOR_SUSPENDED:
		return "collaborator_id"
	case reasonv1.Reason_REASON_RIGHTS_EXCEED_REQUEST, reasonv1.Reason_REASON_RIGHTS_EXCEED_YOURS,
		reasonv1.Reason_REASON_FEATURE_UNKNOWN:
		return "rights"
	default:
		return ""
	}
}
