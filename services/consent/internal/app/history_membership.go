package app

import (
	"strconv"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/consent/internal/postgres"
	"github.com/aval-access/aval/services/kit/fields"
)

// The features that membership's facts are about.
const (
	membersFeature     = "aval/members"
	invitationsFeature = "aval/invitations"
)

func invitationIDs(message any) (ids, bool) {
	switch m := message.(type) {
	case *membershipv1.InvitationCreated:
		return ids{account: m.GetOrganizationId(), actor: m.GetInviterId(), object: m.GetInvitationId(), feature: invitationsFeature}, true
	case *membershipv1.InvitationRenewed:
		return ids{account: m.GetOrganizationId(), object: m.GetInvitationId(), feature: invitationsFeature}, true
	case *membershipv1.InvitationCancelled:
		return ids{account: m.GetOrganizationId(), actor: m.GetActorId(), object: m.GetInvitationId(), feature: invitationsFeature}, true
	case *membershipv1.InvitationDeclined:
		return ids{account: m.GetOrganizationId(), object: m.GetInvitationId(), feature: invitationsFeature}, true
	default:
		return ids{}, false
	}
}

// membershipIDs names whom a fact is about as its subject: the filter by person
// finds what was done to them, too.
func membershipIDs(message any) (ids, bool) {
	named, ok := message.(interface {
		GetMemberId() string
		GetOrganizationId() string
		GetUserId() string
	})
	if !ok {
		return ids{}, false
	}
	out := ids{
		account: named.GetOrganizationId(), subject: named.GetUserId(), object: named.GetMemberId(), feature: membersFeature,
	}
	if acted, ok := message.(interface{ GetActorId() string }); ok {
		out.actor = acted.GetActorId()
	}
	switch m := message.(type) {
	case *membershipv1.MembershipStarted:
		out.actor = m.GetUserId()
	case *membershipv1.MembershipChanged:
		out.changes = changesOf(m.GetBefore(), m.GetAfter())
	case *membershipv1.MembershipSuspended, *membershipv1.MembershipRestored, *membershipv1.MembershipEnded:
	default:
		return ids{}, false
	}
	return out, true
}

func organizationIDs(message any) (ids, bool) {
	switch m := message.(type) {
	case *membershipv1.OrganizationCreated:
		return ids{account: m.GetOrganizationId()}, true
	case *membershipv1.OrganizationSuspended:
		return ids{account: m.GetOrganizationId()}, true
	case *membershipv1.OrganizationResumed:
		return ids{account: m.GetOrganizationId()}, true
	case *membershipv1.SeatLimitChanged:
		return ids{account: m.GetOrganizationId(), changes: differing("seat_limit", limitOf(m.Before), limitOf(m.After))}, true
	case *membershipv1.ContactAdded:
		return ids{account: m.GetOrganizationId(), actor: m.GetActorId(), object: m.GetContactId()}, true
	case *membershipv1.ContactRemoved:
		return ids{account: m.GetOrganizationId(), actor: m.GetActorId(), object: m.GetContactId()}, true
	default:
		return ids{}, false
	}
}

func limitOf(limit *int32) string {
	if limit == nil {
		return ""
	}
	return strconv.Itoa(int(*limit))
}

// changesOf tells what a member's standing was and is, value by value, rights
// by the order of their paths.
func changesOf(before, after *membershipv1.MemberStanding) []postgres.Change {
	out := differing("role", fields.Word(before.GetRole(), "ROLE_"), fields.Word(after.GetRole(), "ROLE_"))
	out = append(out, differing("partner_role",
		fields.Word(before.GetPartnerRole(), "PARTNER_ROLE_"), fields.Word(after.GetPartnerRole(), "PARTNER_ROLE_"))...)
	out = append(out, differing("end_time", momentOf(before.GetEndTime()), momentOf(after.GetEndTime()))...)
	return append(out, rightChanges(before.GetRights(), after.GetRights())...)
}

func rightChanges(before, after []*membershipv1.FeatureRight) (out []postgres.Change) {
	was, is := levelsOf(before), levelsOf(after)
	for _, right := range append(before, after...) {
		path := right.GetFeature()
		out = append(out, differing(path, was[path], is[path])...)
		delete(was, path)
		delete(is, path)
	}
	return out
}

func differing(what, before, after string) []postgres.Change {
	if before == after {
		return nil
	}
	return []postgres.Change{{What: what, Before: before, After: after}}
}

func momentOf(t *timestamppb.Timestamp) string {
	if t == nil {
		return ""
	}
	return t.AsTime().Format(time.RFC3339)
}

func levelsOf(rights []*membershipv1.FeatureRight) map[string]string {
	out := map[string]string{}
	for _, right := range rights {
		out[right.GetFeature()] = fields.Word(right.GetLevel(), "LEVEL_")
	}
	return out
}
