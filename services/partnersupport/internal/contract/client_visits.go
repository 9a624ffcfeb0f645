package contract

import (
	"google.golang.org/protobuf/types/known/timestamppb"

	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
)

// ClientVisitToProto gives a visit as the client sees it.
func ClientVisitToProto(v postgres.ClientVisit, collaboratorName string) *v1.ClientVisit {
	return &v1.ClientVisit{
		SupportSessionId: v.ID.Text(Session),
		PartnerId:        v.PartnerID.Text(Organization),
		PartnerName:      v.PartnerName,
		CollaboratorName: collaboratorName,
		ProductName:      v.ProductName,
		Reason:           v.Reason,
		ConsentId:        v.ConsentID.Text(Consent),
		StartTime:        timestamppb.New(v.StartTime),
		ExpireTime:       timestamppb.New(v.ExpireTime),
	}
}
