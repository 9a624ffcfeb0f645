package domain

import (
	"slices"
	"time"

	"github.com/aval-access/aval/services/kit/id"
)

// ClientContact is a person of a client attached to a firm for dossiers of it
// (R94): no member, no right of the staff.
type ClientContact struct {
	ID         id.ID
	PartnerID  id.ID
	UserID     id.ID // zero: nobody proved the address yet
	Email      string
	EmailKey   string
	GivenName  string
	FamilyName string
	Dossiers   []id.ID
	CreateTime time.Time
	EndTime    time.Time // zero: attached
	Version    int64
}

// Attach adds dossiers and gives those that are new (R99).
func (c *ClientContact) Attach(dossiers []id.ID) []id.ID {
	var fresh []id.ID
	for _, one := range dossiers {
		if !slices.Contains(c.Dossiers, one) {
			c.Dossiers, fresh = append(c.Dossiers, one), append(fresh, one)
		}
	}
	if len(fresh) > 0 {
		c.Version++
	}
	return fresh
}

// Detach takes one dossier away, or with the zero id all; without any the
// contact ends. It tells whether anything changed.
func (c *ClientContact) Detach(dossier id.ID, now time.Time) bool {
	kept := slices.DeleteFunc(slices.Clone(c.Dossiers), func(one id.ID) bool { return dossier.IsZero() || one == dossier })
	if len(kept) == len(c.Dossiers) && len(kept) > 0 {
		return false
	}
	if len(kept) == 0 {
		c.EndTime = now
	} else {
		c.Dossiers = kept
	}
	c.Version++
	return true
}
