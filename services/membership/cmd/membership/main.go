// Command membership runs the membership service.
package main

import (
	"github.com/aval-access/aval/services/kit/host"
	"github.com/aval-access/aval/services/membership"
)

func main() {
	host.Main("membership", "AVAL_MEMBERSHIP_", membership.Run, membership.Migrate, host.Command[membership.Config]{
		Name: "decide", Short: "Serve the decision alone, from memory, until SIGTERM", Run: membership.Decide,
	})
}
