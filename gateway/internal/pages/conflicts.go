package pages

import (
	"fmt"
	"strings"

	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
)

// disputes is the page "Conflits": where the partner comes second, and what it
// was asked where it is first (R83 to R87). Neither side is named (R127).
type disputes struct {
	Conflicts []disputeRow
	Requests  []releaseRow
	Next      string
}

type disputeRow struct {
	Assignment, Person, Client, Message string
	Ways                                []string
	Asked, Kept                         string
	// Certain: it is the same person, and the release can be asked for.
	Certain bool
}

type releaseRow struct {
	ID, Assignment, Dossier, Person, Client, Since, State, StateText string
	Open                                                             bool
}

func conflictsPage(c *call) error { return c.showConflicts(form{}) }

func (c *call) showConflicts(f form) error {
	query := c.r.URL.Query()
	found, err := c.Clients.Conflicts.ListConflicts(c.ctx(), &partnersupportv1.ListConflictsRequest{
		PartnerId: c.org(), PageToken: query.Get("page"),
	})
	if err != nil {
		return fmt.Errorf("listing the conflicts: %w", err)
	}
	asked, err := c.Clients.Conflicts.ListReleaseRequests(c.ctx(), &partnersupportv1.ListReleaseRequestsRequest{PartnerId: c.org()})
	if err != nil {
		return fmt.Errorf("listing the release requests: %w", err)
	}
	data := disputes{Next: nextPage(query, found.GetNextPageToken())}
	for _, one := range found.GetConflicts() {
		data.Conflicts = append(data.Conflicts, c.disputeRow(one))
	}
	for _, one := range asked.GetReleaseRequests() {
		data.Requests = append(data.Requests, c.releaseRow(one))
	}
	return c.show(page{name: "conflicts", title: "menu.conflicts", crumbs: partnerCrumbs(), form: f, data: data})
}

func (c *call) disputeRow(one *partnersupportv1.Conflict) disputeRow {
	row := disputeRow{
		Assignment: one.GetAssignmentId(), Person: one.GetCollaboratorName(), Client: one.GetClientName(),
		Message: one.GetMessage(), Ways: one.GetWaysOut(),
		Certain: one.GetKind() == partnersupportv1.ConflictKind_CONFLICT_KIND_EXACT,
	}
	if at := one.GetAskTime(); at != nil {
		row.Asked = c.dateTime(at.AsTime())
	}
	if at := one.GetKeepTime(); at != nil {
		row.Kept = c.dateTime(at.AsTime())
	}
	return row
}

func (c *call) releaseRow(one *partnersupportv1.ReleaseRequest) releaseRow {
	state := strings.TrimPrefix(one.GetState().String(), "RELEASE_REQUEST_STATE_")
	return releaseRow{
		ID: one.GetId(), Assignment: one.GetAssignmentId(), Dossier: one.GetDossierId(), Person: one.GetCollaboratorName(),
		Client: one.GetClientName(), Since: c.dateTime(one.GetCreateTime().AsTime()), State: state, StateText: c.text("release." + state),
		Open: one.GetState() == partnersupportv1.ReleaseRequestState_RELEASE_REQUEST_STATE_OPEN,
	}
}

// requestRelease asks the partner that was first, without naming anybody (R85).
func requestRelease(c *call) error {
	return c.settleConflict("conflict.asked", func(requestID string) error {
		_, err := c.Clients.Conflicts.RequestRelease(c.ctx(), &partnersupportv1.RequestReleaseRequest{
			PartnerId: c.org(), AssignmentId: c.r.PathValue("id"), RequestId: requestID,
		})
		return err
	})
}

// keepAssignment answers that the person stays.
func keepAssignment(c *call) error {
	return c.settleConflict("release.kept", func(requestID string) error {
		_, err := c.Clients.Conflicts.KeepAssignment(c.ctx(), &partnersupportv1.KeepAssignmentRequest{
			PartnerId: c.org(), ReleaseRequestId: c.r.PathValue("id"), RequestId: requestID,
		})
		return err
	})
}

func (c *call) settleConflict(done string, do func(requestID string) error) error {
	requestID, err := c.requestID("conflict")
	if err == nil {
		err = do(requestID)
	}
	if err != nil {
		f, err := c.refused(c.typed(), err)
		if err != nil {
			return err
		}
		return c.showConflicts(f)
	}
	c.say(notice{Text: c.text(done)})
	return c.redirect("/partner/conflicts")
}
