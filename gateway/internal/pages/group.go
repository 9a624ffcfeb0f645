package pages

import (
	"fmt"
	"strings"
	"time"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

// bundle is several requests of one partner behind one link. Each is answered
// for itself: one press, and yet a consent and a receipt for each.
type bundle struct {
	greeting string
	look     *look
	requests []asked
	names    []string // of the companies, beside the requests
}

// bundlePage is the form of several requests. Nothing in it is chosen
// beforehand.
type bundlePage struct {
	Greeting string
	Partner  *membershipv1.Identification
	Address  []string
	Open     []bundleRow
	Done     []bundleRow
	Choices  []choice
	Limited  bool
	// Earliest and Latest bound the date.
	Earliest, Latest string
}

// bundleRow is one person for one company.
type bundleRow struct {
	ID, Who, Client, Reason, Path string
	// Accountant: it is about bookkeeping, not assistance (R7).
	Accountant bool
	Text       *consentv1.ConsentText
	Ticked     bool
	// State words what was answered; End is when it ends by itself.
	State string
	End   *time.Time
}

// groupPage stores nothing: whoever fetches it uses nothing up (R128).
func groupPage(c *call) error {
	b, err := c.lookupGroup()
	if err != nil {
		return err
	}
	if f, ok := c.keptAnswer(b.anchor()); ok {
		return c.showCode(f)
	}
	return c.showGroup(b, form{})
}

func (c *call) lookupGroup() (bundle, error) {
	token, locale := c.r.PathValue("token"), ""
	if posted := c.r.PostForm.Get("text_locale"); known(posted) {
		c.lang, locale = posted, posted
	} else if c.chosen {
		locale = c.lang
	}
	found, err := c.Clients.RequestGroups.LookupRequestGroup(c.linkCtx(), &consentv1.LookupRequestGroupRequest{Token: token, Locale: locale})
	if err != nil {
		return bundle{}, fmt.Errorf("looking the requests up: %w", err)
	}
	if known(found.GetLocale()) {
		c.lang = found.GetLocale()
	}
	var out bundle
	if name := found.GetRecipientGivenName(); name != "" {
		out.greeting = c.text("consent.greeting", "name", name)
	}
	for _, one := range found.GetRequests() {
		a := asked{consent: one.GetConsent(), text: one.GetText(), limit: one.GetMaxDuration().AsDuration(), token: token, link: true}
		c.bindAnswers(&a)
		out.requests, out.names = append(out.requests, a), append(out.names, one.GetClientName())
	}
	out.look = c.lookOf(out.requests[0].consent.GetPartnerId()) // consent gives no empty answer
	return out, nil
}

// anchor stands for all in what is asked once: the code and the sign-in.
func (b bundle) anchor() asked {
	first := b.requests[0] // those that wait stand first
	first.bundle = &b
	return first
}

func (c *call) showGroup(b bundle, f form) error {
	first := b.requests[0]
	if c.signedIn && c.org() == first.consent.GetPartnerId() {
		return c.showPartnerRefused()
	}
	data := bundlePage{
		Greeting: b.greeting, Partner: first.consent.GetPartner(), Address: linesOf(first.consent.GetPartner().GetPostalAddress()),
	}
	shortest := asked{consent: &consentv1.Consent{Offered: true}} // several proposals: none is labelled
	for i, one := range b.requests {
		row := c.bundleRow(one, b.names[i])
		if !c.open(one) {
			data.Done = append(data.Done, row)
			continue
		}
		row.Ticked = f.Picked("request", row.ID)
		data.Open = append(data.Open, row)
		if one.limit > 0 && (shortest.limit == 0 || one.limit < shortest.limit) {
			shortest.limit = one.limit
		}
	}
	now := c.Clock.Now()
	data.Choices, data.Earliest, data.Latest = c.durations(shortest, f, now), now.In(c.zone).Format(dateForm), addMonths(now, 24).In(c.zone).Format(dateForm)
	if data.Limited = shortest.limit > 0; data.Limited {
		data.Latest = now.Add(shortest.limit).In(c.zone).Format(dateForm)
	}
	return c.show(page{look: b.look, name: "group", titleText: first.text.GetTitle(), form: f, bare: true, data: data})
}

func (c *call) bundleRow(a asked, client string) bundleRow {
	state := strings.TrimPrefix(a.consent.GetState().String(), "CONSENT_STATE_")
	return bundleRow{
		ID: a.consent.GetId(), Who: a.consent.GetCollaboratorName(), Client: client, Reason: a.consent.GetReason(),
		Accountant: a.consent.GetPartnerRole() == membershipv1.PartnerRole_PARTNER_ROLE_ACCOUNTANT,
		Path:       "/g/" + a.token + "/" + a.consent.GetId(), Text: a.text,
		State: c.text("answered." + state + ".title"), End: moment(a.consent.GetExpireTime()),
	}
}

// answerGroup takes one press for all that is ticked. A form that comes back as
// it stood has ticked nothing (R128).
func answerGroup(c *call) error {
	b, err := c.lookupGroup()
	if err != nil {
		return err
	}
	f, anchor := c.typed(), b.anchor()
	if c.signedIn && c.org() == anchor.consent.GetPartnerId() {
		return c.showPartnerRefused()
	}
	requestID, err := c.requestID("consent")
	if err == nil && f.typed("code") {
		if err := c.confirmCode(anchor, f); err != nil {
			return c.askCode(anchor, f, err)
		}
	}
	given := 0
	if err == nil {
		given, err = c.sendGroup(b, &f, requestID)
	}
	if err != nil || len(f.Problems) > 0 {
		return c.askAgain(anchor, f, err)
	}
	c.say(notice{Text: c.count("group.given", given)})
	return c.redirect(c.r.URL.Path)
}

// sendGroup gives each yes on, and answers how many there were. What was
// answered meanwhile stays as it is; a refusal of one keeps no other from its
// own.
func (c *call) sendGroup(b bundle, f *form, requestID string) (int, error) {
	given := 0
	for i, one := range b.requests {
		consent := one.consent.GetId()
		if !f.Picked("request", consent) || !c.open(one) {
			continue
		}
		read := form{values: f.values}
		answer := c.yes(one, &read)
		if f.Problems = append(f.Problems, read.Problems...); len(read.Problems) > 0 {
			return given, nil
		}
		answer.TextHash = f.Value("text_hash." + consent)
		err := c.once(func() error { return one.approve(answer, requestID+"."+consent) })
		switch {
		case err == nil:
			given++
		case fault.Is(err, reasonv1.Reason_REASON_CONSENT_NOT_PENDING):
		case asksForProof(err):
			return given, err
		default:
			if err := c.refusedRow(f, b.names[i], err); err != nil {
				return given, err
			}
		}
	}
	if given == 0 && len(f.values["request"]) == 0 {
		f.add("request", c.text("group.none_ticked"))
	}
	return given, nil
}

// asksForProof tells a refusal that concerns who answers, and so all rows.
func asksForProof(err error) bool {
	for _, reason := range []reasonv1.Reason{
		reasonv1.Reason_REASON_CONSENT_CODE_REQUIRED, reasonv1.Reason_REASON_SECOND_FACTOR_REQUIRED,
		reasonv1.Reason_REASON_CONSENT_SIGN_IN_REQUIRED, reasonv1.Reason_REASON_PARTNER_SESSION_REFUSED,
	} {
		if fault.Is(err, reason) {
			return true
		}
	}
	return false
}

// refusedRow says beside the rows why one of them was refused.
func (c *call) refusedRow(f *form, client string, err error) error {
	words, err := c.refused(form{values: f.values}, err)
	if err != nil {
		return err
	}
	for _, p := range words.Problems {
		f.add("request", client+" : "+p.Text)
	}
	return nil
}
