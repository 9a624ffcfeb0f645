// Command consent serves the consent context.
package main

import (
	"github.com/aval-access/aval/services/consent"
	"github.com/aval-access/aval/services/kit/host"
)

func main() { host.Main("consent", "AVAL_CONSENT_", consent.Run, consent.Migrate) }
