package app

import (
	"fmt"
	"strings"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/consent/internal/postgres"
	"github.com/aval-access/aval/services/kit/bus"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/id"
)

// ids are what a fact names, in their outer form; empty where nothing.
type ids struct {
	account, actor, partner, subject, consent, grant, session string
	// object is what the fact is about, in outer form.
	object string
	// ofPartner: the actor acted for the partner.
	ofPartner bool
	// detail tells apart facts that share a subject.
	detail string
	// feature is the one that the fact is about.
	feature string
	changes []postgres.Change
}

// entryOf makes the entry of an event; false when it touches no account.
func entryOf(e bus.Event) (postgres.Entry, bool, error) {
	named, ok := idsOf(e.Message)
	if !ok {
		return postgres.Entry{}, false, nil
	}
	entry := postgres.Entry{
		ID: id.New(), Time: e.Time, Action: e.Subject + named.detail, Object: named.object,
		Outcome: postgres.Done, Source: "event", RequestID: e.ID.Text("evt"),
		Feature: named.feature, Changes: named.changes,
	}
	for _, field := range []struct {
		to           *id.ID
		prefix, text string
	}{
		{&entry.AccountID, "org", named.account},
		{&entry.ActorID, "usr", named.actor},
		{&entry.PartnerID, "org", named.partner},
		{&entry.SubjectID, "usr", named.subject},
		{&entry.ConsentID, "cns", named.consent},
		{&entry.GrantID, "grt", named.grant},
		{&entry.SupportSessionID, "sup", named.session},
	} {
		if err := parse(field.to, field.prefix, field.text); err != nil {
			return postgres.Entry{}, false, fmt.Errorf("reading fact %s: %w", e.Subject, err)
		}
	}
	if named.ofPartner {
		entry.ActingForID = entry.PartnerID
	}
	return entry, true, nil
}

func parse(to *id.ID, prefix, text string) (err error) {
	if text != "" {
		*to, err = id.Parse(prefix, text)
	}
	return err
}

func idsOf(message any) (ids, bool) {
	for _, of := range []func(any) (ids, bool){invitationIDs, membershipIDs, organizationIDs, supportIDs, blockIDs} {
		if named, ok := of(message); ok {
			return named, true
		}
	}
	return consentIDs(message)
}

func supportIDs(message any) (ids, bool) {
	switch m := message.(type) {
	case *partnersupportv1.DossierActivated:
		return ids{account: m.GetClientId(), partner: m.GetPartnerId(), object: m.GetDossierId()}, true
	case *partnersupportv1.DossierRequested:
		return ids{account: m.GetClientId(), partner: m.GetPartnerId(), object: m.GetDossierId(), actor: m.GetActorId(), ofPartner: true}, true
	case *partnersupportv1.DossierAccepted, *partnersupportv1.DossierDeclined, *partnersupportv1.DossierReopened:
		return linkAnswerIDs(m)
	case *partnersupportv1.DossierEnded:
		return ids{
			account: m.GetClientId(), partner: m.GetPartnerId(), object: m.GetDossierId(), actor: m.GetActorId(),
			ofPartner: !byClient(m),
			detail:    "#" + strings.TrimPrefix(m.GetSide().String(), "DOSSIER_SIDE_"),
		}, true
	case *partnersupportv1.AssignmentCreated:
		out := ids{
			account: m.GetClientId(), partner: m.GetPartnerId(), subject: m.GetUserId(),
			actor: m.GetActorId(), ofPartner: true, object: m.GetAssignmentId(),
		}
		if m.GetPredecessorId() != "" {
			out.detail = "#RELAY"
		}
		if m.GetExtends() {
			out.detail = "#EXTEND"
		}
		if m.GetOffered() {
			out.detail, out.ofPartner = "#OWN", false
		}
		return out, true
	case *partnersupportv1.AssignmentEnded:
		return ids{
			account: m.GetClientId(), partner: m.GetPartnerId(), subject: m.GetUserId(),
			actor: m.GetActorId(), ofPartner: !byClient(m), object: m.GetAssignmentId(),
		}, true
	case *partnersupportv1.SupportSessionStarted:
		return ids{
			account: m.GetClientId(), partner: m.GetPartnerId(), subject: m.GetUserId(), actor: m.GetUserId(),
			ofPartner: true, consent: m.GetConsentId(), session: m.GetSupportSessionId(), object: m.GetProductId(),
		}, true
	case *partnersupportv1.SupportSessionEnded:
		out := ids{
			account: m.GetClientId(), partner: m.GetPartnerId(), subject: m.GetUserId(), actor: m.GetActorId(),
			ofPartner: !byClient(m), session: m.GetSupportSessionId(),
		}
		if byClient(m) {
			out.detail = "#CLIENT"
		}
		return out, true
	default:
		return ownIDs(m)
	}
}

// ownIDs are of facts for the partner's own history: no client's has them.
func ownIDs(message any) (ids, bool) {
	switch m := message.(type) {
	case *partnersupportv1.CollaboratorEnteredUntagged: // the client has the visit's
		return ids{account: m.GetPartnerId(), subject: m.GetUserId(), session: m.GetSupportSessionId(), object: m.GetClientId()}, true
	case *partnersupportv1.ReleaseRequested: // who asks is named nowhere
		return ids{account: m.GetPartnerId(), subject: m.GetUserId(), object: m.GetAssignmentId()}, true
	case *partnersupportv1.ReleaseKept:
		return ids{account: m.GetPartnerId(), subject: m.GetUserId(), actor: m.GetActorId(), object: m.GetAssignmentId()}, true
	case *partnersupportv1.CollaboratorTagged:
		return ids{
			account: m.GetPartnerId(), subject: m.GetUserId(), actor: m.GetActorId(), object: m.GetCollaboratorId(),
			changes: []postgres.Change{{
				What: "tag", Before: fields.Word(m.GetBefore(), "TAG_KIND_"), After: fields.Word(m.GetAfter(), "TAG_KIND_"),
			}},
		}, true
	default:
		return ids{}, false
	}
}

// byClient tells that somebody of the client did it: the partner does not learn
// who.
func byClient(m interface {
	GetSide() partnersupportv1.DossierSide
}) bool {
	return m.GetSide() == partnersupportv1.DossierSide_DOSSIER_SIDE_CLIENT
}

// linkAnswerIDs are those of what somebody of the client decided on a link.
func linkAnswerIDs(message any) (ids, bool) {
	m, ok := message.(interface {
		GetClientId() string
		GetPartnerId() string
		GetDossierId() string
		GetActorId() string
	})
	if !ok {
		return ids{}, false
	}
	return ids{account: m.GetClientId(), partner: m.GetPartnerId(), object: m.GetDossierId(), actor: m.GetActorId()}, true
}

func blockIDs(message any) (ids, bool) {
	switch m := message.(type) {
	case *consentv1.PartnerBlocked:
		return ids{account: m.GetClientId(), partner: m.GetPartnerId(), actor: m.GetActorId()}, true
	case *consentv1.ConsentPolicyChanged:
		return ids{account: m.GetClientId(), actor: m.GetActorId()}, true
	case *consentv1.HistoryRead:
		return ids{account: m.GetOrganizationId(), object: m.GetReason()}, true
	case *consentv1.PartnerUnblocked:
		return ids{account: m.GetClientId(), partner: m.GetPartnerId(), actor: m.GetActorId()}, true
	default:
		return ids{}, false
	}
}

func consentIDs(message any) (ids, bool) {
	named, ok := message.(interface{ GetConsent() *consentv1.ConsentRef })
	if !ok {
		return ids{}, false
	}
	ref := named.GetConsent()
	out := ids{
		account: ref.GetClientId(), partner: ref.GetPartnerId(), subject: ref.GetUserId(),
		consent: ref.GetConsentId(), grant: ref.GetGrantId(), object: ref.GetAssignmentId(),
	}
	if acted, ok := message.(interface{ GetActorId() string }); ok {
		out.actor = acted.GetActorId()
	}
	switch m := message.(type) {
	case *consentv1.ConsentRequested:
		out.actor, out.ofPartner = m.GetOfferedById(), m.GetOfferedById() == ""
		if !out.ofPartner {
			out.detail = "#OWN"
		}
	case *consentv1.ConsentReminded:
		out.ofPartner = true
	case *consentv1.ConsentGiven:
		if m.GetOverturned() {
			out.detail = "#OVERTURNED"
		}
	case *consentv1.ConsentNarrowed:
		before, after := m.GetBefore(), m.GetAfter()
		out.changes = append(differing("end_time", momentOf(before.GetExpireTime()), momentOf(after.GetExpireTime())),
			rightChanges(before.GetRights(), after.GetRights())...)
	case *consentv1.ConsentEnded:
		out.ofPartner = m.GetParty() == consentv1.Party_PARTY_PARTNER
		out.detail = "#" + strings.TrimPrefix(m.GetState().String(), "CONSENT_STATE_")
		if m.GetState() == consentv1.ConsentState_CONSENT_STATE_CANCELLED && m.GetParty() == consentv1.Party_PARTY_CLIENT {
			out.detail = "#CLIENT_CANCELLED" // with the whole link, not by the partner
		}
	}
	return out, true
}
