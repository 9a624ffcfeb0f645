// Package sibling is how partner support asks the other contexts: each call in
// its own words, ids for ids. Refusals come back as the faults that they were
// sent as. None of it may run inside a transaction.
package sibling

import (
	"context"
	"errors"
	"fmt"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/types/known/timestamppb"

	authzv1 "github.com/aval-access/aval/proto/gen/aval/authz/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/partnersupport/internal/contract"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
)

// closeBatch is how many sessions one call closes at most.
const closeBatch = 500

// Membership asks who belongs where, and may who do what.
type Membership struct {
	organizations membershipv1.OrganizationServiceClient
	members       membershipv1.MemberServiceClient
	invitations   membershipv1.InvitationServiceClient
	access        membershipv1.AccessServiceClient
}

// NewMembership makes the clients of one connection.
func NewMembership(conn grpc.ClientConnInterface) Membership {
	return Membership{
		organizations: membershipv1.NewOrganizationServiceClient(conn),
		members:       membershipv1.NewMemberServiceClient(conn),
		invitations:   membershipv1.NewInvitationServiceClient(conn),
		access:        membershipv1.NewAccessServiceClient(conn),
	}
}

// Organization answers one, as its contract has it: its identification goes on
// to the client unchanged.
func (m Membership) Organization(ctx context.Context, organization id.ID) (*membershipv1.Organization, error) {
	answer, err := m.organizations.GetOrganization(ctx, &membershipv1.GetOrganizationRequest{
		OrganizationId: organization.Text(contract.Organization),
	})
	if err != nil {
		return nil, fmt.Errorf("asking membership for an organisation: %w", err)
	}
	return answer.GetOrganization(), nil
}

// Invite asks an address into the partner on behalf of the person of the
// request, and answers the invitation.
func (m Membership) Invite(ctx context.Context, c domain.Collaborator, requestID string) (id.ID, error) {
	answer, err := m.invitations.CreateInvitation(authn.Forward(ctx), &membershipv1.CreateInvitationRequest{
		OrganizationId: c.PartnerID.Text(contract.Organization),
		Email:          c.Email,
		GivenName:      c.GivenName,
		FamilyName:     c.FamilyName,
		Role:           membershipv1.Role_ROLE_MEMBER,
		PartnerRole:    contract.PartnerRoleToProto(c.PartnerRole),
		RequestId:      requestID,
	})
	if err != nil {
		return id.ID{}, fmt.Errorf("asking membership to invite: %w", err)
	}
	invitation, err := id.Parse(contract.Invitation, answer.GetInvitation().GetId())
	if err != nil {
		return id.ID{}, fmt.Errorf("reading membership's invitation: %w", err)
	}
	return invitation, nil
}

// CancelInvitation takes a collaborator's invitation back on behalf of the
// person of the request, if it is still pending; accepted tells that they have
// come.
func (m Membership) CancelInvitation(ctx context.Context, c domain.Collaborator) (accepted bool, err error) {
	_, err = m.invitations.CancelInvitation(authn.Forward(ctx), &membershipv1.CancelInvitationRequest{
		OrganizationId: c.PartnerID.Text(contract.Organization),
		InvitationId:   c.InvitationID.Text(contract.Invitation),
	})
	if over, ok := fault.Details(err); ok && over.Reason() == reasonv1.Reason_REASON_INVITATION_NOT_PENDING {
		return over.Metadata()["state"] == "ACCEPTED", nil
	}
	if err != nil {
		return false, fmt.Errorf("asking membership to cancel an invitation: %w", err)
	}
	return false, nil
}

// Person answers how a member is called in the organisation; nil when they are
// no member.
func (m Membership) Person(ctx context.Context, organization, user id.ID) (*membershipv1.Context, error) {
	answer, err := m.members.ResolveContext(ctx, &membershipv1.ResolveContextRequest{
		UserId:         user.Text(contract.User),
		OrganizationId: organization.Text(contract.Organization),
	})
	if fault.Is(err, reasonv1.Reason_REASON_NOT_A_MEMBER) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("asking membership for a member: %w", err)
	}
	return answer.GetContext(), nil
}

// contextsAtOnce is how many organisations of a person one call lists.
const contextsAtOnce = 200

// Firms names the partners that work and on whose staff the person of the
// request is.
func (m Membership) Firms(ctx context.Context) ([]id.ID, error) {
	var out []id.ID
	req := &membershipv1.ListMyContextsRequest{PageSize: contextsAtOnce}
	for {
		answer, err := m.members.ListMyContexts(authn.Forward(ctx), req)
		if err != nil {
			return nil, fmt.Errorf("asking membership for a person's organisations: %w", err)
		}
		for _, one := range answer.GetContexts() {
			if one.GetPartnerRole() == membershipv1.PartnerRole_PARTNER_ROLE_UNSPECIFIED {
				continue
			}
			firm, err := id.Parse(contract.Organization, one.GetOrganization().GetId())
			if err != nil {
				return nil, fmt.Errorf("reading membership's organisation: %w", err)
			}
			out = append(out, firm)
		}
		if req.PageToken = answer.GetNextPageToken(); req.PageToken == "" {
			return out, nil
		}
	}
}

// EndMembership ends a person's membership and answers how many grants ended
// with it. Somebody who is no member any more is no error.
func (m Membership) EndMembership(ctx context.Context, organization, user id.ID) (int32, error) {
	answer, err := m.members.EndMembership(ctx, &membershipv1.EndMembershipRequest{
		OrganizationId: organization.Text(contract.Organization),
		UserId:         user.Text(contract.User),
	})
	if fault.Is(err, reasonv1.Reason_REASON_NOT_A_MEMBER) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("asking membership to end a membership: %w", err)
	}
	return answer.GetGrantsEnded(), nil
}

// OpenSession makes a visit known to the decision, and answers what it stands
// on.
func (m Membership) OpenSession(ctx context.Context, s domain.SupportSession) (domain.Grant, error) {
	answer, err := m.access.OpenSupportSession(ctx, &membershipv1.OpenSupportSessionRequest{
		SupportSessionId: s.ID.Text(contract.Session),
		SubjectId:        s.UserID.Text(contract.User),
		AccountId:        s.ClientID.Text(contract.Organization),
		PartnerId:        s.PartnerID.Text(contract.Organization),
		ExpireTime:       timestamppb.New(s.ExpireTime),
	})
	if err != nil {
		return domain.Grant{}, fmt.Errorf("asking membership to open a support session: %w", err)
	}
	grant, grantErr := id.Parse(contract.Grant, answer.GetGrantId())
	consent, consentErr := id.Parse(contract.Consent, answer.GetConsentId())
	if err := errors.Join(grantErr, consentErr); err != nil {
		return domain.Grant{}, fmt.Errorf("reading membership's grant: %w", err)
	}
	return domain.Grant{ID: grant, ConsentID: consent, ValidUntil: contract.OptionalTime(answer.GetGrantValidUntil())}, nil
}

// CloseSessions makes the decision deny through these visits.
func (m Membership) CloseSessions(ctx context.Context, sessions []id.ID) error {
	for len(sessions) > 0 {
		part := sessions[:min(len(sessions), closeBatch)]
		sessions = sessions[len(part):]
		_, err := m.access.CloseSupportSessions(ctx, &membershipv1.CloseSupportSessionsRequest{
			SupportSessionIds: fields.Each(part, func(i id.ID) string { return i.Text(contract.Session) }),
		})
		if err != nil {
			return fmt.Errorf("asking membership to close support sessions: %w", err)
		}
	}
	return nil
}

// presetRoots are the features that a partner role's preset begins with (R31).
var presetRoots = []string{"management", "accounting"}

// Alive tells whether the grant that a visit stands on is in force and the
// visit open. Mostly the decision says so by itself; where the client lowered
// both parts, or the person is a member of the account too, the decision hides
// the grant, and opening the same visit again is the exact question.
func (m Membership) Alive(ctx context.Context, s domain.SupportSession) (bool, error) {
	answer, err := m.access.BatchCheckAccess(ctx, &membershipv1.BatchCheckAccessRequest{Checks: checksOf(s)})
	if err != nil {
		return false, fmt.Errorf("asking membership for decisions: %w", err)
	}
	hidden := false
	for _, result := range answer.GetResults() {
		if result.GetAllowed() && result.GetGrantId() == s.GrantID.Text(contract.Grant) {
			return true, nil
		}
		hidden = hidden || result.GetAllowed() || result.GetDenyReason() == membershipv1.DenyReason_DENY_REASON_LEVEL_TOO_LOW
	}
	if !hidden {
		return false, nil
	}
	return m.stillOpen(ctx, s)
}

func checksOf(s domain.SupportSession) []*membershipv1.CheckAccessRequest {
	return fields.Each(presetRoots, func(feature string) *membershipv1.CheckAccessRequest {
		return &membershipv1.CheckAccessRequest{
			SubjectId:        s.UserID.Text(contract.User),
			AccountId:        s.ClientID.Text(contract.Organization),
			Feature:          feature,
			Level:            authzv1.Level_LEVEL_GUEST,
			SupportSessionId: s.ID.Text(contract.Session),
		}
	})
}

// stillOpen opens the visit again, which answers the same while it is open.
func (m Membership) stillOpen(ctx context.Context, s domain.SupportSession) (bool, error) {
	grant, err := m.OpenSession(ctx, s)
	if Refused(err) {
		return false, nil
	}
	return err == nil && grant.ID == s.GrantID, err
}

// Refused tells an answer that says no from a call that failed.
func Refused(err error) bool {
	code := fault.CodeOf(fault.ReasonOf(err))
	return err != nil && (code == codes.FailedPrecondition || code == codes.NotFound)
}
