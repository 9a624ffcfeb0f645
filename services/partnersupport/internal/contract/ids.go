// Package contract says how partner support looks from outside: the prefixes
// of its ids, its messages and its events. It decides nothing.
package contract

// The prefixes of the ids that appear here.
const (
	Organization = "org"
	User         = "usr"
	Invitation   = "inv"
	Member       = "mbr"
	Collaborator = "col"
	Dossier      = "dos"
	Assignment   = "asg"
	Session      = "sup"
	Product      = "prd"
	Consent      = "cns"
	Grant        = "grt"
)
