package pg

import (
	"cmp"
	"fmt"
	"net/url"
	"strings"
)

// Passwords of the three roles of a context that log in.
type Passwords struct{ Migrate, App, System string }

// Site is one context's database on a cluster, with its roles
// <context>_owner, _migrate, _app and _system.
type Site struct {
	Context string
	// Database is its name; aval_<context> if empty.
	Database  string
	Passwords Passwords
}

// URLs of one site, by role.
type URLs struct{ Migrate, App, System string }

func (s Site) database() string { return cmp.Or(s.Database, "aval_"+s.Context) }

func (s Site) owner() string { return s.Context + "_owner" }

// URLs derives the site's URLs from an administrator's.
func (s Site) URLs(adminURL string) (URLs, error) {
	u, err := url.Parse(adminURL)
	if err != nil {
		return URLs{}, fmt.Errorf("parsing administrator's url: malformed")
	}
	as := func(role, password string) string {
		own := *u
		own.User = url.UserPassword(s.Context+role, password)
		own.Path = "/" + s.database()
		return own.String()
	}
	return URLs{
		Migrate: as("_migrate", s.Passwords.Migrate),
		App:     as("_app", s.Passwords.App),
		System:  as("_system", s.Passwords.System),
	}, nil
}

// quote makes an SQL identifier.
func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// literal makes an SQL string for statements that take no arguments.
func literal(text string) string {
	text = strings.ReplaceAll(text, "\x00", "")
	return " E'" + strings.ReplaceAll(strings.ReplaceAll(text, `\`, `\\`), `'`, `''`) + "'"
}
