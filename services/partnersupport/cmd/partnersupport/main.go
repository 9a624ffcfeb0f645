// Command partnersupport serves the context of the same name.
package main

import (
	"github.com/aval-access/aval/services/kit/host"
	"github.com/aval-access/aval/services/partnersupport"
)

func main() {
	host.Main("partnersupport", "AVAL_PARTNERSUPPORT_", partnersupport.Run, partnersupport.Migrate)
}
