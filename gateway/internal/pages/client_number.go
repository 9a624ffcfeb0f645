package pages

import (
	"fmt"
	"strings"
	"time"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
)

// numberRefresh is how often the page looks for the client's answer, in
// seconds.
const numberRefresh = "5"

// spoken is the collaborator's page while the client is on the phone.
type spoken struct {
	Dossier, State, StateText string
	// Number is in two groups of four, as people say it; Site is where the
	// client types it.
	Number, Site string
	Until        time.Time
	// Waiting: the client has not answered; Moving: the page follows by itself.
	Waiting, Moving bool
}

func clientNumberPage(c *call) error { return c.showClientNumber(form{}) }

// showClientNumber follows the request. It makes no number.
func (c *call) showClientNumber(f form) error {
	answer, err := c.Clients.ClientNumbers.GetClientNumber(c.ctx(), &partnersupportv1.GetClientNumberRequest{
		PartnerId: c.org(), DossierId: c.r.PathValue("dossier"),
	})
	if err != nil {
		return fmt.Errorf("following a number: %w", err)
	}
	data := c.spoken(answer.GetClientNumber())
	if data.Moving {
		c.w.Header().Set("Refresh", numberRefresh)
	}
	return c.show(page{name: "client_number", title: "client_number.title", crumbs: partnerCrumbs("menu.dossiers"), form: f, data: data})
}

func (c *call) spoken(in *partnersupportv1.ClientNumber) spoken {
	state := strings.TrimPrefix(in.GetConsentState().String(), "CONSENT_STATE_")
	out := spoken{
		Dossier: c.r.PathValue("dossier"), State: state,
		StateText: c.text("client_number.over"),
		Waiting:   in.GetConsentState() <= consentv1.ConsentState_CONSENT_STATE_REQUESTED,
	}
	if key := "client_number." + state; c.has(key) {
		out.StateText = c.text(key)
	}
	if number := in.GetNumber(); len(number) == 8 {
		_, site, _ := strings.Cut(c.PublicURL, "://")
		out.Number, out.Site, out.Until = number[:4]+" "+number[4:], site+numberPath, in.GetExpireTime().AsTime()
		out.Moving = !c.r.URL.Query().Has("still")
	}
	return out
}

// issueNumber makes the number, and shows it.
func issueNumber(c *call) error {
	_, err := c.requestID("client-number")
	if err == nil {
		_, err = c.Clients.ClientNumbers.IssueClientNumber(c.ctx(), &partnersupportv1.IssueClientNumberRequest{
			PartnerId: c.org(), DossierId: c.r.PathValue("dossier"),
		})
	}
	if err == nil {
		return c.redirect(c.r.URL.Path)
	}
	f, err := c.refused(c.typed(), err)
	if err != nil {
		return err
	}
	return c.showClientNumber(f)
}
