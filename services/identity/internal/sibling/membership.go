// Package sibling asks the other services, in the words of this one's use
// cases. It converts and decides nothing.
package sibling

import (
	"context"
	"fmt"
	"strings"

	"google.golang.org/grpc"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/identity/internal/app"
	"github.com/aval-access/aval/services/kit/email"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/id"
)

// Membership asks by this workload's own certificate.
type Membership struct {
	members     membershipv1.MemberServiceClient
	invitations membershipv1.InvitationServiceClient
	people      membershipv1.PersonServiceClient
}

// NewMembership uses a connection to membership.
func NewMembership(conn grpc.ClientConnInterface) *Membership {
	return &Membership{
		members:     membershipv1.NewMemberServiceClient(conn),
		invitations: membershipv1.NewInvitationServiceClient(conn),
		people:      membershipv1.NewPersonServiceClient(conn),
	}
}

// ProveInvitation implements app.Membership.
func (m *Membership) ProveInvitation(ctx context.Context, token string) (app.Proof, error) {
	out, err := m.invitations.ProveInvitation(ctx, &membershipv1.ProveInvitationRequest{Token: token})
	if err != nil {
		return app.Proof{}, err
	}
	address, err := email.Parse(out.GetEmail())
	if err != nil {
		return app.Proof{}, fmt.Errorf("reading the address of an invitation: %w", err)
	}
	return app.Proof{Address: address, Locale: out.GetLocale(), Names: out.GetNames()}, nil
}

// StandingIn implements app.Membership. That somebody is no member is not told
// from an organisation that does not exist.
func (m *Membership) StandingIn(ctx context.Context, user, organization id.ID) (app.Standing, error) {
	out, err := m.members.ResolveContext(ctx, &membershipv1.ResolveContextRequest{
		UserId:         user.Text("usr"),
		OrganizationId: organization.Text("org"),
		// A client's contact chooses the firm, too (R95).
		IncludeContacts: true,
	})
	if fault.Is(err, reasonv1.Reason_REASON_NOT_A_MEMBER) {
		return app.Standing{}, fault.NotFound()
	}
	if err != nil {
		return app.Standing{}, err
	}
	is := out.GetContext()
	return app.Standing{
		Name:                 strings.TrimSpace(is.GetGivenName() + " " + is.GetFamilyName()),
		PartnerAdministrator: isPartner(is.GetOrganization()) && administers(is.GetRole()),
	}, nil
}

func isPartner(o *membershipv1.Organization) bool {
	return o.GetKind() == membershipv1.OrganizationKind_ORGANIZATION_KIND_PARTNER
}

func administers(r membershipv1.Role) bool {
	return r == membershipv1.Role_ROLE_OWNER || r == membershipv1.Role_ROLE_ADMIN
}

// SoleOwnerships implements app.Membership. The first page names enough.
func (m *Membership) SoleOwnerships(ctx context.Context, user id.ID) ([]string, error) {
	out, err := m.people.ListSoleOwnerships(ctx, &membershipv1.ListSoleOwnershipsRequest{UserId: user.Text("usr")})
	if err != nil {
		return nil, err
	}
	return fields.Each(out.GetOwnerships(), (*membershipv1.SoleOwnership).GetLegalName), nil
}

// NamesOf implements app.Membership.
func (m *Membership) NamesOf(ctx context.Context, user id.ID) ([]string, error) {
	out, err := m.people.GetPersonNames(ctx, &membershipv1.GetPersonNamesRequest{UserId: user.Text("usr")})
	return out.GetNames(), err
}

// Leave implements app.Membership.
func (m *Membership) Leave(ctx context.Context, user id.ID) error {
	_, err := m.people.LeaveOrganizations(ctx, &membershipv1.LeaveOrganizationsRequest{UserId: user.Text("usr")})
	return err
}
