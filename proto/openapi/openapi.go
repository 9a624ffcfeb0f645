// Package openapi holds the description of the REST edge, OpenAPI 3.1, which
// `make generate` makes from the contracts (deploy/openapi).
package openapi

import _ "embed" // the description

//go:embed openapi.json
var description []byte

// JSON gives the document; it must not be changed.
func JSON() []byte { return description }
