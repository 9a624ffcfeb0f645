package contract

import (
	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
)

// DossierFilterFromProto reads a filter; empty for all.
func DossierFilterFromProto(f v1.DossierFilter) domain.DossierFilter {
	return domain.DossierFilter(fields.Word(f, "DOSSIER_FILTER_"))
}

// DossierCountsToProto gives how many dossiers each filter finds.
func DossierCountsToProto(c domain.DossierCounts) *v1.CountDossiersResponse {
	return &v1.CountDossiersResponse{
		Total: c.Total, Unassigned: c.Unassigned, Pending: c.Pending, Active: c.Active,
		NeverUsed: c.NeverUsed, Expiring: c.Expiring, Lost: c.Lost,
	}
}

// MyDossierToProto gives a dossier as whoever may enter it sees it.
func MyDossierToProto(d postgres.MyDossier) *v1.MyDossier {
	return &v1.MyDossier{
		DossierId:                d.ID.Text(Dossier),
		PartnerId:                d.PartnerID.Text(Organization),
		PartnerName:              d.PartnerName,
		ClientId:                 d.ClientID.Text(Organization),
		ClientName:               d.ClientName,
		ClientRegistrationNumber: d.ClientRegistrationNumber,
		ExpireTime:               optionalTime(d.ExpireTime),
	}
}
