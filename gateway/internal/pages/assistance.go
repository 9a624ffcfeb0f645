package pages

import (
	"fmt"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

// accesses is the page "Accès d'assistance": who is inside, what waits, what
// runs, what was (R129).
type accesses struct {
	Visitors               visitors
	Pending, Present, Past []access
	// Next leads to more past ones.
	Next string
}

// access is one row.
type access struct {
	answered
	Reason string
	Asked  string
	Until  string
}

// getConsent reads the one that the address names.
func (c *call) getConsent() (*consentv1.Consent, error) {
	found, err := c.Clients.Consents.GetConsent(c.ctx(), &consentv1.GetConsentRequest{ConsentId: c.r.PathValue("id")})
	if err != nil {
		return nil, fmt.Errorf("getting the access: %w", err)
	}
	return found.GetConsent(), nil
}

func assistancePage(c *call) error { return c.showAssistance(form{}) }

func (c *call) showAssistance(f form) error {
	var data accesses
	var err error
	if data.Visitors, err = c.visitors(); err != nil {
		return err
	}
	if data.Pending, _, err = c.accesses("", consentv1.ConsentState_CONSENT_STATE_REQUESTED); err != nil {
		return err
	}
	if data.Present, _, err = c.accesses("", consentv1.ConsentState_CONSENT_STATE_GIVEN); err != nil {
		return err
	}
	if data.Past, data.Next, err = c.accesses(c.r.URL.Query().Get("page"), pastStates()...); err != nil {
		return err
	}
	return c.show(page{name: "assistance", title: "menu.assistance", crumbs: []string{"menu.company"}, form: f, data: data})
}

func pastStates() []consentv1.ConsentState {
	return []consentv1.ConsentState{
		consentv1.ConsentState_CONSENT_STATE_REFUSED, consentv1.ConsentState_CONSENT_STATE_EXPIRED_UNANSWERED,
		consentv1.ConsentState_CONSENT_STATE_CANCELLED, consentv1.ConsentState_CONSENT_STATE_WITHDRAWN,
		consentv1.ConsentState_CONSENT_STATE_TERMINATED, consentv1.ConsentState_CONSENT_STATE_EXPIRED,
		consentv1.ConsentState_CONSENT_STATE_SUPERSEDED, consentv1.ConsentState_CONSENT_STATE_INVALIDATED,
	}
}

func (c *call) accesses(pageToken string, states ...consentv1.ConsentState) ([]access, string, error) {
	size := int32(200)
	if len(states) > 1 {
		size = 25
	}
	answer, err := c.Clients.Consents.ListConsents(c.ctx(), &consentv1.ListConsentsRequest{
		OrganizationId: c.org(), States: states, PageSize: size, PageToken: pageToken,
	})
	if err != nil {
		return nil, "", fmt.Errorf("listing the accesses: %w", err)
	}
	var out []access
	for _, one := range answer.GetConsents() {
		out = append(out, access{
			answered: c.answered(one, nil), Reason: one.GetReason(),
			Asked: c.dateTime(one.GetCreateTime().AsTime()), Until: c.dateTime(one.GetRequestExpireTime().AsTime()),
		})
	}
	return out, answer.GetNextPageToken(), nil
}

// consentPage asks where an answer is awaited, and else tells the whole story.
func consentPage(c *call) error {
	found, err := c.getConsent()
	if err != nil {
		return err
	}
	state := found.GetState()
	change := c.r.URL.Query().Has("change") && state == consentv1.ConsentState_CONSENT_STATE_REFUSED
	if state == consentv1.ConsentState_CONSENT_STATE_REQUESTED || change {
		a, err := c.lookupConsent(c.r.PathValue("id"))
		if err != nil {
			return err
		}
		return c.showAsked(a, form{})
	}
	data, err := c.story(found)
	if err != nil {
		return err
	}
	return c.show(page{
		name: "answered", title: "answered." + data.State + ".title", crumbs: crumbsUnless(false), data: data,
	})
}

// story words one consent with its timeline, and what can still be done.
func (c *call) story(in *consentv1.Consent) (answered, error) {
	labels, err := c.featureLabels()
	if err != nil {
		return answered{}, err
	}
	out := c.answered(in, labels)
	if in.GetState() == consentv1.ConsentState_CONSENT_STATE_REFUSED {
		a, err := c.lookupConsent(in.GetId())
		if err == nil && a.mayOverturn {
			out.Change = c.r.URL.Path + "?change=yes"
		}
		return out, err
	}
	return out, nil
}

func answerConsent(c *call) error {
	a, err := c.lookupConsent(c.r.PathValue("id"))
	if fault.Is(err, reasonv1.Reason_REASON_CONSENT_NOT_PENDING) {
		return c.redirect(c.r.URL.Path)
	}
	if err != nil {
		return err
	}
	return c.answer(a)
}

// stopPage asks once: stopping takes no more steps than granting.
func stopPage(c *call) error {
	return c.showStop(form{})
}

func (c *call) showStop(f form) error {
	found, err := c.getConsent()
	if err != nil {
		return err
	}
	if found.GetState() != consentv1.ConsentState_CONSENT_STATE_GIVEN && len(f.Problems) == 0 {
		return c.redirect("/assistance/" + c.r.PathValue("id"))
	}
	return c.show(page{
		name: "stop", title: "stop.title", crumbs: crumbsUnless(false), form: f, data: c.answered(found, nil),
	})
}

// stop takes the yes back (R41). When it says so, nobody gets in any more.
func stop(c *call) error {
	requestID, err := c.requestID("stop")
	if err == nil {
		err = c.once(func() error { return c.withdraw(requestID) })
	}
	if err == nil || fault.Is(err, reasonv1.Reason_REASON_CONSENT_NOT_GIVEN) {
		return c.redirect("/assistance/" + c.r.PathValue("id"))
	}
	f, err := c.refused(c.typed(), err)
	if err != nil {
		return err
	}
	return c.showStop(f)
}

func (c *call) withdraw(requestID string) error {
	ended, err := c.Clients.Consents.WithdrawConsent(c.ctx(), &consentv1.WithdrawConsentRequest{
		ConsentId: c.r.PathValue("id"), RequestId: requestID,
	})
	if err != nil {
		return fmt.Errorf("withdrawing: %w", err)
	}
	c.say(notice{Text: c.text("stop.done", "who", ended.GetConsent().GetCollaboratorName(), "visits", c.visitsStopped(ended.GetSupportSessionsEnded()))})
	return nil
}

// features are the catalogue, by path.
func (c *call) features() ([]*membershipv1.Feature, error) {
	answer, err := c.Clients.Features.ListFeatures(c.ctx(), &membershipv1.ListFeaturesRequest{PageSize: 200})
	if err != nil {
		return nil, fmt.Errorf("listing the features: %w", err)
	}
	return answer.GetFeatures(), nil
}

func (c *call) featureLabels() (map[string]string, error) {
	all, err := c.features()
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, one := range all {
		out[one.GetPath()] = c.label(one)
	}
	return out, nil
}

func (c *call) label(f *membershipv1.Feature) string {
	if c.lang == "en" {
		return f.GetLabelEn()
	}
	return f.GetLabelFr()
}
