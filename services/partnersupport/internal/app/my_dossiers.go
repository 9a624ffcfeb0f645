package app

import (
	"context"

	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
)

// MyDossiers lists what the person of the request may enter, before they have
// chosen for whom: which partners they work for is membership's to say.
type MyDossiers struct{ Deps }

// Do fills in the list's partners.
func (u MyDossiers) Do(ctx context.Context, l postgres.MyDossierList) ([]postgres.MyDossier, error) {
	var err error
	if l.Partners, err = u.Membership.Firms(ctx); err != nil || len(l.Partners) == 0 {
		return nil, err
	}
	return pg.InSystem(ctx, u.DB, "listing a person's dossiers", func(ctx context.Context, tx pg.Tx) ([]postgres.MyDossier, error) {
		return postgres.MyDossiers(ctx, tx, l)
	})
}
