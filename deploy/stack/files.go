package stack

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/aval-access/aval/deploy/broker"
	"github.com/aval-access/aval/services/kit/ca"
	"github.com/aval-access/aval/services/kit/jwtkey"
)

// Where a workload of a deployment finds its own files, and the migration's.
const (
	mounted        = "/run/aval"
	mountedMigrate = "/run/aval-migrate"
)

// serverCertificate is longer than a workload's: Postgres and NATS read their
// certificates at start alone.
const serverCertificate = 365 * 24 * time.Hour

// Deployment is a topology of containers whose files this machine makes: one
// folder per workload, to be mounted at /run/aval. Making them again renews the
// certificates and keeps the secrets.
type Deployment struct {
	// Dir receives the folders, the authority and the secrets.
	Dir string
	// Postgres and NATS are host:port, as the services reach them.
	Postgres, NATS string
	// UID and GID own the folders when above zero; only root can say so.
	UID, GID int
}

// WriteFiles makes certificates, keys, secrets and the broker's configuration.
func (d Deployment) WriteFiles() error {
	if err := os.MkdirAll(d.Dir, 0o755); err != nil {
		return fmt.Errorf("making the folder: %w", err)
	}
	all, err := loadSecrets(d.Dir)
	if err != nil {
		return err
	}
	authority, err := ca.Load(filepath.Join(d.Dir, "ca"))
	if err != nil {
		return err
	}
	for _, name := range append([]string{"gateway", Operator, DemoProduct}, Services...) {
		request := ca.Request{SPIFFE: SPIFFEID(name), DNSNames: []string{name, "localhost"}}
		if err := d.writeWorkload(authority, name, request); err != nil {
			return err
		}
	}
	if err := d.writeServers(authority, all); err != nil {
		return err
	}
	if err := d.writeAllSecrets(all); err != nil {
		return err
	}
	return d.give()
}

func (d Deployment) folder(name string) string { return filepath.Join(d.Dir, name) }

func (d Deployment) writeWorkload(authority *ca.CA, name string, r ca.Request) error {
	if err := os.MkdirAll(d.folder(name), 0o700); err != nil {
		return fmt.Errorf("making the folder of %s: %w", name, err)
	}
	_, err := authority.WriteWorkload(d.folder(name), "tls", r)
	return err
}

// writeServers is for what is not ours: Postgres and NATS.
func (d Deployment) writeServers(authority *ca.CA, all secrets) error {
	for _, name := range []string{"postgres", natsWorkload} {
		request := ca.Request{SPIFFE: SPIFFEID(name), DNSNames: []string{name, "localhost"}, NotAfter: time.Now().Add(serverCertificate)}
		if err := d.writeWorkload(authority, name, request); err != nil {
			return err
		}
	}
	text, err := broker.Configuration(broker.Options{
		Listen: "0.0.0.0:4222", StoreDir: "/data", Cert: mounted + "/tls.pem", Key: mounted + "/tls.key", Seeds: all.Seeds,
	})
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(d.folder(natsWorkload), "nats.conf"), []byte(text), 0o600); err != nil {
		return fmt.Errorf("writing the configuration of nats: %w", err)
	}
	return writeSecrets(d.folder("postgres"), map[string]string{"PASSWORD": all.Admin})
}

func (d Deployment) writeAllSecrets(all secrets) error {
	for _, name := range Services {
		urls, err := site(name, all).URLs(d.adminURL(all, mounted+"/ca.pem"))
		if err != nil {
			return err
		}
		v := variables{secrets: map[string]string{
			"DATABASE_URL": urls.App, "SYSTEM_DATABASE_URL": urls.System, "MIGRATE_DATABASE_URL": urls.Migrate,
			"NATS_URL": "tls://" + d.NATS, "NATS_SEED": all.Seeds[name], "MIGRATE_NATS_SEED": all.Seeds[broker.Provisioner],
			"PAGE_KEY": all.PageKeys[name],
		}}
		if name == "identity" {
			v.secrets["PEPPER"] = all.Pepper
		}
		if err := d.writeOf(name, v); err != nil {
			return err
		}
	}
	for _, folder := range []string{
		filepath.Join(d.folder("identity"), "keys"),
		filepath.Join(d.folder("consent"), "ledger_keys"), filepath.Join(d.folder("consent"), "receipt_keys"),
	} {
		if _, err := jwtkey.Ensure(folder); err != nil {
			return err
		}
	}
	return writeSecrets(d.folder("gateway"), map[string]string{
		"PAGE_KEY": all.PageKeys["gateway"], "NATS_URL": "tls://" + d.NATS, "NATS_SEED": all.Seeds["gateway"],
	})
}

// writeOf keeps what only the migration may know out of the service's folder.
func (d Deployment) writeOf(name string, v variables) error {
	serving := v.serving().secrets
	maps.DeleteFunc(v.secrets, func(key, _ string) bool { return slices.Contains(slices.Collect(maps.Keys(serving)), key) })
	if err := writeSecrets(d.folder(name), serving); err != nil {
		return err
	}
	return writeSecrets(d.folder(name+"-migrate"), v.secrets)
}

// give hands the workloads' folders over; the secrets and the authority stay
// with whoever made them.
func (d Deployment) give() error {
	if d.UID <= 0 {
		return nil
	}
	return filepath.WalkDir(d.Dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		inside, _ := filepath.Rel(d.Dir, path)
		first, _, _ := strings.Cut(inside, string(filepath.Separator))
		if first == "." || first == "ca" || first == "secrets.json" {
			return nil
		}
		return os.Chown(path, d.UID, d.GID)
	})
}
