package rpc_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/types/known/timestamppb"

	authzv1 "github.com/aval-access/aval/proto/gen/aval/authz/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/membership/internal/domain"
)

// supporting is a person of a partner, and who writes about them as the services
// do.
type supporting struct {
	partner, subject id.ID
	consent, visits  membershipv1.AccessServiceClient
}

func (b *bundle) supporting() supporting {
	b.Helper()
	org := b.create(membershipv1.OrganizationKind_ORGANIZATION_KIND_PARTNER).GetOrganization().GetId()
	partner, err := id.Parse("org", org)
	require.NoError(b, err)
	subject, _ := b.member(org, domain.Offer{Role: domain.Member, PartnerRole: domain.TechnicalSupport})
	return supporting{
		partner: partner, subject: subject,
		consent: membershipv1.NewAccessServiceClient(b.server.Client(b, "consent")),
		visits:  membershipv1.NewAccessServiceClient(b.server.Client(b, "partnersupport")),
	}
}

func (b *bundle) client() id.ID {
	b.Helper()
	account, err := id.Parse("org", b.create(membershipv1.OrganizationKind_ORGANIZATION_KIND_CLIENT).GetOrganization().GetId())
	require.NoError(b, err)
	return account
}

// life is one grant with one visit, given once and ended once.
type life struct {
	supporting
	grant, consentID id.ID
	question         domain.Question
}

func (s supporting) life(account id.ID) life {
	return life{supporting: s, grant: id.New(), consentID: id.New(), question: domain.Question{
		AccountID: account, SubjectID: s.subject, Feature: "management/invoices", Level: domain.LevelGuest, SupportSessionID: id.New(),
	}}
}

// give applies the grant and opens the visit.
func (l life) give(ctx context.Context) error {
	_, err := l.consent.ApplyGrants(ctx, &membershipv1.ApplyGrantsRequest{Grants: []*membershipv1.Grant{{
		Id: l.grant.Text("grt"), SubjectId: l.subject.Text("usr"), AccountId: l.question.AccountID.Text("org"),
		PartnerId: l.partner.Text("org"), ConsentId: l.consentID.Text("cns"), Version: 1,
		PartnerRole: membershipv1.PartnerRole_PARTNER_ROLE_TECHNICAL_SUPPORT,
		Rights:      []*membershipv1.FeatureRight{{Feature: "management", Level: authzv1.Level_LEVEL_APPROVER}},
	}}})
	if err != nil {
		return err
	}
	_, err = l.visits.OpenSupportSession(ctx, &membershipv1.OpenSupportSessionRequest{
		SupportSessionId: l.question.SupportSessionID.Text("sup"), SubjectId: l.subject.Text("usr"),
		AccountId: l.question.AccountID.Text("org"), PartnerId: l.partner.Text("org"),
		ExpireTime: timestamppb.New(time.Now().Add(time.Hour)),
	})
	return err
}

func (l life) end(ctx context.Context) error {
	_, err := l.consent.EndGrants(ctx, &membershipv1.EndGrantsRequest{Ends: []*membershipv1.GrantEnd{{
		GrantId: l.grant.Text("grt"), AccountId: l.question.AccountID.Text("org"), Version: 2,
	}}})
	return err
}

// toldSo fails the test for an error after which nobody would try again.
func toldSo(t *testing.T, err error) {
	t.Helper()
	reason := fault.ReasonOf(err)
	require.Contains(t, []reasonv1.Reason{
		reasonv1.Reason_REASON_UNAVAILABLE, reasonv1.Reason_REASON_DEADLINE_EXCEEDED, reasonv1.Reason_REASON_REVOCATION_PENDING,
	}, reason, "%v", err)
}
