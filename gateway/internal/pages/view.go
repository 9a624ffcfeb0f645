package pages

import (
	"fmt"
	"strings"
	"time"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
)

// view is what a template sees.
type view struct {
	c      *call
	Lang   string
	Title  string
	Style  string
	Script string
	Look   *look
	Bare   bool
	Crumbs []string
	Menu   []menuGroup
	Form   form
	Notice *notice
	Data   any
}

// input is one labelled field.
type input struct {
	Name, Type, Label, Hint, Value, Problem, Autocomplete string
}

func (c *call) view(p page) view {
	v := view{
		c: c, Lang: c.lang, Style: c.style.path, Script: c.script.path, Bare: p.bare || c.current == nil,
		Look: p.look, Crumbs: p.crumbs, Form: p.form, Data: p.data, Title: p.titleText,
	}
	if v.Title == "" {
		v.Title = c.text(p.title)
	}
	if !v.Bare {
		v.Menu = c.menu()
	}
	v.Notice = c.takeNotice()
	return v
}

// T gives the words of a key; N those for a number of things.
func (v view) T(key string, pairs ...string) string { return v.c.text(key, pairs...) }

// Label is a feature's name in the page's language.
func (v view) Label(f *membershipv1.Feature) string { return v.c.label(f) }

// N gives the words for a number of things.
func (v view) N(key string, n int) string { return v.c.count(key, n) }

// Nonce seals a new nonce for one form.
func (v view) Nonce(purpose string) (string, error) {
	return v.c.Nonces.Make(purpose, v.c.binding(purpose))
}

// Steps lists the keys of numbered sentences, such as "guide.step.1".
func (v view) Steps(key string) []string {
	var out []string
	for n := 1; v.c.has(fmt.Sprintf("%s.%d", key, n)); n++ {
		out = append(out, fmt.Sprintf("%s.%d", key, n))
	}
	return out
}

// Input is a field with the words "field.<name>" and, if there are any,
// "hint.<name>". Passwords are never given back.
func (v view) Input(name, kind, autocomplete string) input {
	in := input{
		Name: name, Type: kind, Autocomplete: autocomplete,
		Label: v.c.text("field." + name), Problem: v.Form.Problem(name),
	}
	if v.c.has("hint." + name) {
		in.Hint = v.c.text("hint." + name)
	}
	if kind != "password" {
		in.Value = v.Form.Value(name)
	}
	return in
}

// Hinted is a field with the words of another key as its hint.
func (v view) Hinted(in input, key string) input {
	in.Hint = v.c.text(key)
	return in
}

// Help leads to what the deployment explains elsewhere (R47).
func (v view) Help() []menuItem {
	var out []menuItem
	for _, name := range HelpLinks() {
		if address := v.c.HelpLinks[name]; address != "" {
			out = append(out, menuItem{Path: address, Label: v.c.text("help." + name)})
		}
	}
	return out
}

// Email is the address of who is signed in.
func (v view) Email() string { return v.c.session.Email }

// Organization is the name of the organisation chosen.
func (v view) Organization() string { return nameOf(v.c.current) }

// Places are all organisations of the person, for the switcher (R59).
func (v view) Places() []place { return v.c.places() }

// Other is the language that the switch leads to, and In the page's address
// there.
func (v view) Other() string {
	if v.Lang == "fr" {
		return "en"
	}
	return "fr"
}

// In is this page's address in a language.
func (v view) In(lang string) string { return v.c.inLanguage(lang) }

// Time writes a moment as local date and hour; Stamp is for machines.
func (v view) Time(at time.Time) string { return v.c.dateTime(at) }

// Stamp is a moment for machines.
func (v view) Stamp(at time.Time) string { return at.UTC().Format(time.RFC3339) }

// menuGroup is a heading with its entries.
type menuGroup struct {
	Heading string
	Items   []menuItem
}

type menuItem struct {
	Path, Label string
	Here        bool
}

// menu is what the chosen organisation offers (R133).
func (c *call) menu() []menuGroup {
	if c.contact() {
		return []menuGroup{{Heading: c.text("firm.title"), Items: c.items("/firm", "menu.company")}}
	}
	if c.current.GetOrganization().GetKind() == membershipv1.OrganizationKind_ORGANIZATION_KIND_PARTNER {
		return c.partnerMenu()
	}
	return []menuGroup{
		{Heading: c.text("menu.company"), Items: c.items("/assistance", "menu.assistance")},
		{Heading: c.text("menu.settings"), Items: c.items("/members", "menu.members")},
		{Heading: c.text("menu.more"), Items: c.items("/history", "menu.history")},
	}
}

func (c *call) partnerMenu() []menuGroup {
	entries := []string{"/partner/dossiers", "menu.dossiers", "/organizations", "menu.organizations", "/partner/sessions", "menu.visits"}
	if !c.administers() {
		return []menuGroup{{Heading: c.text("menu.mine"), Items: c.items(entries...)}}
	}
	entries = append([]string{"/partner/collaborators", "menu.collaborators"}, entries...)
	entries = append(entries, "/partner/contacts", "menu.contacts", "/partner/credits", "menu.credits", "/partner/conflicts", "menu.conflicts")
	return []menuGroup{
		{Heading: c.text("menu.mine"), Items: c.items(entries...)},
		{Heading: c.text("menu.settings"), Items: c.items("/members", "menu.members", "/partner/brand", "menu.brand")},
	}
}

// items makes entries of pairs of path and key.
func (c *call) items(pairs ...string) []menuItem {
	var out []menuItem
	for i := 0; i+1 < len(pairs); i += 2 {
		here := c.r.URL.Path == pairs[i] || strings.HasPrefix(c.r.URL.Path, pairs[i]+"/")
		out = append(out, menuItem{Path: pairs[i], Label: c.text(pairs[i+1]), Here: here})
	}
	return out
}

func nameOf(context *membershipv1.Context) string {
	return context.GetOrganization().GetIdentification().GetLegalName()
}

func fullName(given, family string) string {
	return strings.TrimSpace(fmt.Sprintf("%s %s", given, family))
}
