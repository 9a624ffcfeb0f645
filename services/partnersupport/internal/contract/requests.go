package contract

import (
	"google.golang.org/protobuf/types/known/timestamppb"

	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/outbox"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
)

// ClientCodeToProto gives a client's code as people pass it on.
func ClientCodeToProto(k domain.ClientCode) *v1.ClientCode {
	return &v1.ClientCode{Code: k.Shown(), CreateTime: timestamppb.New(k.CreateTime)}
}

// DossierRequested tells that a partner asks for a link.
func DossierRequested(d domain.Dossier) outbox.Event {
	return outbox.Event{
		AggregateType: "dossier", AggregateID: d.ID, Version: d.Version, Tenant: d.PartnerID,
		Message: &v1.DossierRequested{
			DossierId: d.ID.Text(Dossier),
			PartnerId: d.PartnerID.Text(Organization),
			ClientId:  d.ClientID.Text(Organization),
			ActorId:   d.RequesterID.Text(User),
		},
	}
}

// DossierAccepted tells that the client lets the partner be linked.
func DossierAccepted(d domain.Dossier, actor id.ID) outbox.Event {
	return outbox.Event{
		AggregateType: "dossier", AggregateID: d.ID, Version: d.Version, Tenant: d.PartnerID,
		Message: &v1.DossierAccepted{
			DossierId: d.ID.Text(Dossier),
			PartnerId: d.PartnerID.Text(Organization),
			ClientId:  d.ClientID.Text(Organization),
			ActorId:   actor.Text(User),
		},
	}
}

// DossierDeclined tells that the client does not want the link.
func DossierDeclined(d domain.Dossier, actor id.ID) outbox.Event {
	return outbox.Event{
		AggregateType: "dossier", AggregateID: d.ID, Version: d.Version, Tenant: d.PartnerID,
		Message: &v1.DossierDeclined{
			DossierId: d.ID.Text(Dossier),
			PartnerId: d.PartnerID.Text(Organization),
			ClientId:  d.ClientID.Text(Organization),
			ActorId:   actor.Text(User),
		},
	}
}
