package pages

import (
	"fmt"

	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
)

// suspendCollaborator denies the person everything for now.
func suspendCollaborator(c *call) error {
	requestID, err := c.requestID("collaborator-act")
	if err == nil {
		err = c.once(func() error { return c.suspendNow(requestID) })
	}
	return c.afterSuspension(err)
}

func (c *call) suspendNow(requestID string) error {
	done, err := c.Clients.Collaborators.SuspendCollaborator(c.ctx(), &partnersupportv1.SuspendCollaboratorRequest{
		PartnerId: c.org(), CollaboratorId: c.r.PathValue("id"), RequestId: requestID,
	})
	if err != nil {
		return fmt.Errorf("suspending the collaborator: %w", err)
	}
	c.say(notice{Text: c.text("staff.suspended"), Items: []string{c.count("receipt.visits", int(done.GetSupportSessionsEnded()))}})
	return nil
}

// restoreCollaborator takes the suspension back.
func restoreCollaborator(c *call) error {
	requestID, err := c.requestID("collaborator-act")
	if err == nil {
		err = c.once(func() error { return c.restoreNow(requestID) })
	}
	return c.afterSuspension(err)
}

func (c *call) restoreNow(requestID string) error {
	_, err := c.Clients.Collaborators.RestoreCollaborator(c.ctx(), &partnersupportv1.RestoreCollaboratorRequest{
		PartnerId: c.org(), CollaboratorId: c.r.PathValue("id"), RequestId: requestID,
	})
	if err != nil {
		return fmt.Errorf("restoring the collaborator: %w", err)
	}
	c.say(notice{Text: c.text("staff.restored")})
	return nil
}

func (c *call) afterSuspension(err error) error {
	if err == nil {
		return c.redirect("/partner/collaborators/" + c.r.PathValue("id"))
	}
	f, err := c.refused(c.typed(), err)
	if err != nil {
		return err
	}
	return c.showCollaborator(&f)
}
