package sibling

import (
	"context"
	"fmt"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/partnersupport/internal/contract"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
)

// MemberID answers as which member a person is known in the organisation.
func (m Membership) MemberID(ctx context.Context, organization, user id.ID) (id.ID, error) {
	person, err := m.Person(ctx, organization, user)
	if err != nil {
		return id.ID{}, err
	}
	if person == nil {
		return id.ID{}, domain.CollaboratorGone
	}
	member, err := id.Parse(contract.Member, person.GetMemberId())
	if err != nil {
		return id.ID{}, fmt.Errorf("reading membership's member: %w", err)
	}
	return member, nil
}

// SuspendMember denies a member everything, on behalf of the person of the
// request; once is enough.
func (m Membership) SuspendMember(ctx context.Context, organization, member id.ID) error {
	_, err := m.members.SuspendMember(authn.Forward(ctx), &membershipv1.SuspendMemberRequest{
		OrganizationId: organization.Text(contract.Organization), MemberId: member.Text(contract.Member),
	})
	if err != nil {
		return fmt.Errorf("asking membership to suspend a member: %w", err)
	}
	return nil
}

// RestoreMember takes that back, on behalf of the person of the request.
func (m Membership) RestoreMember(ctx context.Context, organization, member id.ID) error {
	_, err := m.members.RestoreMember(authn.Forward(ctx), &membershipv1.RestoreMemberRequest{
		OrganizationId: organization.Text(contract.Organization), MemberId: member.Text(contract.Member),
	})
	if err != nil {
		return fmt.Errorf("asking membership to restore a member: %w", err)
	}
	return nil
}
