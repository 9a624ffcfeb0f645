package rpc

import (
	"context"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/page"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/app"
	"github.com/aval-access/aval/services/membership/internal/domain"
	"github.com/aval-access/aval/services/membership/internal/enum"
	"github.com/aval-access/aval/services/membership/internal/postgres"
	"github.com/aval-access/aval/services/membership/internal/wording"
)

// Rights implements RightsService.
type Rights struct {
	membershipv1.UnimplementedRightsServiceServer
	app.Deps
	DB      *pg.DB
	Pages   *page.Sealer
	Explain app.ExplainAccess
}

// ListEffectiveRights answers every feature with a member's level on it.
func (s *Rights) ListEffectiveRights(
	ctx context.Context, req *membershipv1.ListEffectiveRightsRequest,
) (*membershipv1.ListEffectiveRightsResponse, error) {
	in, err := keepInput(ctx, req)
	if err != nil {
		return nil, err
	}
	asked, err := s.Pages.List(ctx, req)
	if err != nil {
		return nil, err
	}
	after, err := asked.AfterText()
	if err != nil {
		return nil, err
	}
	var features domain.Catalogue
	m, err := pg.InTenant(ctx, s.DB, in.OrganizationID, func(ctx context.Context, tx pg.Tx) (m domain.Membership, err error) {
		if features, err = postgres.ListFeatures(ctx, tx, postgres.FeatureFilter{After: after, Limit: asked.Limit()}); err != nil {
			return m, err
		}
		return postgres.FindMembership(ctx, tx, in.MemberID)
	})
	if err != nil {
		return nil, refused(err)
	}
	if m.EndTime.IsZero() && m.Over(s.Clock.Now()) {
		m.EndTime = m.ValidUntil
	}
	features, next, err := page.Cut(asked, features, func(f domain.Feature) []string { return []string{f.Path} })
	return &membershipv1.ListEffectiveRightsResponse{
		Rights:        fields.Each(features, func(f domain.Feature) *membershipv1.EffectiveRight { return effectiveToProto(f, m.Offer) }),
		NextPageToken: next, PresetKey: domain.PresetOf(m.Offer), State: stateOf(m),
	}, err
}

func effectiveToProto(f domain.Feature, o domain.Offer) *membershipv1.EffectiveRight {
	e := domain.EffectiveOf(f, o)
	return &membershipv1.EffectiveRight{
		Feature: featureToProto(f), Level: enum.Level(e.Level), OriginFeature: e.From,
		Origin:     fields.Enum[membershipv1.RightOrigin](e.Origin, "RIGHT_ORIGIN_"),
		GrantReach: fields.Enum[membershipv1.GrantReach](f.Reach(), "GRANT_REACH_"),
	}
}

// ExplainAccess answers a question with the way through the rules.
func (s *Rights) ExplainAccess(
	ctx context.Context, req *membershipv1.ExplainAccessRequest,
) (*membershipv1.ExplainAccessResponse, error) {
	q, err := questionFromProto(req)
	if err != nil {
		return nil, err
	}
	explained, err := s.Explain.Do(ctx, asker(ctx).OrganizationID, q)
	if err != nil {
		return nil, refused(err)
	}
	locale := authn.FromContext(ctx).Locale
	return &membershipv1.ExplainAccessResponse{
		Decision: answerToProto(explained.Answer), Sentence: wording.Answer(explained.Answer, locale),
		Steps: fields.Each(explained.Steps, func(step domain.Step) *membershipv1.ExplainStep {
			return &membershipv1.ExplainStep{Code: string(step.Code), Text: wording.Step(step, locale), Passed: step.Passed}
		}),
	}, nil
}
