package guestlist

import (
	"slices"
	"strings"
	"time"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
)

// columns say what each column of a file holds: a name below, the path of a
// feature, or "" for what is of no interest.
type columns struct {
	names    []string
	features map[string]bool
	zone     *time.Location
}

// headings are how people call the columns, in French and English.
func headings() map[string][]string {
	return map[string][]string{
		"email":       {"email", "mail", "adresse", "adresseemail", "adressemail", "courriel", "emailaddress"},
		"given_name":  {"prenom", "firstname", "givenname"},
		"family_name": {"nom", "nomdefamille", "lastname", "familyname", "surname"},
		"role":        {"role"},
		"until":       {"jusquau", "fin", "datedefin", "until", "end", "enddate", "membervaliduntil"},
	}
}

func columnsOf(header []string, o Options) columns {
	c := columns{features: map[string]bool{}, zone: o.Zone}
	for _, title := range header {
		c.names = append(c.names, c.nameOf(plain(title), o))
	}
	return c
}

func (c columns) nameOf(title string, o Options) string {
	for name, called := range headings() {
		if slices.Contains(called, title) {
			return name
		}
	}
	for _, f := range o.Features {
		if slices.Contains([]string{plain(f.GetPath()), plain(f.GetLabelFr()), plain(f.GetLabelEn())}, title) && title != "" {
			c.features[f.GetPath()] = true
			return f.GetPath()
		}
	}
	return ""
}

func (c columns) has(name string) bool { return slices.Contains(c.names, name) }

// line reads one record.
func (c columns) line(number int, record []string, broken error) Line {
	l := Line{Number: number, Row: &membershipv1.InvitationRow{}}
	switch {
	case broken != nil:
		l.Rule = "csv.quote"
	case len(record) != len(c.names):
		l.Rule = "csv.columns"
	default:
		for i, value := range record {
			c.put(&l, c.names[i], strings.TrimSpace(value))
		}
	}
	return l
}

func (c columns) put(l *Line, name, value string) {
	switch {
	case value == "" || name == "":
	case name == "email":
		l.Row.Email = value
	case name == "given_name":
		l.Row.GivenName = value
	case name == "family_name":
		l.Row.FamilyName = value
	case name == "role":
		l.role(value)
	case name == "until":
		l.until(value, c.zone)
	case c.features[name]:
		l.right(name, value)
	}
}
