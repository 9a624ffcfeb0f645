// Package broker writes the configuration of a NATS server in which every
// service has a user of its own, who may publish the service's own facts and
// read from the service's own consumers, and nothing else. Streams and
// consumers are made by the provisioner, at migrate.
package broker

import (
	_ "embed"
	"errors"
	"fmt"
	"strings"
	"text/template"

	"github.com/nats-io/nkeys"
)

// Provisioner makes streams and consumers; no process runs as it but migrate.
const Provisioner = "prov"

//go:embed nats.conf.tmpl
var configuration string

// NewSeed makes the secret half of a user's key.
func NewSeed() (string, error) {
	pair, err := nkeys.CreateUser()
	if err != nil {
		return "", fmt.Errorf("making a nats key: %w", err)
	}
	seed, err := pair.Seed()
	if err != nil {
		return "", fmt.Errorf("making a nats key: %w", err)
	}
	return string(seed), nil
}

// Options of a server. All are required.
type Options struct {
	// Listen is host:port; port -1 takes a free one.
	Listen string
	// StoreDir holds the streams.
	StoreDir string
	// Cert and Key are files of the server's certificate.
	Cert, Key string
	// Seeds of all users, by name. Only their public halves are written.
	Seeds map[string]string
}

// Configuration is in the server's own language. It holds no secret.
func Configuration(o Options) (string, error) {
	parsed, err := template.New("nats.conf").Funcs(template.FuncMap{"quoted": quoted}).Parse(configuration)
	if err != nil {
		return "", fmt.Errorf("reading the template of nats.conf: %w", err)
	}
	users, err := o.users()
	if err != nil {
		return "", err
	}
	var out strings.Builder
	if err := parsed.Execute(&out, map[string]any{"Options": o, "Users": users}); err != nil {
		return "", fmt.Errorf("writing nats.conf: %w", err)
	}
	return out.String(), nil
}

type user struct {
	Grant
	Key string
}

func (o Options) users() ([]user, error) {
	var out []user
	for _, g := range Grants() {
		pair, err := nkeys.FromSeed([]byte(o.Seeds[g.User]))
		if err != nil {
			return nil, errors.New("reading the nats seed of " + g.User + ": malformed")
		}
		public, err := pair.PublicKey()
		if err != nil {
			return nil, fmt.Errorf("reading the nats seed of %s: %w", g.User, err)
		}
		out = append(out, user{Grant: g, Key: public})
	}
	return out, nil
}

// quoted lists subjects as the server reads them.
func quoted(subjects []string) string {
	list := make([]string, len(subjects))
	for i, s := range subjects {
		list[i] = `"` + s + `"`
	}
	return "[" + strings.Join(list, ", ") + "]"
}
