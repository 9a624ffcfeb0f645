// Package postgres keeps people, their passwords, their sessions and one-time
// codes. Every method works in the caller's transaction and decides nothing.
package postgres

import "embed"

// Migrations holds the schema.
//
//go:embed migrations/*.sql
var Migrations embed.FS
