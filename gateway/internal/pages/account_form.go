package pages

import (
	"slices"

	"github.com/aval-access/aval/services/kit/fault"
)

// task is a page with one form about a person's account: a lead, facts, fields
// and one button. Its words are "account.<name>.title", ".lead" and ".button".
type task struct {
	name   string
	fields []taskField
	facts  []taskFact
	// danger colours the button; bare leaves out menu and switcher.
	danger, bare bool
}

type taskField struct{ name, kind, autocomplete string }

type taskFact struct{ Label, Value string }

// taskData is what the template sees.
type taskData struct {
	Lead, Button, Nonce string
	Danger              bool
	Facts               []taskFact
	Inputs              []input
	Back                string
}

func password(name string) taskField {
	if name == "new_password" {
		return taskField{name, "password", "new-password"}
	}
	return taskField{name, "password", "current-password"}
}

func (c *call) showTask(t task, f form) error {
	data := taskData{
		Lead: c.text("account." + t.name + ".lead"), Button: c.text("account." + t.name + ".button"),
		Nonce: t.name, Danger: t.danger, Facts: t.facts,
	}
	v := view{c: c, Lang: c.lang, Form: f}
	for _, field := range t.fields {
		data.Inputs = append(data.Inputs, v.Input(field.name, field.kind, field.autocomplete))
	}
	if c.signedIn && !t.bare {
		data.Back = "/account"
	}
	return c.show(page{name: "task", title: "account." + t.name + ".title", form: f, data: data, bare: t.bare})
}

// do carries out a form once it is filled in; a refusal shows it again, with
// each problem at a field that the form has.
func (c *call) do(t task, act func(f form) error) error {
	f := c.typed()
	var names []string
	for _, field := range t.fields {
		names = append(names, field.name)
	}
	if f.need(c, names...); len(f.Problems) > 0 {
		return c.showTask(t, f)
	}
	_, err := c.requestID(t.name)
	if err == nil {
		err = act(f)
	}
	if err == nil {
		return nil
	}
	if f, err = c.refused(f, err); err != nil {
		return err
	}
	f.Problems = keepFields(f.Problems, names)
	return c.showTask(t, f)
}

// keepFields leaves out what is said of a field that the form does not have,
// unless nothing else is said.
func keepFields(problems []problem, names []string) []problem {
	var kept []problem
	for _, p := range problems {
		if p.Field == "" || slices.Contains(names, p.Field) {
			kept = append(kept, p)
		}
	}
	if len(kept) == 0 && len(problems) > 0 {
		kept = []problem{{Text: problems[0].Text}}
	}
	return kept
}

// waiting words how long to wait, in what is read off a clock.
func (c *call) waiting(e *fault.Error) string {
	seconds := int(e.RetryAfter().Seconds() + 0.999)
	if seconds < 120 {
		return c.count("account.wait.seconds", max(seconds, 1))
	}
	return c.count("account.wait.minutes", (seconds+59)/60)
}
