package rpc

import (
	"context"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/app"
	"github.com/aval-access/aval/services/membership/internal/domain"
	"github.com/aval-access/aval/services/membership/internal/enum"
)

// LookupInvitation answers what a link invites to.
func (s *Invitations) LookupInvitation(
	ctx context.Context, req *membershipv1.LookupInvitationRequest,
) (*membershipv1.LookupInvitationResponse, error) {
	seen, err := answer(s.Links.Look(ctx, req.GetToken()))
	if err == nil && req.GetFetched() {
		err = s.noteFetch(ctx, seen.Invitation)
	}
	if err != nil {
		return nil, err
	}
	return seenToProto(seen), nil
}

// noteFetch counts a fetch of the link's page, and tells a signed-in person
// from a program.
func (s *Invitations) noteFetch(ctx context.Context, i domain.Invitation) error {
	by := domain.SomeProgram
	if user := person(ctx).UserID; !user.IsZero() {
		who, err := s.People.Find(ctx, user)
		if err != nil {
			return err
		}
		by = domain.ThePerson
		if i.IsFor(who.EmailKey) != nil {
			by = domain.SomebodyElse
		}
	}
	return s.Links.Note(ctx, i, by)
}

// DeclineInvitation says no by the link.
func (s *Invitations) DeclineInvitation(
	ctx context.Context, req *membershipv1.DeclineInvitationRequest,
) (*membershipv1.DeclineInvitationResponse, error) {
	followed, err := answer(s.Links.Resolve(ctx, req.GetToken()))
	if err != nil {
		return nil, err
	}
	return answer(pg.InTenant(ctx, s.DB, followed.Link.OrganizationID,
		func(ctx context.Context, tx pg.Tx) (*membershipv1.DeclineInvitationResponse, error) {
			org, err := s.Decline.ByLink(ctx, tx, followed.Link)
			return &membershipv1.DeclineInvitationResponse{OrganizationName: org.Identification.LegalName}, err
		}))
}

func seenToProto(seen app.Seen) *membershipv1.LookupInvitationResponse {
	i, org := seen.Invitation, seen.Organization
	return &membershipv1.LookupInvitationResponse{
		OrganizationName: org.Identification.LegalName,
		OrganizationKind: enum.Kind(org.Kind),
		Email:            i.Invitee.Email,
		GivenName:        i.Invitee.GivenName,
		Role:             enum.Role(i.Offer.Role),
		PartnerRole:      enum.PartnerRole(i.Offer.PartnerRole),
		State:            enum.InvitationState(i.State),
		Locale:           org.Locale,
		ExpireTime:       fields.Time(i.ExpireTime),
		MemberValidUntil: fields.Time(i.Offer.ValidUntil),
	}
}

// ProveInvitation answers the address that a live link proves.
func (s *Invitations) ProveInvitation(
	ctx context.Context, req *membershipv1.ProveInvitationRequest,
) (*membershipv1.ProveInvitationResponse, error) {
	seen, err := answer(s.Links.Prove(ctx, req.GetToken()))
	if err != nil {
		return nil, err
	}
	who, org := seen.Invitation.Invitee, seen.Organization
	return &membershipv1.ProveInvitationResponse{
		Email: who.Email, Locale: org.Locale, Names: []string{org.Identification.LegalName, who.GivenName, who.FamilyName},
	}, nil
}

// AcceptInvitation makes the signed-in person a member.
func (s *Invitations) AcceptInvitation(
	ctx context.Context, req *membershipv1.AcceptInvitationRequest,
) (*membershipv1.AcceptInvitationResponse, error) {
	followed, err := s.Links.Resolve(ctx, req.GetToken())
	if err != nil {
		return nil, refused(err)
	}
	who, err := s.People.Find(ctx, person(ctx).UserID)
	if err != nil {
		return nil, err
	}
	c := call{membershipv1.InvitationService_AcceptInvitation_FullMethodName, req}
	organization := followed.Link.OrganizationID
	return whoComesBack(func() error { return s.Over.One(ctx, organization, who.UserID) },
		func() (*membershipv1.AcceptInvitationResponse, error) {
			return once(ctx, s.DB, organization, c,
				func(ctx context.Context, tx pg.Tx) (*membershipv1.AcceptInvitationResponse, error) {
					m, err := s.Accept.ByLink(ctx, tx, followed, who)
					return &membershipv1.AcceptInvitationResponse{Member: memberToProto(m)}, err
				})
		})
}

// whoComesBack accepts, and once more where a membership stood in the way whose
// date is past and whose end nobody had written yet.
func whoComesBack[Resp any](endOver func() error, accept func() (Resp, error)) (Resp, error) {
	resp, err := accept()
	if !fault.Is(err, reasonv1.Reason_REASON_ALREADY_MEMBER) {
		return resp, err
	}
	if err := endOver(); err != nil {
		return resp, err
	}
	return accept()
}
