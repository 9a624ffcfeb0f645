package pages

import (
	"fmt"
	"slices"
	"strings"
	"time"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

// stoppable is the page behind the link of a mail that lists who can come in.
// Nothing in it is ticked beforehand.
type stoppable struct {
	Greeting, Client string
	Rows             []stoppableRow
	// All are the accesses of all rows, as one value of the form: ticking it
	// stops what was shown and nothing that was given since.
	All string
}

// stoppableRow is one person who can come in.
type stoppableRow struct {
	ID, Who, Partner string
	Accountant, Team bool
	Picked           bool
	End              *time.Time
}

// stopLinkPage stores nothing: whoever fetches it uses nothing up (R128).
func stopLinkPage(c *call) error {
	return c.showStopLink(form{})
}

// showStopLink shows who can come in. A link that is too old leads to the same
// behind a sign-in.
func (c *call) showStopLink(f form) error {
	found, err := c.lookupAccesses()
	if fault.Is(err, reasonv1.Reason_REASON_LINK_EXPIRED) {
		c.say(notice{Text: c.text("stop_link.expired"), Warn: true})
		return c.redirect("/sign-in" + nextQuery("/assistance"))
	}
	if err != nil {
		return err
	}
	return c.showStoppable(found, f)
}

// lookupAccesses reads who can come in, in the recipient's language unless
// another was chosen.
func (c *call) lookupAccesses() (*consentv1.LookupAccessesResponse, error) {
	found, err := c.Clients.AccessStops.LookupAccesses(c.linkCtx(), &consentv1.LookupAccessesRequest{Token: c.r.PathValue("token")})
	if err != nil {
		return nil, fmt.Errorf("looking the accesses up: %w", err)
	}
	if known(found.GetLocale()) && !c.chosen {
		c.lang = found.GetLocale()
	}
	return found, nil
}

func (c *call) showStoppable(found *consentv1.LookupAccessesResponse, f form) error {
	data := stoppable{Client: found.GetClientName()}
	if name := found.GetRecipientGivenName(); name != "" {
		data.Greeting = c.text("consent.greeting", "name", name)
	}
	var all []string
	for _, one := range found.GetAccesses() {
		all = append(all, one.GetConsentId())
		data.Rows = append(data.Rows, stoppableRow{
			ID: one.GetConsentId(), Who: one.GetCollaboratorName(), Partner: one.GetPartnerName(),
			Accountant: one.GetPartnerRole() == membershipv1.PartnerRole_PARTNER_ROLE_ACCOUNTANT, Team: one.GetTeam(),
			Picked: f.Picked("access", one.GetConsentId()), End: moment(one.GetExpireTime()),
		})
	}
	if len(all) > 1 {
		data.All = strings.Join(all, " ")
	}
	return c.show(page{name: "stop_link", title: "stop_link.title", form: f, bare: true, data: data})
}

// stopByLink ends what was ticked. A form that comes back as it stood has ticked
// nothing (R128).
func stopByLink(c *call) error {
	f := c.typed()
	requestID, err := c.requestID("stop-link")
	ticked := strings.Fields(strings.Join(f.values["access"], " "))
	switch {
	case err == nil && len(ticked) == 0:
		f.add("access", c.text("stop_link.none_ticked"))
	case err == nil:
		err = c.once(func() error { return c.stopAccesses(slices.Compact(slices.Sorted(slices.Values(ticked))), requestID) })
	}
	if err == nil && len(f.Problems) == 0 {
		return c.redirect(c.r.URL.Path)
	}
	if fault.Is(err, reasonv1.Reason_REASON_PARTNER_SESSION_REFUSED) {
		return c.showPartnerRefused()
	}
	if err != nil {
		if f, err = c.refused(f, err); err != nil {
			return err
		}
	}
	return c.showStopLink(f)
}

// stopAccesses says how many are over when nobody gets in any more by them.
func (c *call) stopAccesses(ids []string, requestID string) error {
	ended, err := c.Clients.AccessStops.StopAccesses(c.linkCtx(), &consentv1.StopAccessesRequest{
		Token: c.r.PathValue("token"), ConsentIds: ids, RequestId: requestID,
	})
	if err != nil {
		return fmt.Errorf("stopping accesses: %w", err)
	}
	c.say(notice{Text: c.count("stop_all.done", int(ended.GetConsentsWithdrawn())) + " " + c.visitsStopped(ended.GetSupportSessionsEnded())})
	return nil
}

// visitsStopped says what became of visits that ran.
func (c *call) visitsStopped(n int32) string {
	if n == 0 {
		return c.text("stop.no_visit")
	}
	return c.count("stop.visits", int(n))
}
