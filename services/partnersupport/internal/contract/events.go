package contract

import (
	"google.golang.org/protobuf/proto"

	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/outbox"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
)

// DossierActivated tells that a partner and a client were linked.
func DossierActivated(d domain.Dossier) outbox.Event {
	return outbox.Event{
		AggregateType: "dossier", AggregateID: d.ID, Version: d.Version, Tenant: d.PartnerID,
		Message: &v1.DossierActivated{
			DossierId: d.ID.Text(Dossier),
			PartnerId: d.PartnerID.Text(Organization),
			ClientId:  d.ClientID.Text(Organization),
		},
	}
}

// AssignmentParties are the ids that an assignment's events name and its row
// does not hold.
type AssignmentParties struct {
	ClientID, UserID id.ID
	// Extends: what it follows is the same person's.
	Extends bool
}

// AssignmentCreated tells that a partner wants a collaborator on a dossier.
func AssignmentCreated(a domain.Assignment, p AssignmentParties) outbox.Event {
	return outbox.Event{
		AggregateType: "assignment", AggregateID: a.ID, Version: a.Version, Tenant: a.PartnerID,
		Message: &v1.AssignmentCreated{
			AssignmentId: a.ID.Text(Assignment),
			PartnerId:    a.PartnerID.Text(Organization),
			ClientId:     p.ClientID.Text(Organization),
			UserId:       p.UserID.Text(User),
			ActorId:      a.RequesterID.Text(User),

			PredecessorId: a.PredecessorID.Text(Assignment),
			Offered:       a.Offered,
			Extends:       p.Extends,
		},
	}
}

// AssignmentEnded tells that an assignment is over.
func AssignmentEnded(a domain.Assignment, p AssignmentParties, by domain.Side) outbox.Event {
	return outbox.Event{
		AggregateType: "assignment", AggregateID: a.ID, Version: a.Version, Tenant: a.PartnerID,
		Message: &v1.AssignmentEnded{
			AssignmentId: a.ID.Text(Assignment),
			PartnerId:    a.PartnerID.Text(Organization),
			ClientId:     p.ClientID.Text(Organization),
			UserId:       p.UserID.Text(User),
			Reason:       endReasonToProto(a.EndReason),
			ActorId:      a.EndActorID.Text(User),
			Side:         sideToProto(by),
		},
	}
}

// CollaboratorLeft tells that a person no longer works for the partner.
func CollaboratorLeft(c domain.Collaborator, actor id.ID) outbox.Event {
	return outbox.Event{
		AggregateType: "collaborator", AggregateID: c.ID, Version: c.Version, Tenant: c.PartnerID,
		Message: &v1.CollaboratorLeft{
			CollaboratorId: c.ID.Text(Collaborator),
			PartnerId:      c.PartnerID.Text(Organization),
			UserId:         c.UserID.Text(User),
			ActorId:        actor.Text(User),
		},
	}
}

// SessionStarted tells that a collaborator entered a client's account.
func SessionStarted(s domain.SupportSession) outbox.Event {
	return sessionEvent(s, &v1.SupportSessionStarted{
		SupportSessionId: s.ID.Text(Session),
		PartnerId:        s.PartnerID.Text(Organization),
		ClientId:         s.ClientID.Text(Organization),
		UserId:           s.UserID.Text(User),
		ConsentId:        s.ConsentID.Text(Consent),
		ProductId:        s.ProductID.Text(Product),
	})
}

// SessionEnded tells that a visit is over, and whose act that was.
func SessionEnded(s domain.SupportSession, by domain.Side) outbox.Event {
	return sessionEvent(s, &v1.SupportSessionEnded{
		SupportSessionId: s.ID.Text(Session),
		PartnerId:        s.PartnerID.Text(Organization),
		ClientId:         s.ClientID.Text(Organization),
		UserId:           s.UserID.Text(User),
		ActorId:          s.EndActorID.Text(User),
		Side:             sideToProto(by),
	})
}

func sessionEvent(s domain.SupportSession, m proto.Message) outbox.Event {
	return outbox.Event{
		AggregateType: "support_session", AggregateID: s.ID, Version: s.Version, Tenant: s.PartnerID, Message: m,
	}
}
