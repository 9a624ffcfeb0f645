package rpc

import (
	"context"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/kit/page"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/domain"
	"github.com/aval-access/aval/services/membership/internal/postgres"
)

// Features implements FeatureService.
type Features struct {
	membershipv1.UnimplementedFeatureServiceServer
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
	return result(func(resp **membershipv1.ListFeaturesResponse) error {
		var list domain.Catalogue
		err := s.DB.InApp(ctx, func(ctx context.Context, tx pg.Tx) (err error) {
			list, err = postgres.ListFeatures(ctx, tx, after, asked.Limit())
			return err
		})
		if err != nil {
			return err
		}
		list, next, err := page.Cut(asked, list, func(f domain.Feature) []string { return []string{f.Path} })
		*resp = &membershipv1.ListFeaturesResponse{Features: all(list, featureToProto), NextPageToken: next}
		return err
	})
}
