package pages

import (
	"fmt"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
)

// assigning is the form "Affecter un support" for the dossiers ticked.
type assigning struct {
	Dossiers  []dossierRow
	Staff     []staffRow
	Waiting   int
	Durations []choice
}

// proposedLasting proposes an access without an end of its own.
const proposedLasting = "LASTING"

// proposals are what a partner can propose; the client chooses.
func proposals() map[string]time.Duration {
	return map[string]time.Duration{
		"DURATION_CHOICE_24_HOURS": day,
		"DURATION_CHOICE_1_WEEK":   7 * day,
		"DURATION_CHOICE_1_MONTH":  30 * day,
		"DURATION_CHOICE_1_YEAR":   365 * day,
	}
}

// assignPage follows the ticks on the page of dossiers.
func assignPage(c *call) error {
	ticked := c.r.URL.Query()["dossier"]
	if len(ticked) == 0 {
		f := form{values: c.r.URL.Query()}
		f.add("dossier", c.text("assign.none_ticked"))
		return c.showDossiers(f)
	}
	return c.showAssign(form{}, ticked)
}

func (c *call) showAssign(f form, ticked []string) error {
	found, err := c.findDossiers(ticked)
	if err != nil {
		return err
	}
	var data assigning
	for _, id := range ticked {
		if one := found[id]; one != nil {
			data.Dossiers = append(data.Dossiers, c.dossierRow(one))
		}
	}
	if data.Staff, data.Waiting, err = c.assignable(); err != nil {
		return err
	}
	for _, value := range []string{"DURATION_CHOICE_24_HOURS", "DURATION_CHOICE_1_WEEK", "DURATION_CHOICE_1_MONTH", "DURATION_CHOICE_1_YEAR", proposedLasting} {
		picked := f.Picked("duration", value) || f.Value("duration") == "" && value == "DURATION_CHOICE_1_WEEK"
		data.Durations = append(data.Durations, choice{Value: value, Label: c.text("duration." + value), Picked: picked})
	}
	return c.show(page{
		name: "assign", title: "assign.title", crumbs: partnerCrumbs("menu.dossiers"), form: f, data: data,
	})
}

// assignable are the collaborators who have set their password, and how many
// have not yet (R19).
func (c *call) assignable() ([]staffRow, int, error) {
	var out []staffRow
	waiting, pageToken := 0, ""
	for range maxScan {
		answer, err := c.Clients.Collaborators.ListCollaborators(c.ctx(), &partnersupportv1.ListCollaboratorsRequest{
			PartnerId: c.org(), PageSize: 200, PageToken: pageToken,
		})
		if err != nil {
			return nil, 0, fmt.Errorf("listing the collaborators: %w", err)
		}
		for _, one := range answer.GetCollaborators() {
			switch one.GetState() {
			case partnersupportv1.CollaboratorState_COLLABORATOR_STATE_READY:
				out = append(out, c.staffRow(one))
			case partnersupportv1.CollaboratorState_COLLABORATOR_STATE_INVITED:
				waiting++
			default:
			}
		}
		if pageToken = answer.GetNextPageToken(); pageToken == "" {
			break
		}
	}
	return out, waiting, nil
}

// assign asks every client ticked; each dossier has its own result (R22).
func assign(c *call) error {
	f := c.typed()
	ticked := c.r.PostForm["dossier"]
	if f.need(c, "collaborator_id"); len(ticked) == 0 {
		f.add("dossier", c.text("assign.none_ticked"))
	}
	if len(f.Problems) > 0 {
		return c.showAssign(f, ticked)
	}
	requestID, err := c.requestID("assign")
	var done *partnersupportv1.BatchCreateAssignmentsResponse
	if err == nil {
		err = c.once(func() (err error) {
			done, err = c.Clients.Assignments.BatchCreateAssignments(c.ctx(), c.wish(f, requestID))
			return err
		})
	}
	if err != nil {
		if f, err = c.refused(f, err); err != nil {
			return err
		}
		return c.showAssign(f, ticked)
	}
	return c.tellResults(done.GetResults())
}

func (c *call) wish(f form, requestID string) *partnersupportv1.BatchCreateAssignmentsRequest {
	in := &partnersupportv1.BatchCreateAssignmentsRequest{
		PartnerId: c.org(), CollaboratorId: f.Value("collaborator_id"), DossierIds: c.r.PostForm["dossier"],
		Reason: strings.TrimSpace(f.Value("reason")), Urgent: f.typed("urgent"), RequestId: requestID,
	}
	if proposed, ok := proposals()[f.Value("duration")]; ok {
		in.ProposedDuration = durationpb.New(proposed)
	}
	in.ProposedLasting = f.Value("duration") == proposedLasting
	return in
}

// tellResults says for how many dossiers the client is being asked, and why
// not for the others, by name.
func (c *call) tellResults(results []*partnersupportv1.AssignmentResult) error {
	names, err := c.findDossiers(c.r.PostForm["dossier"])
	if err != nil {
		return err
	}
	asked, n := 0, notice{}
	for _, one := range results {
		name := names[one.GetDossierId()].GetClientName()
		if one.GetErrorReason() == "" {
			asked++
			n.Items = append(n.Items, c.text("assign.asked", "client", name))
			if one.GetWarningReason() != "" {
				n.Warn = true
				n.Items = append(n.Items, c.text("assign.failed", "client", name, "why", one.GetWarningMessage()), c.text("conflict.see"))
			}
			continue
		}
		n.Warn = true
		n.Items = append(n.Items, c.text("assign.failed", "client", name, "why", one.GetErrorMessage()))
	}
	n.Text = c.count("assign.done", asked)
	c.say(n)
	return c.redirect("/partner/dossiers")
}
