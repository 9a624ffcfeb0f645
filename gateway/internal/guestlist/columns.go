package guestlist

import (
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	authzv1 "github.com/aval-access/aval/proto/gen/aval/authz/v1"
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

func (l *Line) wrong(field, rule string) {
	if l.Rule == "" {
		l.Field, l.Rule = field, rule
	}
}

func (l *Line) role(value string) {
	role, ok := map[string]membershipv1.Role{
		"membre": membershipv1.Role_ROLE_MEMBER, "member": membershipv1.Role_ROLE_MEMBER,
		"administrateur": membershipv1.Role_ROLE_ADMIN, "administratrice": membershipv1.Role_ROLE_ADMIN,
		"administrator": membershipv1.Role_ROLE_ADMIN, "admin": membershipv1.Role_ROLE_ADMIN,
		"proprietaire": membershipv1.Role_ROLE_OWNER, "owner": membershipv1.Role_ROLE_OWNER,
	}[plain(value)]
	if !ok {
		l.wrong("role", "csv.role")
	}
	l.Row.Role = role
}

// until is the last minute of the day.
func (l *Line) until(value string, zone *time.Location) {
	for _, form := range []string{"2006-01-02", "02/01/2006", "2.1.2006"} {
		if day, err := time.ParseInLocation(form, value, zone); err == nil {
			l.Row.MemberValidUntil = timestamppb.New(day.AddDate(0, 0, 1).Add(-time.Minute))
			return
		}
	}
	l.wrong("member_valid_until", "csv.date")
}

func (l *Line) right(feature, value string) {
	level, ok := map[string]authzv1.Level{
		"aucun": authzv1.Level_LEVEL_NONE, "none": authzv1.Level_LEVEL_NONE,
		"invite": authzv1.Level_LEVEL_GUEST, "guest": authzv1.Level_LEVEL_GUEST,
		"editeur": authzv1.Level_LEVEL_EDITOR, "editor": authzv1.Level_LEVEL_EDITOR,
		"approbateur": authzv1.Level_LEVEL_APPROVER, "approver": authzv1.Level_LEVEL_APPROVER,
	}[plain(value)]
	if !ok {
		l.wrong("rights", "csv.level")
		return
	}
	l.Row.Rights = append(l.Row.Rights, &membershipv1.FeatureRight{Feature: feature, Level: level})
}
