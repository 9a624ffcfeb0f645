// Package postgres keeps consents, their timelines, grants, links, codes
// and the history. It decides nothing: the rules are domain's, and which rows a tenant
// sees is row-level security's.
package postgres

import "embed"

// Migrations make the schema, one file a step.
//
//go:embed migrations/*.sql
var Migrations embed.FS

// present keeps an empty list apart from NULL.
func present[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
