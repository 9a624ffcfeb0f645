package domain

import (
	"strings"
	"time"

	"github.com/aval-access/aval/services/kit/id"
)

// Brand is what a partner's mails and pages look like to its clients (R8): words,
// a colour and a picture, and never more.
type Brand struct {
	PartnerID id.ID
	// Name stands beside the registered one; empty: none of its own.
	Name string
	// Color is "#rrggbb"; empty: ours.
	Color string
	// Logo is a PNG of our making; empty: none.
	Logo       []byte
	UpdateTime time.Time
	ActorID    id.ID
	Version    int64 // 0: there is no brand
}

// BrandChange holds what changes; nil stays.
type BrandChange struct {
	Name, Color *string
	Logo        *[]byte
}

// Change applies a change. The caller knows that the colour is one, that the logo
// is of our making, and that the name deceives nobody.
func (b Brand) Change(c BrandChange) Brand {
	if c.Name != nil {
		b.Name = strings.TrimSpace(*c.Name)
	}
	if c.Color != nil {
		b.Color = strings.ToLower(*c.Color)
	}
	if c.Logo != nil {
		b.Logo = *c.Logo
	}
	b.Version++
	return b
}
