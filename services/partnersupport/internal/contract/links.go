package contract

import (
	"google.golang.org/protobuf/types/known/timestamppb"

	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/outbox"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
)

// HelperToProto gives somebody of a partner as its clients see them.
func HelperToProto(c domain.Collaborator) *v1.Helper {
	return &v1.Helper{
		CollaboratorId: c.ID.Text(Collaborator), Name: c.Name(), PartnerRole: PartnerRoleToProto(c.PartnerRole),
	}
}

// PartnerToProto gives a dossier as its client sees it.
func PartnerToProto(d domain.Dossier) *v1.LinkedPartner {
	return &v1.LinkedPartner{
		DossierId:   d.ID.Text(Dossier),
		PartnerId:   d.PartnerID.Text(Organization),
		PartnerName: d.PartnerName,
		State:       fields.Enum[v1.DossierState](d.State, "DOSSIER_STATE_"),
		CreateTime:  timestamppb.New(d.CreateTime),
	}
}

// DossierEnded tells that a link is over.
func DossierEnded(d domain.Dossier, e domain.DossierEnding) outbox.Event {
	return outbox.Event{
		AggregateType: "dossier", AggregateID: d.ID, Version: d.Version, Tenant: d.PartnerID,
		Message: &v1.DossierEnded{
			DossierId: d.ID.Text(Dossier),
			PartnerId: d.PartnerID.Text(Organization),
			ClientId:  d.ClientID.Text(Organization),
			Side:      sideToProto(e.Side),
			ActorId:   e.ActorID.Text(User),
		},
	}
}

// DossierReopened tells that the client took a link up again.
func DossierReopened(d domain.Dossier, actor id.ID) outbox.Event {
	return outbox.Event{
		AggregateType: "dossier", AggregateID: d.ID, Version: d.Version, Tenant: d.PartnerID,
		Message: &v1.DossierReopened{
			DossierId: d.ID.Text(Dossier),
			PartnerId: d.PartnerID.Text(Organization),
			ClientId:  d.ClientID.Text(Organization),
			ActorId:   actor.Text(User),
		},
	}
}

func sideToProto(s domain.Side) v1.DossierSide {
	return fields.Enum[v1.DossierSide](s, "DOSSIER_SIDE_")
}
