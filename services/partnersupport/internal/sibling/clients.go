package sibling

import (
	"context"
	"fmt"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/partnersupport/internal/contract"
)

// CreateClient makes an organisation and invites its owner.
func (m Membership) CreateClient(
	ctx context.Context, req *membershipv1.CreateOrganizationRequest,
) (*membershipv1.Organization, id.ID, error) {
	answer, err := m.organizations.CreateOrganization(ctx, req)
	if err != nil {
		return nil, id.ID{}, fmt.Errorf("asking membership to create a client: %w", err)
	}
	made, err := id.Parse(contract.Organization, answer.GetOrganization().GetId())
	if err != nil {
		return nil, id.ID{}, fmt.Errorf("reading membership's organisation: %w", err)
	}
	return answer.GetOrganization(), made, nil
}

// Recipient is somebody to write to. The address is personal data.
type Recipient struct {
	UserID          id.ID
	Address, Locale string
}

// Deciders lists who decides for an organisation now: its owners, its
// administrators and whoever may consent for it, without the people of another
// one; zero: with all.
func (m Membership) Deciders(ctx context.Context, organization, without id.ID) ([]Recipient, error) {
	answer, err := m.members.ListApprovers(ctx, &membershipv1.ListApproversRequest{
		OrganizationId: organization.Text(contract.Organization), ExcludingMembersOf: without.Text(contract.Organization),
	})
	if err != nil {
		return nil, fmt.Errorf("asking membership for deciders: %w", err)
	}
	out := make([]Recipient, 0, len(answer.GetApprovers()))
	for _, a := range answer.GetApprovers() {
		user, err := id.Parse(contract.User, a.GetUserId())
		if err != nil {
			return nil, fmt.Errorf("reading membership's deciders: %w", err)
		}
		out = append(out, Recipient{UserID: user, Address: a.GetEmail(), Locale: a.GetLocale()})
	}
	return out, nil
}
