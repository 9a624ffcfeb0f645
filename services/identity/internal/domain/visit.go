package domain

import (
	"time"

	"github.com/aval-access/aval/services/kit/id"
)

// CodeLife is how long the code that starts a visit may be redeemed.
const CodeLife = 60 * time.Second

// Visit is a running support session as partner support answers for it.
type Visit struct {
	SessionID id.ID
	// UserID is the collaborator, PartnerID whom they work for.
	UserID, PartnerID id.ID
	// ClientID is the account that is visited.
	ClientID           id.ID
	GrantID, ConsentID id.ID
	ProductID          id.ID
	// Audience is the product's own, for its tokens.
	Audience string
	// Reason is why, in the collaborator's words.
	Reason string
	// ClientName, CollaboratorName and PartnerName are for the product's banner.
	ClientName, CollaboratorName, PartnerName string
	// ExpireTime is the absolute end.
	ExpireTime time.Time
}

// Over tells whether the visit is past its end.
func (v Visit) Over(now time.Time) bool { return !now.Before(v.ExpireTime) }
