package pages

import (
	"fmt"
	"strings"

	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

// minName is how much of a name finds somebody.
const minName = 2

// offering is the page "Donner un accès": a partner, and its people by name.
type offering struct {
	Partner string
	Name    string
	Helpers []helper
	// Searched says that a name was typed.
	Searched bool
}

type helper struct{ ID, Name, Role string }

func offerPage(c *call) error { return c.showOffer(form{values: c.r.URL.Query()}) }

func (c *call) showOffer(f form) error {
	link, err := c.link(func(one *partnersupportv1.LinkedPartner) bool { return one.GetDossierId() == c.r.PathValue("id") })
	if err != nil {
		return err
	}
	data := offering{Partner: link.GetPartnerName(), Name: strings.TrimSpace(f.Value("name"))}
	if data.Searched = len([]rune(data.Name)) >= minName; data.Searched {
		found, err := c.Clients.Offers.ListHelpers(c.ctx(), &partnersupportv1.ListHelpersRequest{
			ClientId: c.org(), DossierId: link.GetDossierId(), Name: data.Name,
		})
		if err != nil {
			return fmt.Errorf("looking for helpers: %w", err)
		}
		for _, one := range found.GetHelpers() {
			data.Helpers = append(data.Helpers, helper{
				ID: one.GetCollaboratorId(), Name: one.GetName(), Role: c.text("partner_role." + one.GetPartnerRole().String()),
			})
		}
	}
	return c.show(page{name: "offer", title: "offer.title", crumbs: []string{"menu.company", "menu.assistance"}, form: f, data: data})
}

// link finds one of the client's partners.
func (c *call) link(wanted func(*partnersupportv1.LinkedPartner) bool) (*partnersupportv1.LinkedPartner, error) {
	answer, err := c.Clients.Links.ListPartners(c.ctx(), &partnersupportv1.ListPartnersRequest{ClientId: c.org(), PageSize: 200})
	if err != nil {
		return nil, fmt.Errorf("listing the partners: %w", err)
	}
	for _, one := range answer.GetPartners() {
		if wanted(one) {
			return one, nil
		}
	}
	return nil, fault.NotFound()
}

// offerAccess prepares the question about the person chosen, and leads to it.
func offerAccess(c *call) error {
	f := c.typed()
	f.need(c, "helper")
	if len(f.Problems) == 0 {
		requestID, err := c.requestID("offer")
		if err == nil {
			err = c.once(func() error {
				return c.prepareAccess(&partnersupportv1.OfferAccessRequest{
					DossierId: c.r.PathValue("id"), CollaboratorId: f.Value("helper"), Reason: strings.TrimSpace(f.Value("reason")), RequestId: requestID,
				})
			})
		}
		if err == nil {
			return nil
		}
		if f, err = c.refused(f, err); err != nil {
			return err
		}
	}
	return c.showOffer(f)
}

// giveAgain prepares the question about somebody who had access before, or has
// it and is to have it for longer or to have more.
func giveAgain(c *call) error {
	before, err := c.getConsent()
	if err != nil {
		return err
	}
	link, err := c.link(func(one *partnersupportv1.LinkedPartner) bool {
		return one.GetPartnerId() == before.GetPartnerId() && one.GetState() == partnersupportv1.DossierState_DOSSIER_STATE_ACTIVE
	})
	if err != nil {
		return err
	}
	requestID, err := c.requestID("again")
	if err != nil {
		return err
	}
	return c.prepareAccess(&partnersupportv1.OfferAccessRequest{
		DossierId: link.GetDossierId(), AssignmentId: before.GetAssignmentId(), RequestId: requestID,
	})
}

// prepareAccess leads to the question, which is answered as any other.
func (c *call) prepareAccess(in *partnersupportv1.OfferAccessRequest) error {
	in.ClientId = c.org()
	made, err := c.Clients.Offers.OfferAccess(c.ctx(), in)
	if err != nil {
		return fmt.Errorf("preparing the access: %w", err)
	}
	return c.redirect("/assistance/" + made.GetConsentId())
}
