package pages

import (
	"fmt"
	"slices"
	"strings"

	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
)

// relay is the page "Passer le relais": whose clients, and who takes over
// (R36).
type relay struct {
	staffRow
	Clients []relayRow
	Staff   []staffRow
	// Alone says that one client is meant, and not a choice of them.
	Alone bool
}

type relayRow struct {
	clientRow
	Ticked bool
}

func handOverPage(c *call) error { return c.showHandOver(form{values: c.r.URL.Query()}) }

// showHandOver lists the person's clients: those ticked, or all of them where
// the page was not opened for one.
func (c *call) showHandOver(f form) error {
	found, err := c.findCollaborator(c.r.PathValue("id"))
	if err != nil {
		return err
	}
	data := relay{staffRow: c.staffRow(found), Alone: len(f.values["assignment"]) == 1}
	clients, err := c.clientsOf(found)
	if err != nil {
		return err
	}
	for _, one := range clients {
		ticked := f.Picked("assignment", one.Assignment)
		if ticked || !data.Alone {
			data.Clients = append(data.Clients, relayRow{one, ticked || !f.typed("assignment")})
		}
	}
	if data.Staff, err = c.successors(found.GetId()); err != nil {
		return err
	}
	return c.show(page{
		name: "handover", title: "handover.title", crumbs: partnerCrumbs("menu.collaborators"), form: f, data: data,
	})
}

// successors are who can take over from a person.
func (c *call) successors(from string) ([]staffRow, error) {
	staff, _, err := c.assignable()
	return slices.DeleteFunc(staff, func(one staffRow) bool { return one.ID == from || one.Suspended }), err
}

// handOver asks every client ticked for the successor; each has its own result.
func handOver(c *call) error {
	f := c.typed()
	if f.need(c, "successor_id"); len(c.r.PostForm["assignment"]) == 0 {
		f.add("assignment", c.text("handover.none_ticked"))
	}
	if len(f.Problems) > 0 {
		return c.showHandOver(f)
	}
	requestID, err := c.requestID("handover")
	if err == nil {
		err = c.once(func() error { return c.handOverNow(f, requestID) })
	}
	if err == nil {
		return c.redirect("/partner/collaborators/" + c.r.PathValue("id"))
	}
	if f, err = c.refused(f, err); err != nil {
		return err
	}
	return c.showHandOver(f)
}

func (c *call) handOverNow(f form, requestID string) error {
	done, err := c.Clients.HandOvers.HandOverCollaborator(c.ctx(), &partnersupportv1.HandOverCollaboratorRequest{
		PartnerId: c.org(), CollaboratorId: c.r.PathValue("id"), AssignmentIds: c.r.PostForm["assignment"], RequestId: requestID,
		HandOver: &partnersupportv1.HandOver{
			SuccessorId: f.Value("successor_id"), Reason: strings.TrimSpace(f.Value("reason")),
			DetachNow: f.Picked("detach_now", "yes"), Confirm: f.Value("confirm"),
		},
	})
	if err != nil {
		return fmt.Errorf("handing over: %w", err)
	}
	asked, n := 0, notice{}
	for _, one := range done.GetResults() {
		if one.GetErrorReason() == "" {
			asked++
			continue
		}
		n.Warn = true
		n.Items = append(n.Items, one.GetErrorMessage())
	}
	n.Text = c.count("handover.done", asked)
	c.say(n)
	return nil
}
