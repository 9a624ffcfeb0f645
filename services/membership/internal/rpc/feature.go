package rpc

import (
	"context"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/page"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/app"
	"github.com/aval-access/aval/services/membership/internal/domain"
	"github.com/aval-access/aval/services/membership/internal/postgres"
)

// Features implements FeatureService.
type Features struct {
	membershipv1.UnimplementedFeatureServiceServer
	app.Deps
	DB    *pg.DB
	Pages *page.Sealer
}

// ListFeatures lists the catalogue by path.
func (s *Features) ListFeatures(
	ctx context.Context, req *membershipv1.ListFeaturesRequest,
) (*membershipv1.ListFeaturesResponse, error) {
	asked, err := s.Pages.List(ctx, req)
	if err != nil {
		return nil, err
	}
	after, err := asked.AfterText()
	if err != nil {
		return nil, err
	}
	list, err := pg.InApp(ctx, s.DB, func(ctx context.Context, tx pg.Tx) (domain.Catalogue, error) {
		return postgres.ListFeatures(ctx, tx, postgres.FeatureFilter{
			After: after, Retired: req.GetIncludeRetired(), Limit: asked.Limit(),
		})
	})
	if err != nil {
		return nil, refused(err)
	}
	list, next, err := page.Cut(asked, list, func(f domain.Feature) []string { return []string{f.Path} })
	return &membershipv1.ListFeaturesResponse{Features: fields.Each(list, featureToProto), NextPageToken: next}, err
}
