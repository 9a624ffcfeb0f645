package contract

import (
	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/outbox"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
)

// CreditToProto gives what counts for one client.
func CreditToProto(c domain.Credit) *v1.ManagedCredit {
	out := &v1.ManagedCredit{
		DossierId:     c.DossierID.Text(Dossier),
		ClientId:      c.ClientID.Text(Organization),
		ClientName:    c.ClientName,
		Credited:      c.Credited(),
		Visits:        c.Visits,
		Collaborators: c.Collaborators,
		AmountMinor:   c.AmountMinor,
		Currency:      c.Currency,
	}
	if c.Untagged {
		out.Obstacles = append(out.Obstacles, v1.CreditObstacle_CREDIT_OBSTACLE_UNTAGGED)
	}
	if c.Conflicting {
		out.Obstacles = append(out.Obstacles, v1.CreditObstacle_CREDIT_OBSTACLE_CONFLICT)
	}
	return out
}

// CreditStageToProto gives how firm a month is.
func CreditStageToProto(s domain.CreditStage) v1.CreditStage {
	return fields.Enum[v1.CreditStage](s, "CREDIT_STAGE_")
}

// EnteredUntagged tells that somebody without a tag entered.
func EnteredUntagged(c domain.Collaborator, s domain.SupportSession) outbox.Event {
	return sessionEvent(s, &v1.CollaboratorEnteredUntagged{
		SupportSessionId: s.ID.Text(Session),
		PartnerId:        s.PartnerID.Text(Organization),
		ClientId:         s.ClientID.Text(Organization),
		CollaboratorId:   c.ID.Text(Collaborator),
		UserId:           s.UserID.Text(User),
	})
}
