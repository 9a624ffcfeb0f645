package contract

import (
	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
)

// CollaboratorFilterFromProto reads a filter; empty for all.
func CollaboratorFilterFromProto(f v1.CollaboratorFilter) domain.CollaboratorFilter {
	return domain.CollaboratorFilter(fields.Word(f, "COLLABORATOR_FILTER_"))
}

// CollaboratorCountsToProto gives how many collaborators each filter finds.
func CollaboratorCountsToProto(c domain.CollaboratorCounts) *v1.CountCollaboratorsResponse {
	return &v1.CountCollaboratorsResponse{
		Total: c.Total, Invited: c.Invited, Unassigned: c.Unassigned, Pending: c.Pending, Active: c.Active,
		NeverUsed: c.NeverUsed, Expiring: c.Expiring, Lost: c.Lost,
	}
}
