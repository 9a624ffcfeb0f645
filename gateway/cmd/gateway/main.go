// Command gateway runs the HTTP edge of Aval.
package main

import (
	"github.com/aval-access/aval/gateway"
	"github.com/aval-access/aval/services/kit/host"
)

func main() {
	host.Main[gateway.Config]("gateway", "AVAL_GATEWAY_", gateway.Run, nil)
}
