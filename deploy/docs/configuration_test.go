// Package docs holds what is written about Aval, and the tests that keep
// written things equal to what they describe.
package docs

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/gateway"
	"github.com/aval-access/aval/services/consent"
	"github.com/aval-access/aval/services/identity"
	"github.com/aval-access/aval/services/kit/config"
	"github.com/aval-access/aval/services/membership"
	"github.com/aval-access/aval/services/notification"
	"github.com/aval-access/aval/services/partnersupport"
)

const configuration = "configuration.md"

var update = flag.Bool("update", false, "write the page anew")

func TestConfigurationPageIsWhatTheProgramsRead(t *testing.T) {
	t.Parallel()
	wanted := page()
	if *update {
		require.NoError(t, os.WriteFile(configuration, []byte(wanted), 0o644))
	}
	content, err := os.ReadFile(configuration)
	require.NoError(t, err)
	require.Equal(t, wanted, string(content), "run: go test ./deploy/docs -update")
}

func page() string {
	var out strings.Builder
	out.WriteString(introduction)
	for _, one := range []struct{ name, table string }{
		{"identity", config.Docs[identity.Config]("AVAL_IDENTITY_")},
		{"membership", config.Docs[membership.Config]("AVAL_MEMBERSHIP_")},
		{"partnersupport", config.Docs[partnersupport.Config]("AVAL_PARTNERSUPPORT_")},
		{"consent", config.Docs[consent.Config]("AVAL_CONSENT_")},
		{"notification", config.Docs[notification.Config]("AVAL_NOTIFICATION_")},
		{"gateway", config.Docs[gateway.Config]("AVAL_GATEWAY_")},
	} {
		out.WriteString("\n## " + one.name + "\n\n" + one.table)
	}
	return out.String()
}

const introduction = `# Configuration

Every program reads its own variables and nothing else; the same tables come from
` + "`<program> config docs`" + `. This page is generated: ` + "`go test ./deploy/docs -update`" + `.

- A secret comes from the variable or, better, from the file that the variable with
  ` + "`_FILE`" + ` names; never from both. There is no default secret: a program that lacks
  one does not start, and says all that is wrong at once.
- ` + "`migrate`" + ` reads the same variables as ` + "`serve`" + `, and those that begin with MIGRATE_
  beside them; give those to nothing else.
- ` + "`membership decide`" + ` reads what ` + "`serve`" + ` reads. Of the variables below it needs no NATS_*,
  of PEERS identity alone, and DATABASE_URL may be the system role's too: it asks as nobody else.
- Traces and pushed metrics follow the usual ` + "`OTEL_*`" + ` variables. OPS_ADDR serves
  ` + "`/livez`" + ` (the process runs), ` + "`/readyz`" + ` (the database answers and has the schema;
  a broker that is down delays events and makes nothing unready) and ` + "`/metrics`" + `.
- Certificates and signing keys are read again when their files change.
`
