package rpc_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	authzv1 "github.com/aval-access/aval/proto/gen/aval/authz/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	notificationv1 "github.com/aval-access/aval/proto/gen/aval/notification/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pgtest"
	"github.com/aval-access/aval/services/membership/internal/domain"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

const (
	client  = membershipv1.OrganizationKind_ORGANIZATION_KIND_CLIENT
	partner = membershipv1.OrganizationKind_ORGANIZATION_KIND_PARTNER
)

// R2: a partner is what the operator says of it; no trade is asked for.
func TestOrganizationIsAnsweredAsItWasMade(t *testing.T) {
	t.Parallel()
	b := setup(t)
	operator := membershipv1.NewOrganizationServiceClient(b.server.Client(t, "operator"))
	req := newOrganization(partner)
	req.Level1Support, req.Locale = true, "en"
	made, err := operator.CreateOrganization(t.Context(), req)
	require.NoError(t, err)
	require.True(t, proto.Equal(req.GetIdentification(), made.GetOrganization().GetIdentification()))
	require.Equal(t, membershipv1.OrganizationState_ORGANIZATION_STATE_ACTIVE, made.GetOrganization().GetState())
	require.Equal(t, membershipv1.Role_ROLE_OWNER, made.GetInvitation().GetRole())

	again, err := operator.CreateOrganization(t.Context(), req)
	require.NoError(t, err)
	require.True(t, proto.Equal(made, again), "the same request is answered the same")
	req.OwnerEmail = "other@example.com"
	_, err = operator.CreateOrganization(t.Context(), req)
	require.True(t, fault.Is(err, reasonv1.Reason_REASON_IDEMPOTENCY_KEY_REUSED))

	got, err := operator.GetOrganization(t.Context(), &membershipv1.GetOrganizationRequest{OrganizationId: made.GetOrganization().GetId()})
	require.NoError(t, err)
	require.True(t, proto.Equal(made.GetOrganization(), got.GetOrganization()))
	_, err = operator.GetOrganization(t.Context(), &membershipv1.GetOrganizationRequest{OrganizationId: id.New().Text("org")})
	require.True(t, fault.Is(err, reasonv1.Reason_REASON_NOT_FOUND))

	req = newOrganization(client)
	req.Level1Support = true
	_, err = operator.CreateOrganization(t.Context(), req)
	require.True(t, fault.Is(err, reasonv1.Reason_REASON_ORGANIZATION_KIND_WRONG), "R1")
	req = newOrganization(client)
	req.Identification.ContactEmail = "nobody"
	_, err = operator.CreateOrganization(t.Context(), req)
	require.True(t, fault.Is(err, reasonv1.Reason_REASON_ADDRESS_INVALID))
}

func TestMembersSeeTheirOwnOrganization(t *testing.T) {
	t.Parallel()
	b := setup(t)
	org, other := b.create(client).GetOrganization().GetId(), b.create(client).GetOrganization().GetId()
	_, plain := b.member(org, domain.Offer{Role: domain.Member})
	conn := b.server.Client(t, "gateway")
	orgs := membershipv1.NewOrganizationServiceClient(conn)
	_, err := orgs.GetOrganization(plain, &membershipv1.GetOrganizationRequest{OrganizationId: org})
	require.NoError(t, err)
	_, err = orgs.GetOrganization(plain, &membershipv1.GetOrganizationRequest{OrganizationId: other})
	require.True(t, fault.Is(err, reasonv1.Reason_REASON_NOT_FOUND))
	_, err = membershipv1.NewMemberServiceClient(conn).ListMembers(plain, &membershipv1.ListMembersRequest{OrganizationId: org})
	require.True(t, fault.Is(err, reasonv1.Reason_REASON_PERMISSION_DENIED))
}

func TestListMembersByPages(t *testing.T) { // R33, R52
	t.Parallel()
	b := setup(t)
	org := b.create(client).GetOrganization().GetId()
	_, owner := b.member(org, domain.Offer{Role: domain.Owner})
	_, admin := b.member(org, domain.Offer{Role: domain.Admin})
	b.member(org, domain.Offer{Role: domain.Member, Rights: domain.Rights{"sms": 2, "forms": 3}})
	members := membershipv1.NewMemberServiceClient(b.server.Client(t, "gateway"))
	req := &membershipv1.ListMembersRequest{OrganizationId: org, PageSize: 2}
	first, err := members.ListMembers(owner, req)
	require.NoError(t, err)
	require.Len(t, first.GetMembers(), 2)
	req.PageToken = first.GetNextPageToken()
	second, err := members.ListMembers(owner, req)
	require.NoError(t, err)
	require.Len(t, second.GetMembers(), 1)
	require.Empty(t, second.GetNextPageToken())
	last := second.GetMembers()[0]
	require.Equal(t, "Martin", last.GetFamilyName())
	require.Equal(t, "forms", last.GetRights()[0].GetFeature())
	require.Equal(t, authzv1.Level_LEVEL_EDITOR, last.GetRights()[0].GetLevel())
	_, err = members.ListMembers(admin, req)
	require.True(t, fault.Is(err, reasonv1.Reason_REASON_PAGE_TOKEN_INVALID), "somebody else's token")
}

func TestMyContextsByPages(t *testing.T) { // R59, R95
	t.Parallel()
	b := setup(t)
	org := b.create(partner).GetOrganization().GetId()
	_, me := b.member(org, domain.Offer{Role: domain.Member, PartnerRole: domain.TechnicalSupport})
	resp, err := membershipv1.NewMemberServiceClient(b.server.Client(t, "gateway")).ListMyContexts(me, &membershipv1.ListMyContextsRequest{})
	require.NoError(t, err)
	require.Len(t, resp.GetContexts(), 1)
	got := resp.GetContexts()[0]
	require.Equal(t, org, got.GetOrganization().GetId())
	require.Equal(t, membershipv1.PartnerRole_PARTNER_ROLE_TECHNICAL_SUPPORT, got.GetPartnerRole())
}

func TestResolveContext(t *testing.T) {
	t.Parallel()
	b := setup(t)
	org := b.create(client).GetOrganization().GetId()
	user, _ := b.member(org, domain.Offer{Role: domain.Admin})
	members := membershipv1.NewMemberServiceClient(b.server.Client(t, "identity"))
	got, err := members.ResolveContext(t.Context(), &membershipv1.ResolveContextRequest{UserId: user.Text("usr"), OrganizationId: org})
	require.NoError(t, err)
	require.Equal(t, membershipv1.Role_ROLE_ADMIN, got.GetContext().GetRole())
	_, err = members.ResolveContext(t.Context(), &membershipv1.ResolveContextRequest{UserId: id.New().Text("usr"), OrganizationId: org})
	require.True(t, fault.Is(err, reasonv1.Reason_REASON_NOT_A_MEMBER))
}

func TestApproversAsConsentAsks(t *testing.T) {
	t.Parallel()
	b := setup(t)
	org, asking := b.create(client).GetOrganization().GetId(), b.create(partner).GetOrganization().GetId()
	user, _ := b.member(org, domain.Offer{Role: domain.Owner})
	members := membershipv1.NewMemberServiceClient(b.server.Client(t, "consent"))
	list, err := members.ListApprovers(t.Context(), &membershipv1.ListApproversRequest{OrganizationId: org, ExcludingMembersOf: asking})
	require.NoError(t, err)
	require.Len(t, list.GetApprovers(), 1)
	require.Equal(t, user.Text("usr"), list.GetApprovers()[0].GetUserId())
	got, err := members.CheckApprover(t.Context(), &membershipv1.CheckApproverRequest{
		UserId: user.Text("usr"), OrganizationId: org, PartnerId: asking,
	})
	require.NoError(t, err)
	require.True(t, got.GetApprover() && got.GetOwner() && got.GetAdministrator())
	require.Equal(t, user.String()+"@example.com", got.GetEmail())
	stranger, err := members.CheckApprover(t.Context(), &membershipv1.CheckApproverRequest{
		UserId: id.New().Text("usr"), OrganizationId: org, PartnerId: asking,
	})
	require.NoError(t, err)
	require.True(t, proto.Equal(&membershipv1.CheckApproverResponse{}, stranger))
}

func TestInvitationsOverTheWire(t *testing.T) { // R49, R51, R53, R54
	t.Parallel()
	b := setup(t)
	org := b.create(partner).GetOrganization().GetId()
	_, owner := b.member(org, domain.Offer{Role: domain.Owner})
	_, plain := b.member(org, domain.Offer{Role: domain.Member})
	invitations := membershipv1.NewInvitationServiceClient(b.server.Client(t, "gateway"))
	req := &membershipv1.CreateInvitationRequest{
		OrganizationId: org, Email: "A+x@example.com", GivenName: "Alix", FamilyName: "Roy", RequestId: "r1",
		PartnerRole: membershipv1.PartnerRole_PARTNER_ROLE_TECHNICAL_SUPPORT,
		Rights:      []*membershipv1.FeatureRight{{Feature: "sms", Level: authzv1.Level_LEVEL_GUEST}},
	}
	made, err := invitations.CreateInvitation(owner, req)
	require.NoError(t, err)
	i := made.GetInvitation()
	require.Equal(t, "A+x@example.com", i.GetEmail(), "as typed")
	require.Equal(t, membershipv1.Role_ROLE_MEMBER, i.GetRole(), "the default")
	again, err := invitations.CreateInvitation(owner, req)
	require.NoError(t, err)
	require.True(t, proto.Equal(made, again), "a repeated request renews nothing")
	_, err = invitations.CreateInvitation(plain, req)
	require.True(t, fault.Is(err, reasonv1.Reason_REASON_PERMISSION_DENIED))

	twice := proto.CloneOf(req)
	twice.Rights, twice.RequestId = append(twice.Rights, twice.Rights[0]), "r2"
	_, err = invitations.CreateInvitation(owner, twice)
	require.True(t, fault.Is(err, reasonv1.Reason_REASON_INVALID_ARGUMENT))

	renewed, err := invitations.RenewInvitation(owner, &membershipv1.RenewInvitationRequest{OrganizationId: org, InvitationId: i.GetId()})
	require.NoError(t, err)
	require.EqualValues(t, 1, renewed.GetInvitation().GetGeneration())
	list, err := invitations.ListInvitations(owner, &membershipv1.ListInvitationsRequest{
		OrganizationId: org, State: membershipv1.InvitationState_INVITATION_STATE_PENDING, PageSize: 1,
	})
	require.NoError(t, err)
	require.Equal(t, i.GetId(), list.GetInvitations()[0].GetId(), "newest first; the owner's own is older")
	require.NotEmpty(t, list.GetNextPageToken())
	cancelled, err := invitations.CancelInvitation(owner, &membershipv1.CancelInvitationRequest{OrganizationId: org, InvitationId: i.GetId()})
	require.NoError(t, err)
	require.Equal(t, membershipv1.InvitationState_INVITATION_STATE_CANCELLED, cancelled.GetInvitation().GetState())
	_, err = invitations.CancelInvitation(owner, &membershipv1.CancelInvitationRequest{OrganizationId: org, InvitationId: i.GetId()})
	over, _ := fault.Details(err)
	require.Equal(t, reasonv1.Reason_REASON_INVITATION_NOT_PENDING, over.Reason())
	require.Equal(t, "CANCELLED", over.Metadata()["state"])
	_, err = invitations.CancelInvitation(owner, &membershipv1.CancelInvitationRequest{OrganizationId: org, InvitationId: id.New().Text("inv")})
	require.True(t, fault.Is(err, reasonv1.Reason_REASON_NOT_FOUND))
}

func TestMailsOfInvitations(t *testing.T) { // R13, R15, R24
	t.Parallel()
	b := setup(t)
	made := b.create(partner)
	org := made.GetOrganization().GetId()
	mails := notificationv1.NewMailSourceServiceClient(b.server.Client(t, "notification"))
	prepare := func(subject string, fact proto.Message) *notificationv1.PrepareMailResponse {
		payload, err := proto.Marshal(fact)
		require.NoError(t, err)
		resp, err := mails.PrepareMail(t.Context(), &notificationv1.PrepareMailRequest{
			EventId: id.New().Text("evt"), Subject: subject, Payload: payload,
		})
		require.NoError(t, err)
		return resp
	}
	created := "aval.membership.v1.invitation.created"
	resp := prepare(created, &membershipv1.InvitationCreated{InvitationId: made.GetInvitation().GetId(), OrganizationId: org})
	require.Len(t, resp.GetMails(), 1)
	mail := resp.GetMails()[0]
	require.Equal(t, "invitation", mail.GetTemplate())
	require.Equal(t, "owner@example.com", mail.GetAddress())
	require.Equal(t, "OWNER", mail.GetVariables()["role"])
	require.Equal(t, "123 456 789", mail.GetVariables()["registration_number"])
	token, ok := strings.CutPrefix(mail.GetActionPath(), "/i/")
	require.True(t, ok)

	seen, err := membershipv1.NewInvitationServiceClient(b.server.Client(t, "gateway")).
		LookupInvitation(t.Context(), &membershipv1.LookupInvitationRequest{Token: token})
	require.NoError(t, err)
	require.Equal(t, "Cabinet Dupont", seen.GetOrganizationName())
	require.Equal(t, membershipv1.InvitationState_INVITATION_STATE_PENDING, seen.GetState())
	proof, err := membershipv1.NewInvitationServiceClient(b.server.Client(t, "identity")).
		ProveInvitation(t.Context(), &membershipv1.ProveInvitationRequest{Token: token})
	require.NoError(t, err)
	require.Equal(t, "owner@example.com", proof.GetEmail())

	_, owner := b.member(org, domain.Offer{Role: domain.Owner})
	staff, err := membershipv1.NewInvitationServiceClient(b.server.Client(t, "gateway")).
		CreateInvitation(owner, &membershipv1.CreateInvitationRequest{
			OrganizationId: org, Email: "s@example.com",
			PartnerRole: membershipv1.PartnerRole_PARTNER_ROLE_TECHNICAL_SUPPORT,
		})
	require.NoError(t, err)
	resp = prepare(created, &membershipv1.InvitationCreated{InvitationId: staff.GetInvitation().GetId(), OrganizationId: org})
	require.Equal(t, "collaborator_invitation", resp.GetMails()[0].GetTemplate())
	require.Equal(t, "TECHNICAL_SUPPORT", resp.GetMails()[0].GetVariables()["partner_role"])
	require.Equal(t, "Camille Martin", resp.GetMails()[0].GetVariables()["inviter_name"])

	require.Empty(t, prepare("aval.membership.v1.membership.started", &membershipv1.MembershipStarted{}).GetMails())
	require.Empty(t, prepare(created, &membershipv1.InvitationCreated{
		InvitationId: id.New().Text("inv"), OrganizationId: org,
	}).GetMails(), "nothing to say of what is unknown")
}

func TestFeaturesByPages(t *testing.T) { // R115, R120
	t.Parallel()
	b := setup(t)
	features := membershipv1.NewFeatureServiceClient(b.server.Client(t, "demo-product"))
	seen := map[string]*membershipv1.Feature{}
	req := &membershipv1.ListFeaturesRequest{PageSize: 10}
	for {
		resp, err := features.ListFeatures(t.Context(), req)
		require.NoError(t, err)
		for _, f := range resp.GetFeatures() {
			seen[f.GetPath()] = f
		}
		if req.PageToken = resp.GetNextPageToken(); req.PageToken == "" {
			break
		}
	}
	require.True(t, seen["accounting/bank"].GetSensitive())
	require.True(t, seen["spending"].GetExcludedFromGrants())
	require.True(t, seen["aval/consent.approve"].GetSystem())
	for _, path := range []string{"management/contacts", "emailings", "sms", "forms", "account/users", "account/invoices"} {
		require.Contains(t, seen, path)
	}
}

func TestAccessOverTheWire(t *testing.T) { // R6, R29, R41
	t.Parallel()
	b := setup(t)
	account, firm := b.create(client).GetOrganization().GetId(), b.create(partner).GetOrganization().GetId()
	user, asUser := b.member(firm, domain.Offer{Role: domain.Member, PartnerRole: domain.TechnicalSupport})
	asConsent := membershipv1.NewAccessServiceClient(b.server.Client(t, "consent"))
	asSupport := membershipv1.NewAccessServiceClient(b.server.Client(t, "partnersupport"))
	product := membershipv1.NewAccessServiceClient(b.server.Client(t, "demo-product"))
	grant := &membershipv1.Grant{
		Id: id.New().Text("grt"), SubjectId: user.Text("usr"), AccountId: account, PartnerId: firm,
		ConsentId: id.New().Text("cns"), PartnerRole: membershipv1.PartnerRole_PARTNER_ROLE_TECHNICAL_SUPPORT, Version: 1,
		Rights: []*membershipv1.FeatureRight{{Feature: "management", Level: authzv1.Level_LEVEL_APPROVER}},
	}
	session := &membershipv1.OpenSupportSessionRequest{
		SupportSessionId: id.New().Text("sup"), SubjectId: user.Text("usr"), AccountId: account, PartnerId: firm,
		ExpireTime: timestamppb.New(timestamppb.Now().AsTime().AddDate(0, 0, 1)),
	}
	check := &membershipv1.CheckAccessRequest{
		SubjectId: user.Text("usr"), AccountId: account, Feature: "management/invoices",
		Level: authzv1.Level_LEVEL_EDITOR, SupportSessionId: session.GetSupportSessionId(),
	}
	_, err := asSupport.OpenSupportSession(t.Context(), session)
	require.True(t, fault.Is(err, reasonv1.Reason_REASON_CONSENT_NOT_GIVEN))
	applied, err := asConsent.ApplyGrants(t.Context(), &membershipv1.ApplyGrantsRequest{Grants: []*membershipv1.Grant{grant}})
	require.NoError(t, err)
	require.EqualValues(t, 1, applied.GetApplied())
	opened, err := asSupport.OpenSupportSession(t.Context(), session)
	require.NoError(t, err)
	require.Equal(t, grant.GetId(), opened.GetGrantId())
	require.Nil(t, opened.GetGrantValidUntil())

	yes, err := product.CheckAccess(t.Context(), check)
	require.NoError(t, err)
	require.True(t, yes.GetAllowed())
	require.Equal(t, membershipv1.AccessSource_ACCESS_SOURCE_GRANT, yes.GetSource())
	require.Equal(t, grant.GetConsentId(), yes.GetConsentId())
	require.NotNil(t, yes.GetValidUntil())
	spending := proto.CloneOf(check)
	spending.Feature = "spending"
	batch, err := product.BatchCheckAccess(t.Context(), &membershipv1.BatchCheckAccessRequest{
		Checks: []*membershipv1.CheckAccessRequest{check, spending},
	})
	require.NoError(t, err)
	require.True(t, proto.Equal(yes, batch.GetResults()[0]))
	require.Equal(t, membershipv1.DenyReason_DENY_REASON_EXCLUDED, batch.GetResults()[1].GetDenyReason())
	_, err = membershipv1.NewAccessServiceClient(b.server.Client(t, "gateway")).CheckAccess(asUser, check)
	require.True(t, fault.Is(err, reasonv1.Reason_REASON_NOT_FOUND), "a person asks in their own organisation")

	ended, err := asConsent.EndGrants(t.Context(), &membershipv1.EndGrantsRequest{
		Ends: []*membershipv1.GrantEnd{{GrantId: grant.GetId(), AccountId: account, Version: 2}},
	})
	require.NoError(t, err)
	require.EqualValues(t, 1, ended.GetEnded())
	require.EqualValues(t, 1, ended.GetSupportSessionsEnded())
	no, err := product.CheckAccess(t.Context(), check)
	require.NoError(t, err)
	require.Equal(t, membershipv1.DenyReason_DENY_REASON_NO_ACCESS, no.GetDenyReason())

	closed, err := asSupport.CloseSupportSessions(t.Context(), &membershipv1.CloseSupportSessionsRequest{
		SupportSessionIds: []string{session.GetSupportSessionId()},
	})
	require.NoError(t, err)
	require.Zero(t, closed.GetClosed())
	left, err := membershipv1.NewMemberServiceClient(b.server.Client(t, "partnersupport")).
		EndMembership(t.Context(), &membershipv1.EndMembershipRequest{OrganizationId: firm, UserId: user.Text("usr")})
	require.NoError(t, err)
	require.True(t, left.GetEnded())
}

func TestMalformedIdsAreNamed(t *testing.T) { // F4
	t.Parallel()
	b := setup(t)
	product := membershipv1.NewAccessServiceClient(b.server.Client(t, "demo-product"))
	_, err := product.CheckAccess(t.Context(), &membershipv1.CheckAccessRequest{
		SubjectId: "usr_" + strings.Repeat("u", 26), AccountId: id.New().Text("org"), Feature: "sms",
		Level: authzv1.Level_LEVEL_GUEST,
	})
	details, ok := fault.Details(err)
	require.True(t, ok)
	require.Equal(t, "subject_id", details.Fields()[0].Field)
}
