package stack

import (
	"context"
	"net/url"
	"path/filepath"

	"github.com/aval-access/aval/services/kit/pg"
)

// CreateDatabases makes every context's database and roles on the deployment's
// cluster, with the passwords that WriteFiles wrote. Running it again changes
// nothing.
func (d Deployment) CreateDatabases(ctx context.Context) error {
	all, err := loadSecrets(d.Dir)
	if err != nil {
		return err
	}
	admin := d.adminURL(all, filepath.Join(d.Dir, "ca", "ca.pem"))
	for _, name := range Services {
		if err := pg.Create(ctx, admin, site(name, all)); err != nil {
			return err
		}
	}
	return nil
}

func (d Deployment) adminURL(all secrets, root string) string {
	u := url.URL{Scheme: "postgres", User: url.UserPassword("postgres", all.Admin), Host: d.Postgres, Path: "/postgres"}
	u.RawQuery = url.Values{"sslmode": {"verify-full"}, "sslrootcert": {root}}.Encode()
	return u.String()
}

// reaching gives a database's URLs as one program is told them.
func reaching(urls pg.URLs, program string, o Options) pg.URLs {
	if !o.Separate || o.DatabaseAddress == nil {
		return urls
	}
	for _, raw := range []*string{&urls.Migrate, &urls.App, &urls.System} {
		if u, err := url.Parse(*raw); err == nil { // we made it
			*raw = by(u, func(address string) string { return o.DatabaseAddress(program, address) })
		}
	}
	return urls
}

// by changes the address of a URL, which may be a socket's: a folder and a port.
func by(u *url.URL, relay func(address string) string) string {
	query, address := u.Query(), u.Host
	if folder := query.Get("host"); folder != "" {
		address = filepath.Join(folder, ".s.PGSQL."+query.Get("port"))
	}
	other := relay(address)
	if other == address {
		return u.String()
	}
	query.Del("host")
	query.Del("port")
	u.Host, u.RawQuery = other, query.Encode()
	return u.String()
}

func site(name string, all secrets) pg.Site {
	return pg.Site{Context: name, Passwords: all.Roles[name]}
}
