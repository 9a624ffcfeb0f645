package rpc

import (
	"context"
	"slices"
	"strconv"

	"google.golang.org/protobuf/types/known/fieldmaskpb"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/app"
	"github.com/aval-access/aval/services/membership/internal/domain"
	"github.com/aval-access/aval/services/membership/internal/enum"
	"github.com/aval-access/aval/services/membership/internal/postgres"
	"github.com/aval-access/aval/services/membership/internal/sibling"
)

// GetMember answers one member's sheet.
func (s *Members) GetMember(ctx context.Context, req *membershipv1.GetMemberRequest) (*membershipv1.GetMemberResponse, error) {
	in, err := keepInput(ctx, req)
	if err != nil {
		return nil, err
	}
	return answer(pg.InTenant(ctx, s.DB, in.OrganizationID,
		func(ctx context.Context, tx pg.Tx) (*membershipv1.GetMemberResponse, error) {
			m, err := postgres.FindMembership(ctx, tx, in.MemberID)
			if m.EndTime.IsZero() && m.Over(s.Clock.Now()) {
				m.EndTime = m.ValidUntil
			}
			return &membershipv1.GetMemberResponse{Member: memberToProto(m)}, err
		}))
}

// UpdateMember changes what the mask names.
func (s *Members) UpdateMember(
	ctx context.Context, req *membershipv1.UpdateMemberRequest,
) (*membershipv1.UpdateMemberResponse, error) {
	in, err := keepInput(ctx, req)
	if err != nil {
		return nil, err
	}
	change, err := changeFromProto(req.GetMember(), req.GetUpdateMask())
	if err != nil {
		return nil, err
	}
	version, err := versionOf(req.GetEtag())
	if err != nil {
		return nil, refused(err)
	}
	c := call{membershipv1.MemberService_UpdateMember_FullMethodName, req}
	return onceBeyond(ctx, s.DB, "membership.keep", c,
		func(ctx context.Context, tx pg.Tx) (*membershipv1.UpdateMemberResponse, error) {
			m, err := s.keep().Update(ctx, tx, in, change, version)
			return &membershipv1.UpdateMemberResponse{Member: memberToProto(m)}, err
		})
}

// SuspendMember denies everything to a member.
func (s *Members) SuspendMember(
	ctx context.Context, req *membershipv1.SuspendMemberRequest,
) (*membershipv1.SuspendMemberResponse, error) {
	in, err := keepInput(ctx, req)
	if err != nil {
		return nil, err
	}
	c := call{membershipv1.MemberService_SuspendMember_FullMethodName, req}
	return onceBeyond(ctx, s.DB, "membership.keep", c,
		func(ctx context.Context, tx pg.Tx) (*membershipv1.SuspendMemberResponse, error) {
			m, err := s.keep().Suspend(ctx, tx, in)
			return &membershipv1.SuspendMemberResponse{Member: memberToProto(m)}, err
		})
}

// RestoreMember takes a suspension back.
func (s *Members) RestoreMember(
	ctx context.Context, req *membershipv1.RestoreMemberRequest,
) (*membershipv1.RestoreMemberResponse, error) {
	in, err := keepInput(ctx, req)
	if err != nil {
		return nil, err
	}
	c := call{membershipv1.MemberService_RestoreMember_FullMethodName, req}
	return onceBeyond(ctx, s.DB, "membership.keep", c,
		func(ctx context.Context, tx pg.Tx) (*membershipv1.RestoreMemberResponse, error) {
			m, err := s.keep().Restore(ctx, tx, in)
			return &membershipv1.RestoreMemberResponse{Member: memberToProto(m)}, err
		})
}

// RemoveMember ends a membership and the grants through it.
func (s *Members) RemoveMember(
	ctx context.Context, req *membershipv1.RemoveMemberRequest,
) (*membershipv1.RemoveMemberResponse, error) {
	in, err := keepInput(ctx, req)
	if err != nil {
		return nil, err
	}
	c := call{membershipv1.MemberService_RemoveMember_FullMethodName, req}
	return onceBeyond(ctx, s.DB, "membership.end", c,
		func(ctx context.Context, tx pg.Tx) (*membershipv1.RemoveMemberResponse, error) {
			end, err := s.keep().Remove(ctx, tx, in)
			return &membershipv1.RemoveMemberResponse{GrantsEnded: int32(len(end.Grants))}, err // a person's grants
		})
}

// StartMemberEmailChange asks identity to begin, once membership knows that the
// caller may.
func (s *Members) StartMemberEmailChange(
	ctx context.Context, req *membershipv1.StartMemberEmailChangeRequest,
) (*membershipv1.StartMemberEmailChangeResponse, error) {
	in, err := keepInput(ctx, req)
	if err != nil {
		return nil, err
	}
	m, err := pg.InSystem(ctx, s.DB, "membership.keep", func(ctx context.Context, tx pg.Tx) (domain.Membership, error) {
		return s.keep().Find(ctx, tx, in)
	})
	if err != nil {
		return nil, refused(err)
	}
	end, err := s.People.StartEmailChange(ctx, sibling.Move{
		UserID: m.Person.UserID, ActorID: in.ActorID, OrganizationID: in.OrganizationID, NewEmail: req.GetNewEmail(),
	})
	if err != nil {
		return nil, err
	}
	return &membershipv1.StartMemberEmailChangeResponse{ExpireTime: end}, nil
}

// LeaveOrganization ends the caller's own membership.
func (s *Members) LeaveOrganization(
	ctx context.Context, req *membershipv1.LeaveOrganizationRequest,
) (*membershipv1.LeaveOrganizationResponse, error) {
	var read fields.Reader
	organization := read.ID("org", "organization_id", req.GetOrganizationId())
	if read.Err() != nil {
		return nil, read.Err()
	}
	return answer(pg.InSystem(ctx, s.DB, "membership.end",
		func(ctx context.Context, tx pg.Tx) (*membershipv1.LeaveOrganizationResponse, error) {
			end, err := app.Leave{Deps: s.Deps}.Do(ctx, tx, organization, person(ctx).UserID)
			return &membershipv1.LeaveOrganizationResponse{GrantsEnded: int32(len(end.Grants))}, err // a person's grants
		}))
}

// BatchGetNames answers how members are or were called.
func (s *Members) BatchGetNames(
	ctx context.Context, req *membershipv1.BatchGetNamesRequest,
) (*membershipv1.BatchGetNamesResponse, error) {
	var read fields.Reader
	organization := read.ID("org", "organization_id", req.GetOrganizationId())
	users := read.IDs("usr", "user_ids", req.GetUserIds())
	if read.Err() != nil {
		return nil, read.Err()
	}
	return answer(pg.InTenant(ctx, s.DB, organization,
		func(ctx context.Context, tx pg.Tx) (*membershipv1.BatchGetNamesResponse, error) {
			list, err := postgres.ListNames(ctx, tx, organization, users)
			return &membershipv1.BatchGetNamesResponse{Names: fields.Each(list, nameToProto)}, err
		}))
}

func nameToProto(m domain.Membership) *membershipv1.PersonName {
	return &membershipv1.PersonName{
		UserId: m.Person.UserID.Text("usr"), GivenName: m.GivenName, FamilyName: m.FamilyName,
	}
}

func (s *Members) keep() app.KeepMember { return app.KeepMember{Deps: s.Deps} }

// namesMember is a request about one member.
type namesMember interface {
	GetOrganizationId() string
	GetMemberId() string
}

func keepInput(ctx context.Context, req namesMember) (app.KeepMemberInput, error) {
	var read fields.Reader
	return app.KeepMemberInput{
		OrganizationID: read.ID("org", "organization_id", req.GetOrganizationId()),
		MemberID:       read.ID("mbr", "member_id", req.GetMemberId()),
		ActorID:        person(ctx).UserID,
	}, read.Err()
}

// changeFromProto reads the fields that the mask names; a mask that names none,
// or one that cannot change, is refused.
func changeFromProto(m *membershipv1.MemberChanges, mask *fieldmaskpb.FieldMask) (domain.SheetChange, error) {
	out := domain.SheetChange{
		GivenName: m.GetGivenName(), FamilyName: m.GetFamilyName(), Phone: m.GetPhone(),
		Offer: domain.Offer{
			Role: enum.RoleWord(m.GetRole()), PartnerRole: enum.PartnerRoleWord(m.GetPartnerRole()),
		},
		ValidUntil: fields.TimeOf(m.GetEndTime()),
	}
	for _, path := range mask.GetPaths() {
		field := domain.SheetField(path)
		if !slices.Contains(domain.SheetFields(), field) {
			return out, fault.Invalid("update_mask", "field_mask.in")
		}
		out.Fields = append(out.Fields, field)
	}
	if len(out.Fields) == 0 {
		return out, fault.Invalid("update_mask", "field_mask.in")
	}
	var err error
	out.Offer.Rights, err = rightsFromProto(m.GetRights())
	return out, err
}

// etagOf changes with every change.
func etagOf(m domain.Membership) string { return strconv.FormatInt(m.Version, 10) }

// versionOf reads an etag; zero for none. One that never was is as one that is
// past.
func versionOf(etag string) (int64, error) {
	if etag == "" {
		return 0, nil
	}
	version, err := strconv.ParseInt(etag, 10, 64)
	if err != nil || version <= 0 {
		return 0, domain.ErrChangedMeanwhile
	}
	return version, nil
}
