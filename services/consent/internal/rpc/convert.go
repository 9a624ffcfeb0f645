// Package rpc serves consent over gRPC: it converts, calls the use case and
// converts back. Who may call what stands in the protos' rules.
package rpc

import (
	"errors"
	"strings"
	"time"
	"unicode"

	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	authzv1 "github.com/aval-access/aval/proto/gen/aval/authz/v1"
	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/consent/internal/app"
	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/consent/internal/sibling"
	"github.com/aval-access/aval/services/consent/internal/wording"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/id"
)

// faultOf gives a refusal of the domain its registered reason.
func faultOf(err error) error {
	var refusal domain.Refusal
	if !errors.As(err, &refusal) {
		return err
	}
	switch refusal {
	case domain.NotPending:
		return fault.New(reasonv1.Reason_REASON_CONSENT_NOT_PENDING)
	case domain.NotGiven:
		return fault.New(reasonv1.Reason_REASON_CONSENT_NOT_GIVEN)
	case domain.SelfApproval:
		return fault.New(reasonv1.Reason_REASON_SELF_APPROVAL)
	case domain.NotAnApprover:
		return fault.New(reasonv1.Reason_REASON_NOT_AN_APPROVER)
	case domain.PartnerSession:
		return fault.New(reasonv1.Reason_REASON_PARTNER_SESSION_REFUSED)
	case domain.FactorRequired:
		return fault.New(reasonv1.Reason_REASON_SECOND_FACTOR_REQUIRED)
	case domain.CodeRequired:
		return fault.New(reasonv1.Reason_REASON_CONSENT_CODE_REQUIRED)
	case domain.CodeRefused:
		return fault.New(reasonv1.Reason_REASON_CONSENT_CODE_REFUSED)
	case domain.TooManyCodes:
		return fault.New(reasonv1.Reason_REASON_TOO_MANY_ATTEMPTS)
	case domain.SignInRequired:
		return fault.New(reasonv1.Reason_REASON_CONSENT_SIGN_IN_REQUIRED)
	case domain.ReminderTooLate:
		return fault.Invalid("remind_after", "duration.lt")
	case domain.DurationRequired:
		return fault.New(reasonv1.Reason_REASON_DURATION_REQUIRED, fault.Field("answer.duration", "required"))
	case domain.DurationOutOfRange:
		return fault.Invalid("answer.expire_time", "timestamp.within")
	case domain.StartOutOfRange, domain.StartTooLate:
		return fault.Invalid("answer.start_time", "timestamp.within")
	case domain.TeamTooWide:
		return fault.Invalid("answer.scope", "enum.not_in")
	case domain.DurationTooLong:
		return fault.New(reasonv1.Reason_REASON_DURATION_TOO_LONG)
	case domain.RightsExceedRequest:
		return fault.New(reasonv1.Reason_REASON_RIGHTS_EXCEED_REQUEST)
	case domain.TextChanged:
		return fault.New(reasonv1.Reason_REASON_TEXT_CHANGED)
	case domain.TransitionRefused:
		return fault.New(reasonv1.Reason_REASON_STATE_TRANSITION_REFUSED, fault.Cause(err))
	default:
		return err
	}
}

func consentToProto(r domain.Record, now time.Time) *consentv1.Consent {
	out := askedToProto(r, now)
	if r.PausedAt(now) {
		out.PauseTime = fields.Time(r.Lease.Until)
	}
	return out
}

func askedToProto(r domain.Record, now time.Time) *consentv1.Consent {
	return &consentv1.Consent{
		Id: r.ID.Text("cns"), ClientId: r.ClientID.Text("org"), PartnerId: r.PartnerID.Text("org"),
		Partner: identificationToProto(r.Partner), AssignmentId: r.AssignmentID.Text("asg"),
		UserId: r.UserID.Text("usr"), CollaboratorName: r.CollaboratorName(), PartnerRole: sibling.RoleToProto(r.Role),
		Reason: r.Reason, ProposedDuration: proposalToProto(r), ProposedLasting: r.Proposed == domain.Lasting,
		RequestedRights: requestedToProto(r.Lines), GrantedRights: grantedToProto(r),
		State: app.StateToProto(r.StateAt(now)), Duration: choiceToProto(r.Choice),
		CreateTime: timestamppb.New(r.CreateTime), RequestExpireTime: timestamppb.New(r.RequestExpireTime),
		GiveTime: fields.Time(r.GiveTime), StartTime: fields.Time(r.StartTime), ExpireTime: fields.Time(r.ExpireTime),
		RevokeTime: fields.Time(r.RevokeTime), ApproverName: r.ApproverName,
		Assurance: assuranceToProto(r.Evidence.Assurance), ApproverOfPartner: r.Evidence.OfPartner, TextHash: r.Evidence.TextHash,
		TextVersion: r.Evidence.TextVersion, TextLocale: r.Evidence.TextLocale,
		PredecessorName: r.PredecessorName, Offered: r.Offered, Extends: app.RunningToProto(r.Extends),
		Scope: scopeToProto(r), TeamConsentId: r.TeamConsentID.Text("cns"),
	}
}

func scopeToProto(r domain.Record) consentv1.ConsentScope {
	switch {
	case r.GiveTime.IsZero():
		return consentv1.ConsentScope_CONSENT_SCOPE_UNSPECIFIED
	case r.Team:
		return consentv1.ConsentScope_CONSENT_SCOPE_PARTNER_TEAM
	default:
		return consentv1.ConsentScope_CONSENT_SCOPE_NAMED_PERSON
	}
}

// requestedToProto lists what the preset asks for; sensitive lines, which are
// in no preset, stand in the text alone.
func requestedToProto(lines []domain.Line) []*membershipv1.FeatureRight {
	var rights []domain.Right
	for _, line := range lines {
		if !line.Sensitive {
			rights = append(rights, line.Right)
		}
	}
	return sibling.RightsToProto(rights)
}

func grantedToProto(r domain.Record) []*membershipv1.FeatureRight {
	if r.GiveTime.IsZero() {
		return nil
	}
	return sibling.RightsToProto(r.Granted)
}

func identificationToProto(p domain.Identification) *membershipv1.Identification {
	return &membershipv1.Identification{
		LegalName: p.LegalName, RegistrationNumber: p.RegistrationNumber, PostalAddress: p.PostalAddress,
		ContactEmail: p.ContactEmail, ContactPhone: p.ContactPhone,
	}
}

func identificationFromProto(p *membershipv1.Identification) domain.Identification {
	return domain.Identification{
		LegalName: oneLine(p.GetLegalName()), RegistrationNumber: oneLine(p.GetRegistrationNumber()),
		PostalAddress: p.GetPostalAddress(), ContactEmail: oneLine(p.GetContactEmail()), ContactPhone: oneLine(p.GetContactPhone()),
	}
}

// timelineToProto hides who acted on the partner's side, but for the person
// the consent names: only the client reads timelines.
func timelineToProto(steps []domain.Step, r domain.Record) []*consentv1.Transition {
	out := make([]*consentv1.Transition, len(steps))
	for i, s := range steps {
		if s.Actor.Party != domain.ByClient && s.Actor.ID != r.UserID {
			s.Actor.ID, s.Actor.Name = id.ID{}, ""
		}
		out[i] = &consentv1.Transition{
			From: app.StateToProto(s.From), To: app.StateToProto(s.To), Party: app.PartyToProto(s.Actor.Party),
			ActorId: s.Actor.ID.Text("usr"), ActorName: s.Actor.Name, Time: timestamppb.New(s.Time), Reason: s.Reason,
		}
	}
	return out
}

func textToProto(t wording.Text) *consentv1.ConsentText {
	out := &consentv1.ConsentText{
		Locale: t.Locale, Version: t.Version, Title: t.Title, Paragraphs: t.Paragraphs, Hash: t.Hash(),
	}
	for _, line := range t.Lines {
		out.Rights = append(out.Rights, &consentv1.RightLine{
			Feature: line.Feature, Label: wording.Line(t.Locale, line), Sensitive: line.Sensitive,
			Right: &membershipv1.FeatureRight{Feature: line.Feature, Level: authzv1.Level(line.Level)},
		})
	}
	return out
}

func choiceToProto(c domain.Choice) consentv1.DurationChoice {
	return fields.Enum[consentv1.DurationChoice](c, "DURATION_CHOICE_")
}

func durationFromProto(a *consentv1.Answer) domain.Duration {
	d := domain.Duration{Choice: domain.Choice(fields.Word(a.GetDuration(), "DURATION_CHOICE_"))}
	if t := a.GetExpireTime(); t != nil {
		d.Date = t.AsTime().Truncate(time.Microsecond)
	}
	return d
}

func rightsFromProto(rights []*membershipv1.FeatureRight) []domain.Right {
	out := make([]domain.Right, len(rights))
	for i, r := range rights {
		out[i] = domain.Right{Feature: r.GetFeature(), Level: domain.Level(r.GetLevel())}
	}
	return out
}

func roleFromProto(r membershipv1.PartnerRole) domain.Role {
	return domain.Role(fields.Word(r, "PARTNER_ROLE_"))
}

func assuranceToProto(a domain.Assurance) consentv1.Assurance {
	return fields.Enum[consentv1.Assurance](a, "ASSURANCE_")
}

// oneLine keeps line breaks and controls out of names and headings.
func oneLine(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, text)
	return strings.Join(strings.Fields(text), " ")
}

// proposalToProto leaves out what has no end of its own.
func proposalToProto(r domain.Record) *durationpb.Duration {
	if r.Proposed == domain.Lasting {
		return nil
	}
	return durationpb.New(r.Proposed)
}
