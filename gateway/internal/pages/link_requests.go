package pages

import (
	"fmt"
	"strings"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

func newDossierPage(c *call) error { return c.showNewDossier(form{}) }

func (c *call) showNewDossier(f form) error {
	return c.show(page{name: "dossier_new", title: "dossier.new", crumbs: partnerCrumbs("menu.dossiers"), form: f})
}

// requestDossier asks a client, named by its id or its code, to be linked (R76).
func requestDossier(c *call) error {
	f := c.typed()
	f.need(c, "client")
	return c.newDossier(f, "dossier-request", func(requestID string) error {
		made, err := c.Clients.LinkRequests.RequestDossier(c.ctx(), &partnersupportv1.RequestDossierRequest{
			PartnerId: c.org(), Client: strings.TrimSpace(f.Value("client")), RequestId: requestID,
		})
		if err != nil {
			return fmt.Errorf("asking for a dossier: %w", err)
		}
		c.say(notice{Text: c.text("dossier.requested", "client", made.GetDossier().GetClientName())})
		return nil
	})
}

// createClient makes a client and links it; its owner gets an invitation.
func createClient(c *call) error {
	f := c.typed()
	f.need(c, "legal_name", "owner_email")
	return c.newDossier(f, "client-create", func(requestID string) error {
		made, err := c.Clients.LinkRequests.CreateClient(c.ctx(), &partnersupportv1.CreateClientRequest{
			PartnerId: c.org(), RequestId: requestID, Locale: c.lang,
			Identification: &membershipv1.Identification{
				LegalName: strings.TrimSpace(f.Value("legal_name")), RegistrationNumber: strings.TrimSpace(f.Value("registration_number")),
				PostalAddress: strings.TrimSpace(f.Value("postal_address")),
			},
			OwnerEmail: strings.TrimSpace(f.Value("owner_email")), OwnerGivenName: strings.TrimSpace(f.Value("owner_given_name")),
			OwnerFamilyName: strings.TrimSpace(f.Value("owner_family_name")),
		})
		if err != nil {
			return fmt.Errorf("creating a client: %w", err)
		}
		c.say(notice{Text: c.text("dossier.created", "client", made.GetDossier().GetClientName())})
		return nil
	})
}

// newDossier does what one of the page's two forms says, once.
func (c *call) newDossier(f form, purpose string, do func(requestID string) error) error {
	if len(f.Problems) > 0 {
		return c.showNewDossier(f)
	}
	requestID, err := c.requestID(purpose)
	if err == nil {
		err = c.once(func() error { return do(requestID) })
	}
	if err == nil {
		return c.redirect("/partner/dossiers")
	}
	if f, err = c.refused(f, err); err != nil {
		return err
	}
	return c.showNewDossier(f)
}

// acceptLink lets a partner be linked that asked; it gives no access.
func acceptLink(c *call) error {
	return c.answerLink("links.accepted", func(requestID string) error {
		_, err := c.Clients.LinkRequests.AcceptPartner(c.ctx(), &partnersupportv1.AcceptPartnerRequest{
			ClientId: c.org(), DossierId: c.r.PathValue("id"), RequestId: requestID,
		})
		return err
	})
}

// declineLink refuses the link.
func declineLink(c *call) error {
	return c.answerLink("links.declined", func(requestID string) error {
		_, err := c.Clients.LinkRequests.DeclinePartner(c.ctx(), &partnersupportv1.DeclinePartnerRequest{
			ClientId: c.org(), DossierId: c.r.PathValue("id"), RequestId: requestID,
		})
		return err
	})
}

func (c *call) answerLink(done string, answer func(requestID string) error) error {
	requestID, err := c.requestID("link")
	if err == nil {
		err = answer(requestID)
	}
	return c.linkDone(done, err)
}

// linkDone goes back to the page of partners, with the word or the refusal.
func (c *call) linkDone(done string, err error) error {
	if err != nil {
		f, err := c.refused(c.typed(), err)
		if err != nil {
			return err
		}
		return c.showLinks(f)
	}
	c.say(notice{Text: c.text(done)})
	return c.redirect("/assistance/partners")
}

// clientCode is the client's; empty while there is none.
func (c *call) clientCode() (string, error) {
	answer, err := c.Clients.LinkRequests.GetClientCode(c.ctx(), &partnersupportv1.GetClientCodeRequest{ClientId: c.org()})
	if fault.Is(err, reasonv1.Reason_REASON_NOT_FOUND) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("reading the client's code: %w", err)
	}
	return answer.GetClientCode().GetCode(), nil
}

// renewCode makes a code in place of the old one.
func renewCode(c *call) error {
	requestID, err := c.requestID("client-code")
	if err == nil {
		_, err = c.Clients.LinkRequests.RenewClientCode(c.ctx(), &partnersupportv1.RenewClientCodeRequest{ClientId: c.org(), RequestId: requestID})
	}
	return c.linkDone("links.code.made", err)
}
