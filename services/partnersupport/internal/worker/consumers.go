// Package worker hears of facts and does what falls due: it converts, and calls
// the use case.
package worker

import (
	"context"
	"errors"
	"fmt"

	"google.golang.org/protobuf/proto"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/kit/bus"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/partnersupport/internal/app"
	"github.com/aval-access/aval/services/partnersupport/internal/contract"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
	"github.com/aval-access/aval/services/partnersupport/internal/sibling"
	"github.com/aval-access/aval/services/peer"
)

// Consumers are all of the context's.
func Consumers(deps app.Deps) []bus.Spec {
	erasure := peer.Erasure{
		DB: deps.DB, Context: "partnersupport", Forget: app.People{Deps: deps}.Forget,
		Completed: func(user string) proto.Message { return &partnersupportv1.ErasureCompleted{UserId: user} },
	}
	return []bus.Spec{Membership(deps), Consent(deps), erasure.Consumer()}
}

// Membership consumes the beginnings and ends of memberships, and the ends of
// invitations that nobody accepted.
func Membership(deps app.Deps) bus.Spec {
	follow := app.FollowMembership{Deps: deps}
	return bus.Spec{
		Name:   app.MembershipConsumer,
		Stream: bus.StreamMembership,
		Subjects: []string{
			"aval.membership.v1.membership.started", "aval.membership.v1.membership.ended",
			"aval.membership.v1.membership.changed",
			"aval.membership.v1.membership.suspended", "aval.membership.v1.membership.restored",
			"aval.membership.v1.invitation.cancelled", "aval.membership.v1.invitation.declined",
		},
		Handler: func(ctx context.Context, e bus.Event) error {
			switch m := e.Message.(type) {
			case *membershipv1.MembershipStarted:
				in, err := started(e.ID, m)
				if err != nil {
					return bus.Permanent(err)
				}
				return follow.Started(ctx, in)
			case *membershipv1.MembershipEnded:
				in, err := ended(e.ID, m)
				if err != nil {
					return bus.Permanent(err)
				}
				return follow.Ended(ctx, in)
			case *membershipv1.MembershipChanged:
				in, err := roleChanged(e.ID, m)
				if err != nil {
					return bus.Permanent(err)
				}
				if m.GetBefore().GetPartnerRole() == m.GetAfter().GetPartnerRole() {
					return nil
				}
				return follow.RoleChanged(ctx, in)
			case *membershipv1.MembershipSuspended, *membershipv1.MembershipRestored:
				in, member, err := suspension(e.ID, e.Message)
				if err != nil {
					return bus.Permanent(err)
				}
				return follow.SuspensionChanged(ctx, in, member)
			case *membershipv1.InvitationCancelled, *membershipv1.InvitationDeclined:
				in, err := withdrawn(e.ID, e.Message)
				if err != nil {
					return bus.Permanent(err)
				}
				return follow.Withdrawn(ctx, in)
			}
			return unexpected(e)
		},
	}
}

// suspension reads its beginning or its end.
func suspension(event id.ID, message proto.Message) (app.Membership, id.ID, error) {
	m, ok := message.(interface {
		GetOrganizationId() string
		GetUserId() string
		GetMemberId() string
		GetActorId() string
	})
	if !ok {
		return app.Membership{}, id.ID{}, errors.New("the fact names no member")
	}
	var read fields.Reader
	in := app.Membership{
		EventID:   event,
		PartnerID: read.ID(contract.Organization, "organization_id", m.GetOrganizationId()),
		UserID:    read.ID(contract.User, "user_id", m.GetUserId()),
		ActorID:   read.Optional(contract.User, "actor_id", m.GetActorId()),
	}
	member := read.ID(contract.Member, "member_id", m.GetMemberId())
	return in, member, read.Err()
}

// withdrawn reads either end of an invitation; a declined one has no actor.
func withdrawn(event id.ID, message proto.Message) (app.Membership, error) {
	m, ok := message.(interface {
		GetOrganizationId() string
		GetInvitationId() string
	})
	if !ok {
		return app.Membership{}, errors.New("the fact names no invitation")
	}
	var read fields.Reader
	in := app.Membership{
		EventID:      event,
		PartnerID:    read.ID(contract.Organization, "organization_id", m.GetOrganizationId()),
		InvitationID: read.ID(contract.Invitation, "invitation_id", m.GetInvitationId()),
	}
	if by, ok := message.(interface{ GetActorId() string }); ok {
		in.ActorID = read.Optional(contract.User, "actor_id", by.GetActorId())
	}
	return in, read.Err()
}

func started(event id.ID, m *membershipv1.MembershipStarted) (app.Membership, error) {
	var read fields.Reader
	return app.Membership{
		EventID:      event,
		PartnerID:    read.ID(contract.Organization, "organization_id", m.GetOrganizationId()),
		UserID:       read.ID(contract.User, "user_id", m.GetUserId()),
		InvitationID: read.Optional(contract.Invitation, "invitation_id", m.GetInvitationId()),
		PartnerRole:  contract.PartnerRoleFromProto(m.GetPartnerRole()),
	}, read.Err()
}

func roleChanged(event id.ID, m *membershipv1.MembershipChanged) (app.Membership, error) {
	var read fields.Reader
	return app.Membership{
		EventID:     event,
		PartnerID:   read.ID(contract.Organization, "organization_id", m.GetOrganizationId()),
		UserID:      read.ID(contract.User, "user_id", m.GetUserId()),
		PartnerRole: contract.PartnerRoleFromProto(m.GetAfter().GetPartnerRole()),
	}, read.Err()
}

func ended(event id.ID, m *membershipv1.MembershipEnded) (app.Membership, error) {
	var read fields.Reader
	return app.Membership{
		EventID:   event,
		PartnerID: read.ID(contract.Organization, "organization_id", m.GetOrganizationId()),
		UserID:    read.ID(contract.User, "user_id", m.GetUserId()),
	}, read.Err()
}

// Consent consumes the clients' answers and the ends of what they gave.
func Consent(deps app.Deps) bus.Spec {
	follow := app.FollowConsent{Deps: deps}
	return bus.Spec{
		Name:   app.ConsentConsumer,
		Stream: bus.StreamConsent,
		Subjects: []string{
			"aval.consent.v1.consent.given", "aval.consent.v1.consent.refused", "aval.consent.v1.consent.ended",
			"aval.consent.v1.consent.paused", "aval.consent.v1.consent.confirmed", "aval.consent.v1.consent.narrowed",
			"aval.consent.v1.consent.unreachable", "aval.consent.v1.consent.reminded",
		},
		Handler: func(ctx context.Context, e bus.Event) error {
			reach, ok, err := reachOf(e)
			if err != nil {
				return err
			}
			if ok {
				return app.FollowReach{Deps: deps}.Do(ctx, reach)
			}
			a, err := answerOf(e)
			if err != nil {
				return err
			}
			err = follow.Do(ctx, a)
			if errors.Is(err, domain.NotFound) {
				return bus.Permanent(fmt.Errorf("following a consent of no assignment of ours: %w", err))
			}
			return err
		},
	}
}

// answerOf reads how far a consent has come by its event.
func answerOf(e bus.Event) (app.Answer, error) {
	switch m := e.Message.(type) {
	case *consentv1.ConsentGiven:
		a, err := newAnswer(e, m.GetConsent(), m.GetActorId())
		a.State, a.ExpireTime = domain.ConsentGiven, contract.OptionalTime(m.GetExpireTime())
		return a, err
	case *consentv1.ConsentNarrowed: // a yes with another end
		a, err := newAnswer(e, m.GetConsent(), m.GetActorId())
		a.State, a.ExpireTime = domain.ConsentGiven, contract.OptionalTime(m.GetAfter().GetExpireTime())
		return a, err
	case *consentv1.ConsentPaused:
		a, err := newAnswer(e, m.GetConsent(), "")
		a.State = domain.ConsentPaused
		return a, err
	case *consentv1.ConsentConfirmed:
		a, err := newAnswer(e, m.GetConsent(), m.GetActorId())
		a.State = domain.ConsentConfirmed
		return a, err
	case *consentv1.ConsentRefused:
		a, err := newAnswer(e, m.GetConsent(), m.GetActorId())
		a.State = domain.ConsentDeclined
		return a, err
	case *consentv1.ConsentEnded:
		a, err := newAnswer(e, m.GetConsent(), m.GetActorId())
		a.State = sibling.StateFromProto(m.GetState())
		if m.GetRenewed() {
			a.State = domain.ConsentRenewed
		}
		return a, err
	}
	return app.Answer{}, unexpected(e)
}

func newAnswer(e bus.Event, ref *consentv1.ConsentRef, actor string) (app.Answer, error) {
	var read fields.Reader
	a := app.Answer{
		EventID:    e.ID,
		PartnerID:  read.ID(contract.Organization, "partner_id", ref.GetPartnerId()),
		Assignment: read.ID(contract.Assignment, "assignment_id", ref.GetAssignmentId()),
		ConsentID:  read.ID(contract.Consent, "consent_id", ref.GetConsentId()),
		Actor:      read.Optional(contract.User, "actor_id", actor),
		Time:       e.Time,
	}
	if read.Err() != nil {
		return app.Answer{}, bus.Permanent(read.Err())
	}
	return a, nil
}

func unexpected(e bus.Event) error {
	return bus.Permanent(fmt.Errorf("no use for an event of %s", e.Subject))
}
