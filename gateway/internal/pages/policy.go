package pages

import (
	"fmt"
	"net/url"
	"strconv"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
)

// policyPage shows what the client decided beforehand about its accesses.
func policyPage(c *call) error {
	found, err := c.Clients.Policies.GetConsentPolicy(c.ctx(), &consentv1.GetConsentPolicyRequest{OrganizationId: c.org()})
	if err != nil {
		return fmt.Errorf("getting the policy: %w", err)
	}
	p := found.GetPolicy()
	values := url.Values{
		"inactivity_days": {strconv.Itoa(int(p.GetInactivityDays()))}, "reconfirm_days": {strconv.Itoa(int(p.GetReconfirmDays()))},
	}
	if p.GetSecondFactor() {
		values.Set("second_factor", "yes")
	}
	for name, off := range map[string]bool{"no_visit_mails": p.GetNoVisitMails(), "no_daily_digest": p.GetNoDailyDigest(), "no_ledger_mails": p.GetNoLedgerMails()} {
		if off {
			values.Set(name, "yes")
		}
	}
	return c.showPolicy(form{values: values})
}

func (c *call) showPolicy(f form) error {
	return c.show(page{name: "policy", title: "policy.title", crumbs: crumbsUnless(false), form: f, data: []string{"no_visit_mails", "no_daily_digest", "no_ledger_mails"}})
}

// savePolicy keeps what was typed; a number that is none is the service's to
// refuse, as one that is out of bounds.
func savePolicy(c *call) error {
	f := c.typed()
	requestID, err := c.requestID("policy")
	if err == nil {
		_, err = c.Clients.Policies.UpdateConsentPolicy(c.ctx(), &consentv1.UpdateConsentPolicyRequest{
			OrganizationId: c.org(), RequestId: requestID, Policy: &consentv1.ConsentPolicy{
				InactivityDays: dayCount(f.Value("inactivity_days")), ReconfirmDays: daysOf(f.Value("reconfirm_days")),
				SecondFactor: f.Picked("second_factor", "yes"),
				NoVisitMails: f.Picked("no_visit_mails", "yes"), NoDailyDigest: f.Picked("no_daily_digest", "yes"), NoLedgerMails: f.Picked("no_ledger_mails", "yes"),
			},
		})
	}
	if err == nil {
		c.say(notice{Text: c.text("policy.saved")})
		return c.redirect("/assistance")
	}
	if f, err = c.refused(f, err); err != nil {
		return err
	}
	return c.showPolicy(f)
}

// dayCount reads a number of days; what is none is out of every bound.
func dayCount(typed string) int32 {
	days, err := strconv.ParseInt(typed, 10, 16)
	if err != nil {
		return -1
	}
	return int32(days)
}

// confirmAccess keeps an access going that pauses.
func confirmAccess(c *call) error {
	requestID, err := c.requestID("confirm-access")
	if err == nil {
		_, err = c.Clients.Policies.ConfirmConsent(c.ctx(), &consentv1.ConfirmConsentRequest{
			ConsentId: c.r.PathValue("id"), RequestId: requestID,
		})
	}
	if err != nil {
		f, err := c.refused(c.typed(), err)
		if err != nil {
			return err
		}
		for _, p := range f.Problems {
			c.say(notice{Text: p.Text, Warn: true})
		}
		return c.redirect("/assistance/" + c.r.PathValue("id"))
	}
	c.say(notice{Text: c.text("answered.confirmed")})
	return c.redirect("/assistance/" + c.r.PathValue("id"))
}
