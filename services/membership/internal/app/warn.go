package app

import (
	"context"
	"strings"

	"github.com/aval-access/aval/services/kit/email"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/domain"
	"github.com/aval-access/aval/services/membership/internal/postgres"
)

// warnings are what looks odd about an address in this organisation (R102,
// R103): another +tag, one slip from somebody here, a misspelt mail provider.
func warnings(ctx context.Context, tx pg.Tx, organization id.ID, key string) ([]domain.Warning, error) {
	folded := foldedOf(key)
	like, err := postgres.FindLookAlikes(ctx, tx, organization, key, folded)
	if err != nil {
		return nil, err
	}
	var out []domain.Warning
	for _, address := range like {
		kind := domain.NearAddress
		if foldedOf(address) == folded {
			kind = domain.SameMailbox
		}
		out = append(out, domain.Warning{Kind: kind, Email: address})
	}
	local, at, _ := strings.Cut(key, "@")
	if meant, ok := domain.MeantDomain(at); ok {
		out = append(out, domain.Warning{Kind: domain.DomainTypo, Email: local + "@" + meant})
	}
	return out, nil
}

// foldedOf drops the +tag of an address that is known to be good.
func foldedOf(address string) string {
	parsed, err := email.Parse(address)
	if err != nil {
		return address
	}
	return parsed.Folded()
}
