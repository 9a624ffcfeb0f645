package rpc

import (
	"context"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/kit/fields"
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
	return answer(pg.InSystem(ctx, s.DB, "grants.apply",
		func(ctx context.Context, tx pg.Tx) (*membershipv1.ApplyGrantsResponse, error) {
			applied, err := s.Grants.Apply(ctx, tx, grants)
			return &membershipv1.ApplyGrantsResponse{Applied: int32(applied)}, err // at most 500
		}))
}

// EndGrants ends grants and the sessions under them.
func (s *Access) EndGrants(
	ctx context.Context, req *membershipv1.EndGrantsRequest,
) (*membershipv1.EndGrantsResponse, error) {
	var read fields.Reader
	ends := make([]domain.GrantEnd, len(req.GetEnds()))
	for i, end := range req.GetEnds() {
		ends[i] = domain.GrantEnd{
			GrantID:   read.ID("grt", "ends.grant_id", end.GetGrantId()),
			AccountID: read.ID("org", "ends.account_id", end.GetAccountId()),
			Version:   end.GetVersion(),
		}
	}
	if read.Err() != nil {
		return nil, read.Err()
	}
	end, err := s.Grants.End(ctx, s.DB, ends)
	return answer(&membershipv1.EndGrantsResponse{
		Ended: int32(end.Grants), SupportSessionsEnded: int32(end.Sessions), // a bounded batch
	}, err)
}

// OpenSupportSession makes a session known to the decision.
func (s *Access) OpenSupportSession(
	ctx context.Context, req *membershipv1.OpenSupportSessionRequest,
) (*membershipv1.OpenSupportSessionResponse, error) {
	var read fields.Reader
	session := domain.SupportSession{
		ID:         read.ID("sup", "support_session_id", req.GetSupportSessionId()),
		SubjectID:  read.ID("usr", "subject_id", req.GetSubjectId()),
		AccountID:  read.ID("org", "account_id", req.GetAccountId()),
		PartnerID:  read.ID("org", "partner_id", req.GetPartnerId()),
		ExpireTime: fields.TimeOf(req.GetExpireTime()),
	}
	if read.Err() != nil {
		return nil, read.Err()
	}
	return answer(pg.InSystem(ctx, s.DB, "sessions.open",
		func(ctx context.Context, tx pg.Tx) (*membershipv1.OpenSupportSessionResponse, error) {
			grant, err := s.Sessions.Open(ctx, tx, session)
			return &membershipv1.OpenSupportSessionResponse{
				GrantId: grant.ID.Text("grt"), ConsentId: grant.ConsentID.Text("cns"),
				GrantValidUntil: fields.Time(grant.ValidUntil),
			}, err
		}))
}

// CloseSupportSessions makes the decision deny through them.
func (s *Access) CloseSupportSessions(
	ctx context.Context, req *membershipv1.CloseSupportSessionsRequest,
) (*membershipv1.CloseSupportSessionsResponse, error) {
	var read fields.Reader
	sessions := read.IDs("sup", "support_session_ids", req.GetSupportSessionIds())
	if read.Err() != nil {
		return nil, read.Err()
	}
	return answer(pg.InSystem(ctx, s.DB, "sessions.close",
		func(ctx context.Context, tx pg.Tx) (*membershipv1.CloseSupportSessionsResponse, error) {
			closed, err := s.Sessions.Close(ctx, tx, sessions)
			return &membershipv1.CloseSupportSessionsResponse{Closed: int32(closed)}, err // at most 500
		}))
}

func grantFromProto(g *membershipv1.Grant) (domain.Grant, error) {
	rights, err := rightsFromProto(g.GetRights())
	if err != nil {
		return domain.Grant{}, err
	}
	var read fields.Reader
	return domain.Grant{
		ID:          read.ID("grt", "grants.id", g.GetId()),
		SubjectID:   read.ID("usr", "grants.subject_id", g.GetSubjectId()),
		AccountID:   read.ID("org", "grants.account_id", g.GetAccountId()),
		PartnerID:   read.ID("org", "grants.partner_id", g.GetPartnerId()),
		ConsentID:   read.ID("cns", "grants.consent_id", g.GetConsentId()),
		PartnerRole: enum.PartnerRoleWord(g.GetPartnerRole()),
		Rights:      rights,
		ValidFrom:   fields.TimeOf(g.GetValidFrom()),
		ValidUntil:  fields.TimeOf(g.GetValidUntil()),
		Version:     g.GetVersion(),
	}, read.Err()
}
