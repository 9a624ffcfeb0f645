package e2e

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/fieldmaskpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/aval-access/aval/deploy/journey"
	authzv1 "github.com/aval-access/aval/proto/gen/aval/authz/v1"
	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
)

// memberOf reads the membership of a person as the owner sees it.
func (b bundle) memberOf(t *testing.T, o journey.Organization, user string) *membershipv1.Member {
	t.Helper()
	answer, err := membershipv1.NewMemberServiceClient(o.Owner).ListMembers(t.Context(), &membershipv1.ListMembersRequest{OrganizationId: o.ID})
	require.NoError(t, err)
	for _, m := range answer.GetMembers() {
		if m.GetUserId() == user {
			return m
		}
	}
	return nil
}

func rights(pairs map[string]authzv1.Level) (out []*membershipv1.FeatureRight) {
	for path, level := range pairs {
		out = append(out, &membershipv1.FeatureRight{Feature: path, Level: level})
	}
	return out
}

const (
	none     = authzv1.Level_LEVEL_NONE
	guest    = authzv1.Level_LEVEL_GUEST
	editor   = authzv1.Level_LEVEL_EDITOR
	approver = authzv1.Level_LEVEL_APPROVER
)

// hired is somebody who joined an organisation with rights.
func (b bundle) hired(t *testing.T, o journey.Organization, held map[string]authzv1.Level) (journey.Person, *membershipv1.Member) {
	t.Helper()
	p := person("paul")
	_, err := membershipv1.NewInvitationServiceClient(o.Owner).CreateInvitation(t.Context(), &membershipv1.CreateInvitationRequest{
		OrganizationId: o.ID, Email: p.Email, GivenName: p.GivenName, FamilyName: p.FamilyName, Role: membershipv1.Role_ROLE_MEMBER, Rights: rights(held),
	})
	require.NoError(t, err)
	p, err = b.Join(t.Context(), p, o.ID)
	require.NoError(t, err)
	return p, b.memberOf(t, o, p.UserID)
}

func (b bundle) may(t *testing.T, user, account, feature string, level authzv1.Level) bool {
	t.Helper()
	answer, err := membershipv1.NewAccessServiceClient(b.Product["membership"]).CheckAccess(t.Context(), &membershipv1.CheckAccessRequest{
		SubjectId: user, AccountId: account, Feature: feature, Level: level,
	})
	require.NoError(t, err)
	return answer.GetAllowed()
}

func update(m *membershipv1.Member, changes *membershipv1.MemberChanges, fields ...string) *membershipv1.UpdateMemberRequest {
	return &membershipv1.UpdateMemberRequest{
		OrganizationId: m.GetOrganizationId(), MemberId: m.GetId(), Etag: m.GetEtag(), Member: changes,
		UpdateMask: &fieldmaskpb.FieldMask{Paths: fields},
	}
}

// R52 R105 R107 R108 R109 R112 R115 R116 R117 R118 R119 R120 R121 R122: a
// member's sheet is edited and every level means what it says.
func TestAMembersSheetIsEdited(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		o := b.client(t)
		p, m := b.hired(t, o, map[string]authzv1.Level{"emailings": guest})
		members := membershipv1.NewMemberServiceClient(o.Owner)
		require.Equal(t, p.GivenName, m.GetGivenName(), "R52")
		answer, err := members.UpdateMember(t.Context(), update(m, &membershipv1.MemberChanges{
			Phone: "01 99 00 00 02", EndTime: timestamppb.New(time.Now().Add(48 * time.Hour)),
			Rights: rights(map[string]authzv1.Level{
				"emailings": editor, "account": approver, "account/invoices": none, "sms": approver, "forms": guest,
			}),
		}, "phone", "end_time", "rights"))
		require.NoError(t, err)
		require.Equal(t, "01 99 00 00 02", answer.GetMember().GetPhone())
		require.NotNil(t, answer.GetMember().GetEndTime(), "R122")
		for _, c := range []struct {
			feature string
			level   authzv1.Level
			allowed bool
		}{
			{"emailings", editor, true}, {"emailings", approver, false}, // R118
			{"sms", approver, true},                          // R119
			{"forms", guest, true}, {"forms", editor, false}, // R117
			{"management", guest, false},       // R116
			{"account/users", approver, true},  // R120
			{"account/invoices", guest, false}, // R121
			{"spending", guest, false},         // R120: its own right
		} {
			require.Equal(t, c.allowed, b.may(t, p.UserID, o.ID, c.feature, c.level), "%s %s", c.feature, c.level)
		}
		_, err = members.UpdateMember(t.Context(), update(m, &membershipv1.MemberChanges{GivenName: "Late"}, "given_name"))
		requireReason(t, reasonv1.Reason_REASON_ETAG_MISMATCH, err)
		_, err = members.UpdateMember(t.Context(), update(answer.GetMember(), &membershipv1.MemberChanges{}, "email"))
		requireReason(t, reasonv1.Reason_REASON_INVALID_ARGUMENT, err)
		_, err = membershipv1.NewMemberServiceClient(p).UpdateMember(t.Context(), update(answer.GetMember(), &membershipv1.MemberChanges{GivenName: "X"}, "given_name"))
		requireReason(t, reasonv1.Reason_REASON_PERMISSION_DENIED, err)
		owner := b.memberOf(t, o, o.Owner.UserID)
		_, err = members.UpdateMember(t.Context(), update(owner, &membershipv1.MemberChanges{Role: membershipv1.Role_ROLE_ADMIN}, "role"))
		requireReason(t, reasonv1.Reason_REASON_LAST_OWNER, err)
	})
}

// R113 and "suspending and restoring a person": denied at once, signed out,
// nothing lost; removing ends it.
func TestAMemberIsSuspendedRestoredAndRemoved(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		o := b.client(t)
		p, m := b.hired(t, o, map[string]authzv1.Level{"emailings": editor})
		members := membershipv1.NewMemberServiceClient(o.Owner)
		answer, err := members.SuspendMember(t.Context(), &membershipv1.SuspendMemberRequest{OrganizationId: o.ID, MemberId: m.GetId()})
		require.NoError(t, err)
		require.Equal(t, membershipv1.MemberState_MEMBER_STATE_SUSPENDED, answer.GetMember().GetState())
		require.False(t, b.may(t, p.UserID, o.ID, "emailings", guest))
		require.NoError(t, journey.Eventually(t.Context(), func(ctx context.Context) (bool, error) {
			_, err := membershipv1.NewOrganizationServiceClient(p).GetOrganization(ctx, &membershipv1.GetOrganizationRequest{OrganizationId: o.ID})
			return err != nil, nil
		}), "their session ends")
		_, err = members.RestoreMember(t.Context(), &membershipv1.RestoreMemberRequest{OrganizationId: o.ID, MemberId: m.GetId()})
		require.NoError(t, err)
		require.True(t, b.may(t, p.UserID, o.ID, "emailings", editor))
		_, err = members.RemoveMember(t.Context(), &membershipv1.RemoveMemberRequest{OrganizationId: o.ID, MemberId: m.GetId()})
		require.NoError(t, err)
		require.False(t, b.may(t, p.UserID, o.ID, "emailings", guest))
		require.Nil(t, b.memberOf(t, o, p.UserID))
		_, err = members.RemoveMember(t.Context(), &membershipv1.RemoveMemberRequest{OrganizationId: o.ID, MemberId: b.memberOf(t, o, o.Owner.UserID).GetId()})
		requireReason(t, reasonv1.Reason_REASON_LAST_OWNER, err)
		_, err = membershipv1.NewMemberServiceClient(o.Owner).LeaveOrganization(t.Context(), &membershipv1.LeaveOrganizationRequest{OrganizationId: o.ID})
		requireReason(t, reasonv1.Reason_REASON_LAST_OWNER, err)
	})
}

// R82: suspending or removing a collaborator on the members page ends what they
// hold at clients, in the same call.
func TestTheMembersPageReachesAPartnersGrants(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		v := b.visiting(t)
		members := membershipv1.NewMemberServiceClient(v.partner.Owner)
		m := b.memberOf(t, v.partner, v.person.UserID)
		_, err := members.SuspendMember(t.Context(), &membershipv1.SuspendMemberRequest{OrganizationId: v.partner.ID, MemberId: m.GetId()})
		require.NoError(t, err)
		require.False(t, b.allowed(t, v, "management/invoices"))
		_, err = members.RestoreMember(t.Context(), &membershipv1.RestoreMemberRequest{OrganizationId: v.partner.ID, MemberId: m.GetId()})
		require.NoError(t, err)
		gone, err := members.RemoveMember(t.Context(), &membershipv1.RemoveMemberRequest{OrganizationId: v.partner.ID, MemberId: m.GetId()})
		require.NoError(t, err)
		require.EqualValues(t, 1, gone.GetGrantsEnded())
		require.False(t, b.allowed(t, v, "management/invoices"))
	})
}

// R38 R48 R111 R131: no limit until the platform sets one; support takes no
// seat.
func TestSeatsAreThePlatformsToLimit(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		v := b.visiting(t)
		seats, err := membershipv1.NewOrganizationServiceClient(v.client.Owner).GetSeats(t.Context(), &membershipv1.GetSeatsRequest{OrganizationId: v.client.ID})
		require.NoError(t, err)
		require.EqualValues(t, 1, seats.GetSeats().GetMembers(), "the visitor takes none")
		require.Nil(t, seats.GetSeats().Limit)
		_, err = membershipv1.NewOrganizationServiceClient(b.Operator["membership"]).SetSeatLimit(t.Context(), &membershipv1.SetSeatLimitRequest{
			OrganizationId: v.client.ID, Limit: proto.Int32(1),
		})
		require.NoError(t, err)
		_, err = membershipv1.NewInvitationServiceClient(v.client.Owner).CreateInvitation(t.Context(), &membershipv1.CreateInvitationRequest{
			OrganizationId: v.client.ID, Email: person("guest").Email,
		})
		requireReason(t, reasonv1.Reason_REASON_SEATS_EXHAUSTED, err)
	})
}

// R50: where rights come from is answered for every feature, and a decision is
// explained in words.
func TestRightsAreExplained(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		o := b.client(t)
		p, m := b.hired(t, o, map[string]authzv1.Level{"management": editor})
		client := membershipv1.NewRightsServiceClient(o.Owner)
		answer, err := client.ListEffectiveRights(t.Context(), &membershipv1.ListEffectiveRightsRequest{OrganizationId: o.ID, MemberId: m.GetId(), PageSize: 200})
		require.NoError(t, err)
		found := map[string]*membershipv1.EffectiveRight{}
		for _, one := range answer.GetRights() {
			found[one.GetFeature().GetPath()] = one
		}
		require.Equal(t, membershipv1.RightOrigin_RIGHT_ORIGIN_OWN_LINE, found["management"].GetOrigin())
		require.Equal(t, "management", found["management/quotes"].GetOriginFeature())
		require.Equal(t, membershipv1.RightOrigin_RIGHT_ORIGIN_NOTHING, found["spending"].GetOrigin())
		require.Equal(t, membershipv1.GrantReach_GRANT_REACH_SENSITIVE, found["accounting/bank"].GetGrantReach())
		why, err := client.ExplainAccess(t.Context(), &membershipv1.ExplainAccessRequest{
			SubjectId: p.UserID, AccountId: o.ID, Feature: "management/quotes", Level: approver,
		})
		require.NoError(t, err)
		require.False(t, why.GetDecision().GetAllowed())
		require.Equal(t, "NEAREST_LINE", why.GetSteps()[1].GetCode())
		require.Contains(t, why.GetSteps()[1].GetText(), "management")
		presets, err := membershipv1.NewFeatureServiceClient(o.Owner).ListRolePresets(t.Context(), &membershipv1.ListRolePresetsRequest{})
		require.NoError(t, err)
		require.NotEmpty(t, presets.GetPresets())
	})
}

// A MEMBER who holds consent.approve answers for the client.
func TestTheRightToAllowAssistanceIsDelegated(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		s := b.support(t)
		p, m := b.hired(t, s.client, nil)
		_, err := membershipv1.NewMemberServiceClient(s.client.Owner).UpdateMember(t.Context(), update(m, &membershipv1.MemberChanges{
			Rights: rights(map[string]authzv1.Level{"aval/assistance": guest, "aval/consent.approve": approver}),
		}, "rights"))
		require.NoError(t, err)
		_, err = b.Assign(t.Context(), s.partner, s.collaborator.GetId(), s.dossier.GetId())
		require.NoError(t, err)
		token, err := b.ConsentLink(t.Context(), p.Email)
		require.NoError(t, err)
		consent, err := b.ApproveByLink(t.Context(), p.Email, token, consentv1.DurationChoice_DURATION_CHOICE_1_WEEK)
		require.NoError(t, err)
		require.Equal(t, consentv1.ConsentState_CONSENT_STATE_GIVEN, consent.GetState())
	})
}

// R110: what was done to a member stands in the history, by person and kind,
// with names.
func TestTheHistoryTellsWhoChangedWhat(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		o := b.client(t)
		p, m := b.hired(t, o, map[string]authzv1.Level{"emailings": guest})
		_, err := membershipv1.NewMemberServiceClient(o.Owner).UpdateMember(t.Context(), update(m, &membershipv1.MemberChanges{
			Rights: rights(map[string]authzv1.Level{"emailings": editor}),
		}, "rights"))
		require.NoError(t, err)
		var entries []*consentv1.HistoryEntry
		require.NoError(t, journey.Eventually(t.Context(), func(ctx context.Context) (bool, error) {
			answer, err := consentv1.NewHistoryServiceClient(o.Owner).ListHistory(ctx, &consentv1.ListHistoryRequest{
				OrganizationId: o.ID, ActorId: p.UserID, Kind: consentv1.HistoryKind_HISTORY_KIND_MEMBERS, Feature: "aval/members",
			})
			entries = answer.GetEntries()
			return len(entries) == 2, err
		}))
		require.Equal(t, o.Owner.UserID, entries[0].GetActorId())
		require.Contains(t, entries[0].GetSentence(), "Invité → Éditeur")
		require.Contains(t, entries[0].GetSentence(), p.GivenName)
	})
}

// A person's language, once changed, is that of the mails that organisations
// cause.
func TestALanguageReachesTheMailsOfOrganizations(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		s := b.support(t)
		owner := s.client.Owner
		_, err := identityv1.NewAccountServiceClient(owner).UpdateMe(t.Context(), &identityv1.UpdateMeRequest{Locale: "en"})
		require.NoError(t, err)
		system := connect(t, "membership", "system")
		require.NoError(t, journey.Eventually(t.Context(), func(ctx context.Context) (changed bool, err error) {
			return changed, system.QueryRow(ctx, "SELECT locale = 'en' FROM member WHERE email = $1", owner.Email).Scan(&changed)
		}))
		_, err = b.Assign(t.Context(), s.partner, s.collaborator.GetId(), s.dossier.GetId())
		require.NoError(t, err)
		_, err = b.ReadMail(t.Context(), owner.Email, "Access request to your account for assistance")
		require.NoError(t, err)
	})
}

// R122: from the instant of its end on a membership stands in nobody's way: the
// person is invited again and accepts, whether its end is written already or not.
func TestWhoseTimeIsOverComesBackAtOnce(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		o := b.client(t)
		p, m := b.hired(t, o, map[string]authzv1.Level{"emailings": guest})
		end := time.Now().Add(time.Second)
		_, err := membershipv1.NewMemberServiceClient(o.Owner).UpdateMember(t.Context(), update(m, &membershipv1.MemberChanges{
			EndTime: timestamppb.New(end),
		}, "end_time"))
		require.NoError(t, err)
		system := connect(t, "membership", "system")
		require.NoError(t, journey.Eventually(t.Context(), func(ctx context.Context) (over bool, err error) {
			return over, system.QueryRow(ctx, "SELECT now() >= $1", end).Scan(&over)
		}))
		require.False(t, b.may(t, p.UserID, o.ID, "emailings", guest))
		again := b.invite(t, o, p)
		session := b.Transport.Session("fr")
		_, err = identityv1.NewAuthServiceClient(session).SignIn(t.Context(), &identityv1.SignInRequest{Email: p.Email, Password: p.Password})
		require.NoError(t, err)
		accepted, err := membershipv1.NewInvitationServiceClient(session).AcceptMyInvitation(t.Context(), &membershipv1.AcceptMyInvitationRequest{
			InvitationId: again.GetId(),
		})
		require.NoError(t, err)
		require.NotEqual(t, m.GetId(), accepted.GetMember().GetId())
	})
}
