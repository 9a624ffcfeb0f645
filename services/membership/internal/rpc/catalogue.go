package rpc

import (
	"context"
	"slices"

	authzv1 "github.com/aval-access/aval/proto/gen/aval/authz/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/page"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/app"
	"github.com/aval-access/aval/services/membership/internal/domain"
	"github.com/aval-access/aval/services/membership/internal/enum"
	"github.com/aval-access/aval/services/membership/internal/postgres"
)

// RegisterFeatures puts a version of a namespace's tree into the catalogue.
func (s *Features) RegisterFeatures(
	ctx context.Context, req *membershipv1.RegisterFeaturesRequest,
) (*membershipv1.RegisterFeaturesResponse, error) {
	registration := domain.Registration{
		Namespace: req.GetNamespace(), Version: req.GetVersion(), Owner: registrant(ctx),
		Features: fields.Each(req.GetFeatures(), featureFromProto),
	}
	return answer(pg.InSystem(ctx, s.DB, "catalogue", func(ctx context.Context, tx pg.Tx) (*membershipv1.RegisterFeaturesResponse, error) {
		changes, err := app.RegisterFeatures{Deps: s.Deps}.Do(ctx, tx, registration)
		return &membershipv1.RegisterFeaturesResponse{ // the request's bound is theirs
			Added: int32(len(changes.Added)), Changed: int32(len(changes.Changed)), Retired: int32(len(changes.Retired)),
		}, err
	}))
}

// registrant is whose namespace it becomes: a platform team's certificate
// identity; empty for the operator.
func registrant(ctx context.Context) string {
	caller := authn.FromContext(ctx)
	if caller.Class == authzv1.CallerClass_CALLER_CLASS_OPERATOR {
		return ""
	}
	return caller.SPIFFE
}

func featureFromProto(f *membershipv1.NewFeature) domain.Feature {
	return domain.Feature{
		Path: f.GetPath(), LabelFR: f.GetLabelFr(), LabelEN: f.GetLabelEn(),
		Sensitive: f.GetSensitive(), Excluded: f.GetExcludedFromGrants(), Apart: f.GetApart(),
	}
}

// AssignNamespace gives a part of the catalogue to a platform team.
func (s *Features) AssignNamespace(
	ctx context.Context, req *membershipv1.AssignNamespaceRequest,
) (*membershipv1.AssignNamespaceResponse, error) {
	return answer(pg.InSystem(ctx, s.DB, "catalogue", func(ctx context.Context, tx pg.Tx) (*membershipv1.AssignNamespaceResponse, error) {
		n, err := app.AssignNamespace{Deps: s.Deps}.Do(ctx, tx, req.GetNamespace(), req.GetOwner())
		return &membershipv1.AssignNamespaceResponse{Namespace: namespaceToProto(n)}, err
	}))
}

// ListNamespaces lists the parts of the catalogue.
func (s *Features) ListNamespaces(
	ctx context.Context, req *membershipv1.ListNamespacesRequest,
) (*membershipv1.ListNamespacesResponse, error) {
	asked, err := s.Pages.List(ctx, req)
	if err != nil {
		return nil, err
	}
	after, err := asked.AfterText()
	if err != nil {
		return nil, err
	}
	list, err := pg.InApp(ctx, s.DB, func(ctx context.Context, tx pg.Tx) ([]domain.Namespace, error) {
		return postgres.ListNamespaces(ctx, tx, after, asked.Limit())
	})
	if err != nil {
		return nil, refused(err)
	}
	list, next, err := page.Cut(asked, list, func(n domain.Namespace) []string { return []string{n.Name} })
	return &membershipv1.ListNamespacesResponse{Namespaces: fields.Each(list, namespaceToProto), NextPageToken: next}, err
}

func namespaceToProto(n domain.Namespace) *membershipv1.Namespace {
	return &membershipv1.Namespace{Name: n.Name, Owner: n.Owner, Version: n.Version, RegisterTime: fields.Time(n.RegisterTime)}
}

// ListRolePresets lists bundles of rights to begin with.
func (s *Features) ListRolePresets(
	ctx context.Context, req *membershipv1.ListRolePresetsRequest,
) (*membershipv1.ListRolePresetsResponse, error) {
	asked, err := s.Pages.List(ctx, req)
	if err != nil {
		return nil, err
	}
	after, err := asked.AfterText()
	if err != nil {
		return nil, err
	}
	list := slices.DeleteFunc(domain.Presets(), func(p domain.Preset) bool { return p.Key <= after })
	list, next, err := page.Cut(asked, list, func(p domain.Preset) []string { return []string{p.Key} })
	return &membershipv1.ListRolePresetsResponse{Presets: fields.Each(list, presetToProto), NextPageToken: next}, err
}

func presetToProto(p domain.Preset) *membershipv1.RolePreset {
	return &membershipv1.RolePreset{Key: p.Key, LabelFr: p.LabelFR, LabelEn: p.LabelEN, Rights: enum.Rights(p.Rights)}
}
