package app

import (
	"context"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/identity/internal/issuer"
	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
)

// SupportTokens gives a visit its next token, after partner support checked
// session, grant and product again.
type SupportTokens struct {
	Codes          SupportCodes
	PartnerSupport PartnerSupport
	Issuer         *issuer.Issuer
	Clock          clock.Clock
}

// SupportToken is a token and the visit that it is for.
type SupportToken struct {
	Token issuer.Token
	Visit domain.Visit
}

// Issue answers REASON_SUPPORT_SESSION_OVER once the visit is over.
func (u SupportTokens) Issue(ctx context.Context, session id.ID, productSPIFFE string) (SupportToken, error) {
	visit, err := u.PartnerSupport.CheckSession(ctx, session, productSPIFFE)
	if err != nil {
		return SupportToken{}, err
	}
	now := u.Clock.Now()
	if visit.Over(now) {
		return SupportToken{}, fault.New(reasonv1.Reason_REASON_SUPPORT_SESSION_OVER)
	}
	signed, err := u.Issuer.Support(visit, now)
	return SupportToken{Token: signed, Visit: visit}, err
}

// Redeem exchanges a code for the first token. The code is used up even when
// the visit ended meanwhile.
func (u SupportTokens) Redeem(ctx context.Context, code, productSPIFFE string) (SupportToken, error) {
	session, err := u.Codes.Redeem(ctx, code, productSPIFFE)
	if err != nil {
		return SupportToken{}, err
	}
	return u.Issue(ctx, session, productSPIFFE)
}
