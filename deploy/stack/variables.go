package stack

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/aval-access/aval/deploy/broker"
)

// variables are what a deployment sets for one program. The names carry no
// prefix; secrets reach a process as files.
type variables struct {
	prefix         string
	plain, secrets map[string]string
}

func prefix(name string) string { return "AVAL_" + strings.ToUpper(name) + "_" }

// variables of one service.
func (p *parts) variables(name string, o Options) variables {
	urls := reaching(p.urls[name], name, o)
	v := variables{prefix: prefix(name), plain: p.commonVariables(name, o), secrets: map[string]string{
		"DATABASE_URL":         urls.App,
		"SYSTEM_DATABASE_URL":  urls.System,
		"MIGRATE_DATABASE_URL": urls.Migrate,
		"NATS_URL":             o.NATSURL,
		"PAGE_KEY":             p.secrets.PageKeys[name],
	}}
	v.plain["PLATFORM_CALLERS"] = SPIFFEID(DemoProduct)
	v.plain["OPERATORS"] = SPIFFEID(Operator)
	switch name {
	case "identity":
		v.secrets["PEPPER"] = p.secrets.Pepper
		v.plain["SIGNING_KEYS_DIR"] = filepath.Join(p.dir, "keys")
		// All of this machine come from one network.
		v.plain["SIGN_INS_PER_NETWORK"], v.plain["MAILS_PER_NETWORK"] = "1000000", "1000000"
		v.plain["PUBLIC_URL"] = p.publicURL()
		v.plain["FACTOR_POLICY"] = o.policy("partner-administrators")
	case "consent":
		v.plain["LEDGER_KEYS_DIR"] = filepath.Join(p.dir, "ledger", "keys")
		v.plain["RECEIPT_KEYS_DIR"] = filepath.Join(p.dir, "receipts", "keys")
		v.plain["CODES_PER_NETWORK"] = "1000000" // all of this machine come from one network
		v.plain["GROUPING"] = o.Grouping.String()
		v.plain["LEDGER_WITNESS_DIR"] = filepath.Join(p.dir, "ledger", "witness")
	case "partnersupport":
		v.plain["ENTRY_FACTOR"] = o.policy("required")
	case "notification":
		v.secrets["SMTP_URL"] = cmp.Or(o.SMTPURL, "smtp://"+p.listeners["smtp"].Addr().String()+"?tls=none")
		v.plain["PUBLIC_URL"] = p.publicURL()
		v.plain["MAIL_FROM"] = "Aval <aval@aval.localhost>"
	}
	if o.Separate {
		p.addOwnProcess(v, name)
	}
	if o.Separate && o.NATSURL == "" {
		p.addBroker(v, name, o)
	}
	return v
}

// gatewayVariables are what a deployment would set for the gateway.
func (p *parts) gatewayVariables(o Options) variables {
	v := variables{prefix: prefix("gateway"), plain: p.commonVariables("gateway", o), secrets: map[string]string{
		"PAGE_KEY": p.secrets.PageKeys["gateway"],
		"NATS_URL": o.NATSURL,
	}}
	v.plain["PUBLIC_URL"] = p.publicURL()
	v.plain["PLATFORM_CALLERS"] = SPIFFEID(DemoProduct)
	v.plain["MTLS_URL"] = "https://localhost:" + p.port("token")
	v.plain["REQUESTS_PER_SECOND"] = "0"                         // all of this machine come from one network
	v.plain["EMBED_DECISIONS"] = strconv.FormatBool(!o.Separate) // both ways are run by the same tests
	if o.Separate {
		p.addOwnProcess(v, "gateway")
		v.plain["MTLS_ADDR"] = p.address("token")
	}
	if o.Separate && o.NATSURL == "" {
		p.addBroker(v, "gateway", o)
		delete(v.secrets, "MIGRATE_NATS_SEED") // the gateway has nothing to migrate
	}
	return v
}

func (p *parts) commonVariables(name string, o Options) map[string]string {
	return map[string]string{
		"LOG_FORMAT":   "text",
		"LOG_LEVEL":    cmp.Or(o.LogLevel, "WARN"),
		"TLS_CERT":     p.certs[name].Cert,
		"TLS_KEY":      p.certs[name].Key,
		"TLS_CA":       p.certs[name].CA,
		"TRUST_DOMAIN": TrustDomain,
		"PEERS":        p.peers(),
		"ISSUER":       p.publicURL(),
	}
}

// addOwnProcess says where a process listens: nobody hands it a listener.
func (p *parts) addOwnProcess(v variables, name string) {
	v.plain["ADDR"] = p.address(name)
	v.plain["OPS_ADDR"] = p.address(ops(name))
}

// addBroker lets a service in as its own user, and its migration as the
// provisioner.
func (p *parts) addBroker(v variables, name string, o Options) {
	address := p.natsAddress()
	if o.BrokerAddress != nil {
		address = o.BrokerAddress(name, address)
	}
	v.secrets["NATS_URL"] = "tls://" + address
	v.secrets["NATS_SEED"] = p.secrets.Seeds[name]
	v.secrets["MIGRATE_NATS_SEED"] = p.secrets.Seeds[broker.Provisioner]
	v.plain["NATS_CA"] = p.certs[name].CA
}

func (p *parts) peers() string {
	var list []string
	for _, name := range Services {
		list = append(list, name+"="+p.listeners[name].Addr().String())
	}
	return strings.Join(list, ",")
}

// together are all variables, for a program in this process.
func (v variables) together() map[string]string {
	out := map[string]string{}
	for _, all := range []map[string]string{v.plain, v.secrets} {
		for key, value := range all {
			out[v.prefix+key] = value
		}
	}
	return out
}

// serving leaves out what only the migrate command may know.
func (v variables) serving() variables {
	out := v
	out.secrets = maps.Clone(v.secrets)
	maps.DeleteFunc(out.secrets, func(key, _ string) bool { return strings.HasPrefix(key, "MIGRATE_") })
	return out
}

// environment is for a process of its own: it writes the secrets into a folder
// and names their files.
func (v variables) environment(dir string) ([]string, error) {
	if err := writeSecrets(dir, v.secrets); err != nil {
		return nil, err
	}
	var out []string
	for key, value := range v.plain {
		out = append(out, v.prefix+key+"="+value)
	}
	for key := range v.secrets {
		out = append(out, v.prefix+key+"_FILE="+filepath.Join(dir, strings.ToLower(key)))
	}
	slices.Sort(out)
	return out, nil
}

// writeSecrets writes one file per secret, named in lower case, which its
// owner alone can read.
func writeSecrets(dir string, secrets map[string]string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("making the folder of secrets: %w", err)
	}
	for key, value := range secrets {
		path := filepath.Join(dir, strings.ToLower(key))
		if err := os.RemoveAll(path); err != nil {
			return fmt.Errorf("replacing a secret: %w", err)
		}
		if err := os.WriteFile(path, []byte(value), 0o400); err != nil {
			return fmt.Errorf("writing a secret: %w", err)
		}
	}
	return nil
}
