package pages

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

// entering is the page that goes into one dossier.
type entering struct {
	Dossier dossierRow
	// Explained says in words what happened instead of entering, with Steps to
	// go on.
	Explained string
	Steps     []string
	// Waits: the client has not answered, and may be on the phone.
	Waits string
}

func enterPage(c *call) error { return c.showEnter(form{}, nil) }

func (c *call) showEnter(f form, refusal error) error {
	found, err := c.dossier()
	// A dossier that was taken away has left the collaborator's list; a tab that
	// stood open since before is told why all the same.
	if err != nil && !(explained(fault.ReasonOf(refusal)) && fault.Is(err, reasonv1.Reason_REASON_NOT_FOUND)) {
		return err
	}
	if err := c.allowProducts(); err != nil {
		return err
	}
	data := entering{Dossier: c.dossierRow(found)}
	status := 0
	if details, ok := fault.Details(refusal); ok {
		status = http.StatusConflict
		data.Explained, data.Steps = c.explain(details)
		if details.Reason() == reasonv1.Reason_REASON_CONSENT_PENDING {
			data.Waits = "/partner/dossiers/" + c.r.PathValue("dossier") + "/number"
		}
	}
	return c.show(page{
		name: "enter", title: "enter.title", status: status, crumbs: partnerCrumbs("menu.dossiers"), form: f, data: data,
	})
}

// allowProducts lets the forms of this page lead on to the products: browsers
// hold a form's redirect against form-action too.
func (c *call) allowProducts() error {
	answer, err := c.Clients.Products.ListProducts(c.ctx(), &partnersupportv1.ListProductsRequest{PageSize: 200})
	if err != nil {
		return fmt.Errorf("listing the products: %w", err)
	}
	for _, one := range answer.GetProducts() {
		if origin := originOf(one.GetEnterUrl()); origin != "" {
			c.formActions = append(c.formActions, origin)
		}
	}
	return nil
}

// originOf is scheme and host of a web address, or "". Nothing in it can end
// the header's directive.
func originOf(address string) string {
	to, err := url.Parse(address)
	if err != nil || to.Host == "" || to.Scheme != "https" && to.Scheme != "http" {
		return ""
	}
	origin := to.Scheme + "://" + to.Host
	if strings.ContainsAny(origin, " ;,'\"\t\r\n") {
		return ""
	}
	return origin
}

// enter goes straight into the product where the client agreed (R29). The
// address is the one that the service answered, and no other.
func enter(c *call) error {
	f := c.typed()
	_, err := c.requestID("enter")
	if err == nil {
		err = c.goIn(f.Value("reason"))
	}
	if err == nil {
		return nil
	}
	if explained(fault.ReasonOf(err)) {
		return c.showEnter(f, err)
	}
	if fault.Is(err, reasonv1.Reason_REASON_FACTOR_ENROLMENT_REQUIRED) {
		c.say(notice{Text: c.text("factors.needed"), Warn: true})
		return c.redirect("/account/factors" + nextQuery(c.r.URL.Path))
	}
	if f, err = c.refused(f, err); err != nil {
		return err
	}
	return c.showEnter(f, nil)
}

// goIn starts the visit and sends the browser on. The address holds a one-time
// code: nothing keeps it.
func (c *call) goIn(reason string) error {
	in, err := c.Clients.Dossiers.EnterDossier(c.ctx(), &partnersupportv1.EnterDossierRequest{
		PartnerId: c.org(), DossierId: c.r.PathValue("dossier"), Reason: strings.TrimSpace(reason),
	})
	if err != nil {
		return fmt.Errorf("entering: %w", err)
	}
	if originOf(in.GetRedirectUrl()) == "" {
		return errors.New("entering: the product's address is no web address")
	}
	c.w.Header().Set("Referrer-Policy", "no-referrer")
	c.w.Header().Set("Cache-Control", "no-store")
	return c.redirect(in.GetRedirectUrl())
}

// explained tells the refusals that say what happened instead (R27, R28).
func explained(r reasonv1.Reason) bool {
	switch r {
	case reasonv1.Reason_REASON_CONSENT_PENDING, reasonv1.Reason_REASON_CONSENT_REFUSED, reasonv1.Reason_REASON_NOT_ASSIGNED,
		reasonv1.Reason_REASON_ACCESS_NOT_STARTED, reasonv1.Reason_REASON_NOBODY_TO_ASK:
		return true
	default:
		return false
	}
}

// explain words what happened: whether the client was just asked again, and
// when asking becomes possible.
func (c *call) explain(e *fault.Error) (string, []string) {
	meta := e.Metadata()
	switch e.Reason() {
	case reasonv1.Reason_REASON_CONSENT_PENDING:
		steps := []string{c.text("enter.pending.next")}
		switch meta["reminded"] {
		case "true":
			steps = append([]string{c.text("enter.reminded")}, steps...)
		case "false":
			steps = append([]string{c.text("enter.reminded_today")}, steps...)
		}
		return c.text("enter.pending"), steps
	case reasonv1.Reason_REASON_NOBODY_TO_ASK:
		return c.reason(e), nil
	case reasonv1.Reason_REASON_ACCESS_NOT_STARTED:
		if start, err := time.Parse(time.RFC3339, meta["start_time"]); err == nil {
			return c.text("enter.later", "at", c.dateTime(start)), nil
		}
		return c.reason(e), nil
	case reasonv1.Reason_REASON_CONSENT_REFUSED:
		if at, err := time.Parse(time.RFC3339, meta["retry_time"]); err == nil {
			return c.text("enter.refused"), []string{c.text("enter.refused.from", "at", c.dateTime(at))}
		}
		return c.text("enter.refused"), []string{c.text("enter.refused.later")}
	default:
		return c.text("enter.not_assigned"), []string{c.text("enter.not_assigned.next")}
	}
}
