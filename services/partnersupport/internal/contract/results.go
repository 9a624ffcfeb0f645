package contract

import (
	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
)

// AssignmentRow is what became of one dossier of a batch.
type AssignmentRow struct {
	DossierID  id.ID
	Assignment domain.Assignment
	Refusal    domain.Refusal // empty: accepted
}

// ResultForm says how the rows of a batch are shown.
type ResultForm struct {
	CollaboratorName string
	// Locale of the refusals' texts.
	Locale string
	// HideAssignments leaves out what was never stored.
	HideAssignments bool
}

// AssignmentResults gives the rows of a batch, in their order.
func AssignmentResults(rows []AssignmentRow, form ResultForm) *v1.BatchCreateAssignmentsResponse {
	return &v1.BatchCreateAssignmentsResponse{Results: fields.Each(rows, form.result)}
}

func (f ResultForm) result(r AssignmentRow) *v1.AssignmentResult {
	out := &v1.AssignmentResult{DossierId: r.DossierID.Text(Dossier)}
	switch {
	case r.Refusal != "":
		out.ErrorReason = string(r.Refusal)
		out.ErrorMessage = fault.Text(Reason(r.Refusal), f.Locale)
	case !f.HideAssignments:
		out.Assignment = AssignmentToProto(r.Assignment, f.CollaboratorName)
	}
	return out
}

// Reason gives the registered reason of a refusal.
func Reason(r domain.Refusal) reasonv1.Reason {
	return fields.Enum[reasonv1.Reason](r, "REASON_")
}
