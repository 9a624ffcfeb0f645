package app

import (
	"google.golang.org/protobuf/proto"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/consent/internal/sibling"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/id"
)

// fact is a step as others hear of it: ids only.
type fact struct {
	record  domain.Record
	step    domain.Step
	grantID id.ID
	link    bool // it ended with the whole link
	renewed bool // a newer yes for the same person took its place
	// before is what an access was that was narrowed.
	before *domain.Running
	// grouped: the mail of a request waits for others.
	grouped bool
}

func (f fact) message() proto.Message {
	ref := refOf(f.record, f.grantID)
	actor := f.step.Actor.ID.Text("usr")
	switch f.step.Event {
	case "":
		return requested(f.record, ref, f.grouped)
	case domain.Give, domain.Overturn:
		return &consentv1.ConsentGiven{
			Consent: ref, ActorId: actor, ExpireTime: fields.Time(f.record.ExpireTime), Overturned: f.step.Event == domain.Overturn,
			TeamConsentId: f.record.TeamConsentID.Text("cns"),
		}
	case domain.Pause:
		return &consentv1.ConsentPaused{Consent: ref}
	case domain.Confirm:
		return &consentv1.ConsentConfirmed{Consent: ref, ActorId: actor}
	case domain.Narrow:
		return &consentv1.ConsentNarrowed{
			Consent: ref, ActorId: actor, Before: RunningToProto(f.before), After: RunningToProto(f.record.Standing()),
		}
	case domain.Refuse:
		return &consentv1.ConsentRefused{Consent: ref, ActorId: actor}
	case domain.Postpone:
		return &consentv1.ConsentPostponed{Consent: ref, ActorId: actor}
	default:
		return &consentv1.ConsentEnded{
			Consent: ref, State: StateToProto(f.step.To), ActorId: actor, Party: PartyToProto(f.step.Actor.Party), WithLink: f.link, Renewed: f.renewed,
		}
	}
}

// requested names who prepared it where the client chose the person, unasked.
func requested(r domain.Record, ref *consentv1.ConsentRef, grouped bool) *consentv1.ConsentRequested {
	out := &consentv1.ConsentRequested{Consent: ref, Grouped: grouped}
	if r.Offered {
		out.OfferedById = r.RequesterID.Text("usr")
	}
	return out
}

func refOf(r domain.Record, grantID id.ID) *consentv1.ConsentRef {
	return &consentv1.ConsentRef{
		ConsentId: r.ID.Text("cns"), AssignmentId: r.AssignmentID.Text("asg"), ClientId: r.ClientID.Text("org"),
		PartnerId: r.PartnerID.Text("org"), UserId: r.UserID.Text("usr"), GrantId: grantID.Text("grt"),
	}
}

// RunningToProto converts an access as it stood; nil stays nil.
func RunningToProto(r *domain.Running) *consentv1.RunningAccess {
	if r == nil {
		return nil
	}
	rights := fields.Each(r.Lines, func(l domain.Line) domain.Right { return l.Right })
	return &consentv1.RunningAccess{ExpireTime: fields.Time(r.Until), Rights: sibling.RightsToProto(rights)}
}

// StateToProto converts a state; the empty one is UNSPECIFIED.
func StateToProto(s domain.State) consentv1.ConsentState {
	return fields.Enum[consentv1.ConsentState](s, "CONSENT_STATE_")
}

// PartyToProto converts a party; time is UNSPECIFIED.
func PartyToProto(p domain.Party) consentv1.Party {
	return fields.Enum[consentv1.Party](p, "PARTY_")
}
