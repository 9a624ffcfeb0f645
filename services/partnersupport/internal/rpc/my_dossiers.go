package rpc

import (
	"context"

	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/page"
	"github.com/aval-access/aval/services/partnersupport/internal/app"
	"github.com/aval-access/aval/services/partnersupport/internal/contract"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
)

type myDossiers struct {
	v1.UnimplementedMyDossierServiceServer
	base
}

func (s myDossiers) ListMyDossiers(ctx context.Context, req *v1.ListMyDossiersRequest) (*v1.ListMyDossiersResponse, error) {
	asked, err := s.pages.List(ctx, req)
	if err != nil {
		return nil, err
	}
	after, err := dossiersAfter(asked)
	if err != nil {
		return nil, err
	}
	rows, err := answer(app.MyDossiers{Deps: s.Deps}.Do(ctx, postgres.MyDossierList{
		User: authn.FromContext(ctx).Person.UserID, Search: domain.Fold(req.GetSearch()), After: after, Limit: asked.Limit(),
	}))
	if err != nil {
		return nil, err
	}
	rows, next, err := page.Cut(asked, rows, func(d postgres.MyDossier) []string { return page.KeyTextID(d.SortName, d.ID) })
	return &v1.ListMyDossiersResponse{Dossiers: fields.Each(rows, contract.MyDossierToProto), NextPageToken: next}, err
}
