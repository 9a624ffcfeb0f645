package pages

import (
	"fmt"
	"net/http"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

// asked is one request for consent as its page needs it, behind a link or
// signed in.
type asked struct {
	consent *consentv1.Consent
	text    *consentv1.ConsentText
	// limit is the longest duration that the reader may give; 0: any.
	limit time.Duration
	// recipient is the reader's first name, if known.
	recipient string
	approve   func(*consentv1.Answer, string) error
	decline   func(denial, string) error
	// mayOverturn says that the reader may turn the recorded no into a yes.
	mayOverturn bool
	// token is the link's; empty for a page of a session.
	token string
	// link says that the page stands behind a link, without a session.
	link bool
	// look is that of the partner's pages; nil: ours (R8).
	look *look
	// bundle is what the request is one of, where they are answered together.
	bundle *bundle
}

// denial is a no, which may block the partner, or a not-now with the time of its
// reminder.
type denial struct {
	reason string
	notNow bool
	block  bool
	remind *durationpb.Duration
}

// linkPage is the consent page. It stores nothing: whoever fetches it, scanner
// or person, uses nothing up (R128).
func linkPage(c *call) error {
	a, err := c.lookupLink()
	if err != nil {
		return err
	}
	if f, ok := c.keptAnswer(a); ok {
		return c.showCode(f)
	}
	return c.showAsked(a, form{})
}

func answerByLink(c *call) error {
	a, err := c.lookupLink()
	if err != nil {
		return err
	}
	return c.answer(a)
}

// lookupLink asks for the text in the language that the reader chose, and else
// takes the recipient's own.
func (c *call) lookupLink() (asked, error) {
	token, locale := c.r.PathValue("token"), ""
	if posted := c.r.PostForm.Get("text_locale"); known(posted) {
		c.lang, locale = posted, posted
	} else if c.chosen {
		locale = c.lang
	}
	found, err := c.Clients.Consents.LookupRequest(c.linkCtx(), &consentv1.LookupRequestRequest{
		Token: token, Locale: locale, ConsentId: c.r.PathValue("consent"),
	})
	if err != nil {
		return asked{}, fmt.Errorf("looking the request up: %w", err)
	}
	if known(found.GetText().GetLocale()) {
		c.lang = found.GetText().GetLocale()
	}
	a := asked{
		consent: found.GetConsent(), text: found.GetText(), recipient: found.GetRecipientGivenName(),
		limit: found.GetMaxDuration().AsDuration(), mayOverturn: found.GetMayOverturn(), link: true, token: token,
	}
	a.look = c.lookOf(a.consent.GetPartnerId())
	c.bindAnswers(&a)
	return a, nil
}

// bindAnswers finds the way in which a request behind a link is answered.
func (c *call) bindAnswers(a *asked) {
	a.approve, a.decline = c.byLink(*a)
	if c.signedIn && c.org() == a.consent.GetClientId() && len(c.session.FactorsDue) == 0 {
		// Who is signed in at the company needs no code.
		a.approve, a.decline = c.bySession(a.consent.GetId())
	}
}

// byLink answers on the strength of the link and of a device that is known.
func (c *call) byLink(a asked) (approve func(*consentv1.Answer, string) error, decline func(denial, string) error) {
	approve = func(answer *consentv1.Answer, requestID string) error {
		_, err := c.Clients.Consents.ApproveByLink(c.linkCtx(), &consentv1.ApproveByLinkRequest{
			Token: a.token, ConsentId: a.consent.GetId(), Device: c.device(), Answer: answer, RequestId: requestID,
		})
		return err
	}
	decline = func(d denial, requestID string) error {
		_, err := c.Clients.Consents.DeclineByLink(c.linkCtx(), &consentv1.DeclineByLinkRequest{
			Token: a.token, ConsentId: a.consent.GetId(), Device: c.device(), Reason: d.reason, NotNow: d.notNow, RemindAfter: d.remind, Block: d.block, RequestId: requestID,
		})
		return err
	}
	return approve, decline
}

// bySession answers as the person who is signed in.
func (c *call) bySession(id string) (approve func(*consentv1.Answer, string) error, decline func(denial, string) error) {
	approve = func(answer *consentv1.Answer, requestID string) error {
		_, err := c.Clients.Consents.ApproveConsent(c.ctx(), &consentv1.ApproveConsentRequest{
			ConsentId: id, Answer: answer, RequestId: requestID,
		})
		return err
	}
	decline = func(d denial, requestID string) error {
		_, err := c.Clients.Consents.DeclineConsent(c.ctx(), &consentv1.DeclineConsentRequest{
			ConsentId: id, Reason: d.reason, NotNow: d.notNow, RemindAfter: d.remind, Block: d.block, RequestId: requestID,
		})
		return err
	}
	return approve, decline
}

// lookupConsent is the same page for a member of the company.
func (c *call) lookupConsent(id string) (asked, error) {
	locale := c.lang
	if posted := c.r.PostForm.Get("text_locale"); known(posted) {
		c.lang, locale = posted, posted
	}
	found, err := c.Clients.Consents.LookupConsent(c.ctx(), &consentv1.LookupConsentRequest{ConsentId: id, Locale: locale})
	if err != nil {
		return asked{}, fmt.Errorf("looking the request up: %w", err)
	}
	a := asked{
		consent: found.GetConsent(), text: found.GetText(), limit: found.GetMaxDuration().AsDuration(),
		mayOverturn: found.GetMayOverturn(),
	}
	a.look = c.lookOf(a.consent.GetPartnerId())
	a.approve, a.decline = c.bySession(id)
	return a, nil
}

// showAsked shows the question, or the answer that is recorded.
func (c *call) showAsked(a asked, f form) error {
	switch {
	case a.bundle != nil:
		return c.showGroup(*a.bundle, f)
	case c.signedIn && c.org() == a.consent.GetPartnerId():
		return c.showPartnerRefused()
	case !c.open(a):
		return c.showAnswered(a)
	}
	return c.show(page{
		look: a.look, name: "consent", titleText: a.text.GetTitle(), form: f, bare: a.link, crumbs: crumbsUnless(a.link),
		data: c.question(a, f),
	})
}

// open tells whether the request is to be answered: it waits, or its reader
// wishes to go back on a no.
func (c *call) open(a asked) bool {
	return a.consent.GetState() == consentv1.ConsentState_CONSENT_STATE_REQUESTED || c.overturns(a)
}

func (c *call) overturns(a asked) bool {
	wished := c.r.URL.Query().Has("change") || c.r.PostForm.Has("change")
	return wished && a.mayOverturn && a.consent.GetState() == consentv1.ConsentState_CONSENT_STATE_REFUSED
}

func crumbsUnless(link bool) []string {
	if link {
		return nil
	}
	return []string{"menu.company", "menu.assistance"}
}

// showPartnerRefused is shown to a browser that is signed in at the partner
// who asks: the answer is the client's.
func (c *call) showPartnerRefused() error {
	return c.show(page{
		name: "error", title: "consent.partner_session", status: http.StatusForbidden, bare: true,
		data: fault.Text(reasonv1.Reason_REASON_PARTNER_SESSION_REFUSED, c.lang),
	})
}

// answer takes what was pressed. A form that comes back as it stood has chosen
// nothing, and is refused before anything is sent (R128).
func (c *call) answer(a asked) error {
	f := c.typed()
	if c.signedIn && c.org() == a.consent.GetPartnerId() {
		return c.showPartnerRefused()
	}
	if !c.open(a) {
		return c.redirect(c.r.URL.Path)
	}
	requestID, err := c.requestID("consent")
	if err == nil && a.link && f.typed("code") {
		if err := c.confirmCode(a, f); err != nil {
			return c.askCode(a, f, err)
		}
	}
	if err == nil {
		err = c.send(a, &f, requestID)
	}
	if err == nil && len(f.Problems) == 0 {
		return c.redirect(c.r.URL.Path)
	}
	return c.askAgain(a, f, err)
}

// send gives the answer on, or notes in the form what is missing.
func (c *call) send(a asked, f *form, requestID string) error {
	switch f.Value("answer") {
	case "yes":
		answer := c.yes(a, f)
		if len(f.Problems) > 0 {
			return nil
		}
		answer.Overturn = c.overturns(a)
		return c.once(func() error { return a.approve(answer, requestID) })
	case "not_now", "no", "block":
		return c.sayNo(a, *f, requestID)
	default:
		f.add("answer", c.text("consent.answer.required"))
		return nil
	}
}

// sayNo gives a no on, or a not-now with the reminder that was chosen.
func (c *call) sayNo(a asked, f form, requestID string) error {
	no := denial{reason: f.Value("why"), notNow: f.Value("answer") == "not_now", block: f.Value("answer") == "block"}
	said := "consent.not_now.noted"
	if after, ok := reminderOf(f.Value("remind")); ok && no.notNow {
		no.remind, said = durationpb.New(after), "consent.not_now.reminded"
	}
	err := c.once(func() error { return a.decline(no, requestID) })
	if err == nil && no.notNow {
		c.say(notice{Text: c.text(said)})
	}
	return err
}

// askAgain shows the question again with what is wrong. An answer that came
// first is shown in place of an error.
func (c *call) askAgain(a asked, f form, refusal error) error {
	switch {
	case fault.Is(refusal, reasonv1.Reason_REASON_CONSENT_NOT_PENDING):
		return c.redirect(c.r.URL.Path)
	case fault.Is(refusal, reasonv1.Reason_REASON_PARTNER_SESSION_REFUSED):
		return c.showPartnerRefused()
	case fault.Is(refusal, reasonv1.Reason_REASON_CONSENT_CODE_REQUIRED):
		return c.sendCode(a, f)
	case fault.Is(refusal, reasonv1.Reason_REASON_SECOND_FACTOR_REQUIRED):
		return c.signInToAnswer(a, "consent.factor")
	case fault.Is(refusal, reasonv1.Reason_REASON_CONSENT_SIGN_IN_REQUIRED):
		return c.signInToAnswer(a, "consent.sign_in")
	case refusal != nil:
		var err error
		if f, err = c.refused(f, refusal); err != nil {
			return err
		}
	}
	return c.showAsked(a, f)
}

// signInToAnswer leads to the same request behind a sign-in, and says why.
func (c *call) signInToAnswer(a asked, why string) error {
	c.say(notice{Text: c.text(why), Warn: true})
	return c.redirect("/sign-in" + nextQuery("/assistance/"+a.consent.GetId()))
}
