package rpc

import (
	"context"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/domain"
	"github.com/aval-access/aval/services/membership/internal/enum"
)

// ApplyGrants writes grants.
func (s *Access) ApplyGrants(
	ctx context.Context, req *membershipv1.ApplyGrantsRequest,
) (*membershipv1.ApplyGrantsResponse, error) {
	grants := make([]domain.Grant, len(req.GetGrants()))
	for i, grant := range req.GetGrants() {
		g, err := grantFromProto(grant)
		if err != nil {
			return nil, err
		}
		grants[i] = g
	}
	return result(func(resp **membershipv1.ApplyGrantsResponse) error {
		return s.DB.InSystem(ctx, "grants.apply", func(ctx context.Context, tx pg.Tx) error {
			applied, err := s.Grants.Apply(ctx, tx, grants)
			*resp = &membershipv1.ApplyGrantsResponse{Applied: int32(applied)} // at most 500
			return err
		})
	})
}

// EndGrants ends grants and the sessions under them.
func (s *Access) EndGrants(
	ctx context.Context, req *membershipv1.EndGrantsRequest,
) (*membershipv1.EndGrantsResponse, error) {
	var f fields.Reader
	ends := make([]domain.GrantEnd, len(req.GetEnds()))
	for i, end := range req.GetEnds() {
		ends[i] = domain.GrantEnd{
			GrantID:   f.ID("grt", "ends.grant_id", end.GetGrantId()),
			AccountID: f.ID("org", "ends.account_id", end.GetAccountId()),
			Version:   end.GetVersion(),
		}
	}
	if f.Err() != nil {
		return nil, f.Err()
	}
	return result(func(resp **membershipv1.EndGrantsResponse) error {
		return s.DB.InSystem(ctx, "grants.end", func(ctx context.Context, tx pg.Tx) error {
			end, err := s.Grants.End(ctx, tx, ends)
			*resp = &membershipv1.EndGrantsResponse{
				Ended: int32(end.Grants), SupportSessionsEnded: int32(end.Sessions), // a bounded batch
			}
			return err
		})
	})
}

// OpenSupportSession makes a session known to the decision.
func (s *Access) OpenSupportSession(
	ctx context.Context, req *membershipv1.OpenSupportSessionRequest,
) (*membershipv1.OpenSupportSessionResponse, error) {
	var f fields.Reader
	session := domain.SupportSession{
		ID:         f.ID("sup", "support_session_id", req.GetSupportSessionId()),
		SubjectID:  f.ID("usr", "subject_id", req.GetSubjectId()),
		AccountID:  f.ID("org", "account_id", req.GetAccountId()),
		PartnerID:  f.ID("org", "partner_id", req.GetPartnerId()),
		ExpireTime: fields.TimeOf(req.GetExpireTime()),
	}
	if f.Err() != nil {
		return nil, f.Err()
	}
	return result(func(resp **membershipv1.OpenSupportSessionResponse) error {
		return s.DB.InSystem(ctx, "sessions.open", func(ctx context.Context, tx pg.Tx) error {
			grant, err := s.Sessions.Open(ctx, tx, session)
			*resp = &membershipv1.OpenSupportSessionResponse{
				GrantId: grant.ID.Text("grt"), ConsentId: grant.ConsentID.Text("cns"),
				GrantValidUntil: fields.Time(grant.ValidUntil),
			}
			return err
		})
	})
}

// CloseSupportSessions makes the decision deny through them.
func (s *Access) CloseSupportSessions(
	ctx context.Context, req *membershipv1.CloseSupportSessionsRequest,
) (*membershipv1.CloseSupportSessionsResponse, error) {
	var f fields.Reader
	sessions := make([]id.ID, len(req.GetSupportSessionIds()))
	for i, text := range req.GetSupportSessionIds() {
		sessions[i] = f.ID("sup", "support_session_ids", text)
	}
	if f.Err() != nil {
		return nil, f.Err()
	}
	return result(func(resp **membershipv1.CloseSupportSessionsResponse) error {
		return s.DB.InSystem(ctx, "sessions.close", func(ctx context.Context, tx pg.Tx) error {
			closed, err := s.Sessions.Close(ctx, tx, sessions)
			*resp = &membershipv1.CloseSupportSessionsResponse{Closed: int32(closed)} // at most 500
			return err
		})
	})
}

func grantFromProto(g *membershipv1.Grant) (domain.Grant, error) {
	rights, err := rightsFromProto(g.GetRights())
	if err != nil {
		return domain.Grant{}, err
	}
	var f fields.Reader
	return domain.Grant{
		ID:          f.ID("grt", "grants.id", g.GetId()),
		SubjectID:   f.ID("usr", "grants.subject_id", g.GetSubjectId()),
		AccountID:   f.ID("org", "grants.account_id", g.GetAccountId()),
		PartnerID:   f.ID("org", "grants.partner_id", g.GetPartnerId()),
		ConsentID:   f.ID("cns", "grants.consent_id", g.GetConsentId()),
		PartnerRole: enum.PartnerRoleWord(g.GetPartnerRole()),
		Rights:      rights,
		ValidFrom:   fields.TimeOf(g.GetValidFrom()),
		ValidUntil:  fields.TimeOf(g.GetValidUntil()),
		Version:     g.GetVersion(),
	}, f.Err()
}
