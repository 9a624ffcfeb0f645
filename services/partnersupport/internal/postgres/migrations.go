// Package postgres keeps what partner support owns: the statements beside the
// Go that runs them. Which tenant's rows a statement sees is decided by the
// transaction it is given.
package postgres

import "embed"

// Migrations make the schema, one file a step.
//
//go:embed migrations/*.sql
var Migrations embed.FS
