package pages

import (
	"fmt"
	"strings"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
)

// contactList is a firm's client contacts (R94), and the form for one more.
type contactList struct {
	Contacts []contactRow
	Dossiers []contactDossier
	Next     string
}

type contactRow struct{ ID, Name, Email, Dossiers string }

type contactDossier struct {
	ID, Name string
	Picked   bool
}

func contactsPage(c *call) error { return c.showContacts(form{}) }

func (c *call) showContacts(f form) error {
	dossiers, err := c.Clients.Dossiers.ListDossiers(c.ctx(), &partnersupportv1.ListDossiersRequest{PartnerId: c.org(), PageSize: 200})
	if err != nil {
		return fmt.Errorf("listing the dossiers: %w", err)
	}
	answer, err := c.Clients.Contacts.ListContacts(c.ctx(), &membershipv1.ListContactsRequest{
		PartnerId: c.org(), PageToken: c.r.URL.Query().Get("page"),
	})
	if err != nil {
		return fmt.Errorf("listing the contacts: %w", err)
	}
	data := contactList{Next: nextPage(c.r.URL.Query(), answer.GetNextPageToken())}
	names := map[string]string{}
	for _, one := range dossiers.GetDossiers() {
		names[one.GetId()] = one.GetClientName()
		data.Dossiers = append(data.Dossiers, contactDossier{
			ID: one.GetId(), Name: one.GetClientName(), Picked: f.Picked("dossier", one.GetId()),
		})
	}
	for _, one := range answer.GetContacts() {
		var of []string
		for _, dossier := range one.GetDossierIds() {
			of = append(of, names[dossier])
		}
		data.Contacts = append(data.Contacts, contactRow{
			ID: one.GetId(), Name: fullName(one.GetGivenName(), one.GetFamilyName()), Email: one.GetEmail(),
			Dossiers: strings.Join(of, ", "),
		})
	}
	return c.show(page{name: "contacts", title: "menu.contacts", crumbs: partnerCrumbs(), form: f, data: data})
}

// addContact attaches a person; whether Aval knows them is not told (R96).
func addContact(c *call) error {
	f := c.typed()
	f.need(c, "given_name", "family_name", "email")
	if len(f.values["dossier"]) == 0 {
		f.add("dossiers", c.text("contacts.pick"))
	}
	if len(f.Problems) > 0 {
		return c.showContacts(f)
	}
	email := strings.TrimSpace(f.Value("email"))
	requestID, err := c.requestID("contact")
	if err == nil {
		err = c.once(func() error {
			_, err := c.Clients.Contacts.AddContact(c.ctx(), &membershipv1.AddContactRequest{
				PartnerId: c.org(), Email: email, GivenName: strings.TrimSpace(f.Value("given_name")),
				FamilyName: strings.TrimSpace(f.Value("family_name")), DossierIds: f.values["dossier"], RequestId: requestID,
			})
			return err
		})
	}
	return c.afterContact(f, c.text("contacts.added", "email", email), err)
}

func removeContact(c *call) error {
	requestID, err := c.requestID("contact-row")
	if err == nil {
		_, err = c.Clients.Contacts.RemoveContact(c.ctx(), &membershipv1.RemoveContactRequest{
			PartnerId: c.org(), ContactId: c.r.PathValue("id"), RequestId: requestID,
		})
	}
	return c.afterContact(c.typed(), c.text("contacts.removed"), err)
}

func (c *call) afterContact(f form, done string, err error) error {
	if err != nil {
		f, err := c.refused(f, err)
		if err != nil {
			return err
		}
		return c.showContacts(f)
	}
	c.say(notice{Text: done})
	return c.redirect("/partner/contacts")
}

// firmPage is where a client's contact arrives: the client interface of a firm.
func firmPage(c *call) error {
	return c.show(page{name: "firm", title: "firm.title"})
}
