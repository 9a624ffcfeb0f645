// Command identity runs the identity service.
package main

import (
	"github.com/aval-access/aval/services/identity"
	"github.com/aval-access/aval/services/kit/host"
)

func main() {
	host.Main("identity", "AVAL_IDENTITY_", identity.Run, identity.Migrate)
}
