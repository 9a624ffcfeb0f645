package pages

import (
	"fmt"

	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

// ending is the page that ends everything between the partner and a client.
type ending struct{ Client string }

func endDossierPage(c *call) error { return c.showEndDossier(form{}) }

func (c *call) showEndDossier(f form) error {
	found, err := c.dossier()
	if err != nil {
		return err
	}
	return c.show(page{
		name: "dossier_end", title: "dossier.end", crumbs: partnerCrumbs("menu.dossiers"), form: f,
		data: ending{Client: found.GetClientName()},
	})
}

// endDossier ends the link once REMOVE is typed, and shows what ended.
func endDossier(c *call) error {
	f := c.typed()
	requestID, err := c.requestID("dossier-end")
	if err == nil {
		err = c.once(func() error { return c.endDossierNow(f.Value("confirm"), requestID) })
	}
	if err == nil {
		return c.redirect("/partner/dossiers")
	}
	if f, err = c.refused(f, err); err != nil {
		return err
	}
	return c.showEndDossier(f)
}

func (c *call) endDossierNow(confirm, requestID string) error {
	done, err := c.Clients.Links.EndDossier(c.ctx(), &partnersupportv1.EndDossierRequest{
		PartnerId: c.org(), DossierId: c.r.PathValue("dossier"), Confirm: confirm, RequestId: requestID,
	})
	if err != nil {
		return fmt.Errorf("ending the dossier: %w", err)
	}
	c.say(notice{Text: c.text("dossier.ended"), Items: c.receipt(done.GetReceipt())})
	return nil
}

// linkRow is a partner of the client.
type linkRow struct {
	ID, Name, Since string
	// Asked: the partner waits for the client's word.
	Over, Asked bool
}

// linkList is the page "Vos partenaires".
type linkList struct {
	Rows    []linkRow
	Blocked []blockRow
	Next    string
	// Code is what the client passes on to a partner; empty: there is none.
	Code string
}

func linksPage(c *call) error { return c.showLinks(form{}) }

func (c *call) showLinks(f form) error {
	answer, err := c.Clients.Links.ListPartners(c.ctx(), &partnersupportv1.ListPartnersRequest{
		ClientId: c.org(), PageToken: c.r.URL.Query().Get("page"),
	})
	if err != nil {
		return fmt.Errorf("listing the partners: %w", err)
	}
	data := linkList{Next: nextPage(c.r.URL.Query(), answer.GetNextPageToken())}
	for _, one := range answer.GetPartners() {
		data.Rows = append(data.Rows, c.linkRow(one))
	}
	if data.Code, err = c.clientCode(); err != nil {
		return err
	}
	if data.Blocked, err = c.blocked(); err != nil {
		return err
	}
	return c.show(page{name: "links", title: "links.title", crumbs: []string{"menu.company", "menu.assistance"}, form: f, data: data})
}

func (c *call) linkRow(one *partnersupportv1.LinkedPartner) linkRow {
	return linkRow{
		ID: one.GetDossierId(), Name: one.GetPartnerName(), Since: c.date(one.GetCreateTime().AsTime()),
		Over:  one.GetState() == partnersupportv1.DossierState_DOSSIER_STATE_ENDED,
		Asked: one.GetState() == partnersupportv1.DossierState_DOSSIER_STATE_PENDING,
	}
}

func endLinkPage(c *call) error { return c.showEndLink(form{}) }

func (c *call) showEndLink(f form) error {
	answer, err := c.Clients.Links.ListPartners(c.ctx(), &partnersupportv1.ListPartnersRequest{ClientId: c.org(), PageSize: 200})
	if err != nil {
		return fmt.Errorf("listing the partners: %w", err)
	}
	for _, one := range answer.GetPartners() {
		if one.GetDossierId() == c.r.PathValue("id") {
			return c.show(page{
				name: "link_end", title: "links.end", crumbs: []string{"menu.company", "menu.assistance"}, form: f, data: c.linkRow(one),
			})
		}
	}
	return fault.NotFound()
}

// endLink ends everything that a partner has with the client, in one press.
func endLink(c *call) error {
	requestID, err := c.requestID("link")
	if err == nil {
		err = c.once(func() error { return c.endLinkNow(requestID) })
	}
	if err == nil {
		return c.redirect("/assistance/partners")
	}
	f, err := c.refused(c.typed(), err)
	if err != nil {
		return err
	}
	return c.showEndLink(f)
}

func (c *call) endLinkNow(requestID string) error {
	done, err := c.Clients.Links.EndPartner(c.ctx(), &partnersupportv1.EndPartnerRequest{
		ClientId: c.org(), DossierId: c.r.PathValue("id"), RequestId: requestID,
	})
	if err != nil {
		return fmt.Errorf("ending the link: %w", err)
	}
	in := done.GetReceipt()
	c.say(notice{Text: c.text("links.ended"), Items: []string{
		c.count("receipt.requests", int(in.GetRequests())), c.count("receipt.grants", int(in.GetGrants())),
		c.count("receipt.visits", int(in.GetSupportSessions())),
	}})
	return nil
}

// reopenLink lets a partner ask again whose link was ended.
func reopenLink(c *call) error {
	requestID, err := c.requestID("link")
	if err == nil {
		_, err = c.Clients.Links.ReopenPartner(c.ctx(), &partnersupportv1.ReopenPartnerRequest{
			ClientId: c.org(), DossierId: c.r.PathValue("id"), RequestId: requestID,
		})
	}
	if err != nil {
		f, err := c.refused(c.typed(), err)
		if err != nil {
			return err
		}
		return c.showLinks(f)
	}
	c.say(notice{Text: c.text("links.reopened")})
	return c.redirect("/assistance/partners")
}
