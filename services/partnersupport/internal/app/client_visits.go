package app

import (
	"context"
	"maps"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
)

// ClientVisits are the visits that run in a client's account, in the client's
// hands. The client reads its own; they end in the partner's rows.
type ClientVisits struct{ Deps }

// ClientVisit is one, with the name of who is inside.
type ClientVisit struct {
	postgres.ClientVisit
	CollaboratorName string
}

// List gives a page of them.
func (u ClientVisits) List(ctx context.Context, l postgres.ClientVisitList) ([]ClientVisit, error) {
	rows, err := pg.InTenant(ctx, u.DB, l.Client, func(ctx context.Context, tx pg.Tx) ([]postgres.ClientVisit, error) {
		return postgres.ClientVisits(ctx, tx, l)
	})
	if err != nil {
		return nil, err
	}
	names, err := u.names(ctx, rows)
	if err != nil {
		return nil, err
	}
	out := make([]ClientVisit, len(rows))
	for i, row := range rows {
		out[i] = ClientVisit{ClientVisit: row, CollaboratorName: names[row.CollaboratorID]}
	}
	return out, nil
}

// names reads who visits in the rows of each partner.
func (u ClientVisits) names(ctx context.Context, rows []postgres.ClientVisit) (map[id.ID]string, error) {
	of := map[id.ID][]id.ID{}
	for _, row := range rows {
		of[row.PartnerID] = append(of[row.PartnerID], row.CollaboratorID)
	}
	names := map[id.ID]string{}
	for partner, people := range of {
		found, err := pg.InTenant(ctx, u.DB, partner, func(ctx context.Context, tx pg.Tx) (map[id.ID]string, error) {
			return postgres.CollaboratorNames(ctx, tx, partner, people)
		})
		if err != nil {
			return nil, err
		}
		maps.Copy(names, found)
	}
	return names, nil
}

// End ends one of the client's visits. The access stays.
func (u ClientVisits) End(ctx context.Context, client, actor, session id.ID) (domain.SupportSession, error) {
	own, err := pg.InTenant(ctx, u.DB, client, func(ctx context.Context, tx pg.Tx) (bool, error) {
		return postgres.VisitOfClient(ctx, tx, client, session)
	})
	if err != nil {
		return domain.SupportSession{}, err
	}
	if !own {
		return domain.SupportSession{}, domain.NotFound
	}
	return closeVisit(ctx, u.Deps, session, domain.VisitEnd{Actor: actor, Side: domain.ClientSide})
}
