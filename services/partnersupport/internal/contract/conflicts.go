package contract

import (
	"google.golang.org/protobuf/types/known/timestamppb"

	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/outbox"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
	"github.com/aval-access/aval/services/partnersupport/internal/wording"
)

// Release is the prefix of a release request's id.
const Release = "rel"

// ConflictToProto gives a conflict as the partner that came second may see it:
// nothing of the first (R127).
func ConflictToProto(v postgres.ConflictView, locale string) *v1.Conflict {
	return &v1.Conflict{
		AssignmentId:     v.ID.Text(Assignment),
		DossierId:        v.DossierID.Text(Dossier),
		ClientName:       v.ClientName,
		CollaboratorId:   v.CollaboratorID.Text(Collaborator),
		CollaboratorName: v.CollaboratorName,
		Kind:             fields.Enum[v1.ConflictKind](v.Kind, "CONFLICT_KIND_"),
		Message:          fault.Text(Reason(v.Kind.Warning()), locale),
		WaysOut:          wording.WaysOut(locale),
		AskTime:          optionalTime(v.AskTime),
		KeepTime:         optionalTime(v.KeepTime),
	}
}

// ReleaseToProto gives a release request as the partner that was first may see
// it: nothing of who asks.
func ReleaseToProto(v postgres.ReleaseView) *v1.ReleaseRequest {
	return &v1.ReleaseRequest{
		Id:               v.ID.Text(Release),
		AssignmentId:     v.AssignmentID.Text(Assignment),
		DossierId:        v.DossierID.Text(Dossier),
		ClientName:       v.ClientName,
		CollaboratorId:   v.CollaboratorID.Text(Collaborator),
		CollaboratorName: v.CollaboratorName,
		State:            fields.Enum[v1.ReleaseRequestState](v.State(v.Live), "RELEASE_REQUEST_STATE_"),
		CreateTime:       timestamppb.New(v.CreateTime),
	}
}

// ReleaseRequested tells the partner that was first, and nobody else.
func ReleaseRequested(r domain.ReleaseRequest, user id.ID) outbox.Event {
	return outbox.Event{
		AggregateType: "release_request", AggregateID: r.ID, Version: r.Version, Tenant: r.PartnerID,
		Message: &v1.ReleaseRequested{
			ReleaseRequestId: r.ID.Text(Release),
			PartnerId:        r.PartnerID.Text(Organization),
			AssignmentId:     r.AssignmentID.Text(Assignment),
			UserId:           user.Text(User),
		},
	}
}

// ReleaseKept tells that the person stays.
func ReleaseKept(r domain.ReleaseRequest, user id.ID) outbox.Event {
	return outbox.Event{
		AggregateType: "release_request", AggregateID: r.ID, Version: r.Version, Tenant: r.PartnerID,
		Message: &v1.ReleaseKept{
			ReleaseRequestId: r.ID.Text(Release),
			PartnerId:        r.PartnerID.Text(Organization),
			AssignmentId:     r.AssignmentID.Text(Assignment),
			UserId:           user.Text(User),
			ActorId:          r.KeepActorID.Text(User),
		},
	}
}
