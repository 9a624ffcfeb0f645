package pages

import (
	"fmt"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
)

// stopAllPage lists who would no longer come in, and asks once.
func stopAllPage(c *call) error {
	return c.showStopAll(form{})
}

func (c *call) showStopAll(f form) error {
	present, _, err := c.accesses("", consentv1.ConsentState_CONSENT_STATE_GIVEN)
	if err != nil {
		return err
	}
	if len(present) == 0 && len(f.Problems) == 0 {
		return c.redirect("/assistance")
	}
	return c.show(page{name: "stop_all", title: "stop_all.title", crumbs: crumbsUnless(false), form: f, data: present})
}

// stopAll takes every yes back. When it says so, nobody gets in any more.
func stopAll(c *call) error {
	requestID, err := c.requestID("stop-all")
	if err == nil {
		err = c.once(func() error { return c.withdrawAll(requestID) })
	}
	if err == nil {
		return c.redirect("/assistance")
	}
	f, err := c.refused(c.typed(), err)
	if err != nil {
		return err
	}
	return c.showStopAll(f)
}

func (c *call) withdrawAll(requestID string) error {
	ended, err := c.Clients.Consents.WithdrawConsents(c.ctx(), &consentv1.WithdrawConsentsRequest{
		OrganizationId: c.org(), RequestId: requestID,
	})
	if err != nil {
		return fmt.Errorf("withdrawing all: %w", err)
	}
	c.say(notice{Text: c.count("stop_all.done", int(ended.GetConsentsWithdrawn())) + " " + c.visitsStopped(ended.GetSupportSessionsEnded())})
	return nil
}
