package stack

import (
	"context"
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
