package sibling

import (
	"context"
	"fmt"

	authzv1 "github.com/aval-access/aval/proto/gen/aval/authz/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/kit/fields"
)

// Apply makes grants known to the decision; when it returns, they work.
func (s *Siblings) Apply(ctx context.Context, grants []domain.Grant) error {
	req := &membershipv1.ApplyGrantsRequest{Grants: fields.Each(grants, grantToProto)}
	if _, err := s.access.ApplyGrants(ctx, req); err != nil {
		return fmt.Errorf("applying grants: %w", err)
	}
	return nil
}

// End ends grants; when it returns, nobody answers yes for them any more. It
// gives the number of visits that ended with them.
func (s *Siblings) End(ctx context.Context, grants []domain.Grant) (int, error) {
	req := &membershipv1.EndGrantsRequest{}
	for _, g := range grants {
		req.Ends = append(req.Ends, &membershipv1.GrantEnd{
			GrantId: g.ID.Text("grt"), AccountId: g.ClientID.Text("org"), Version: g.Version,
		})
	}
	answer, err := s.access.EndGrants(ctx, req)
	if err != nil {
		return 0, fmt.Errorf("ending grants: %w", err)
	}
	return int(answer.GetSupportSessionsEnded()), nil
}

// grantToProto names no beginning but one that the client chose: else it was
// the yes, and a grant that is applied works at once, whichever of the two
// clocks is ahead.
func grantToProto(g domain.Grant) *membershipv1.Grant {
	out := &membershipv1.Grant{
		Id: g.ID.Text("grt"), SubjectId: g.UserID.Text("usr"), AccountId: g.ClientID.Text("org"),
		PartnerId: g.PartnerID.Text("org"), ConsentId: g.ConsentID.Text("cns"), PartnerRole: RoleToProto(g.Role),
		Rights: RightsToProto(g.Rights), ValidUntil: fields.Time(g.WorksUntil()),
		Version: g.Version,
	}
	if g.Scheduled {
		out.ValidFrom = fields.Time(g.ValidFrom)
	}
	return out
}

// RoleToProto converts a staff role.
func RoleToProto(r domain.Role) membershipv1.PartnerRole {
	return fields.Enum[membershipv1.PartnerRole](r, "PARTNER_ROLE_")
}

// RightsToProto converts rights; the numbers of the levels are the same.
func RightsToProto(rights []domain.Right) []*membershipv1.FeatureRight {
	out := make([]*membershipv1.FeatureRight, len(rights))
	for i, r := range rights {
		out[i] = &membershipv1.FeatureRight{Feature: r.Feature, Level: authzv1.Level(r.Level)}
	}
	return out
}
