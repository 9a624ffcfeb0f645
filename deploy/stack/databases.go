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

func site(name string, all secrets) pg.Site {
	return pg.Site{Context: name, Passwords: all.Roles[name]}
}
