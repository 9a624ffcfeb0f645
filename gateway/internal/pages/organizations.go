package pages

import (
	"fmt"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
)

// place is an organisation that the person can go to.
type place struct {
	ID, Name, What string
	Here           bool
}

// picker is the page "Entreprises": memberships apart from support, and what
// waits for an answer.
type picker struct {
	// Firms are partners on whose staff the person helps clients; Companies are
	// those where they are a member, or a client's contact (R97).
	Firms, Companies []place
	// Helped are the clients that they may enter, for any of the firms.
	Helped      helped
	Invitations []offer
	Next        string
}

// offer is a pending invitation.
type offer struct{ ID, Organization, As string }

func (c *call) places() []place {
	var out []place
	for _, one := range c.contexts {
		out = append(out, c.placeOf(one))
	}
	return out
}

func (c *call) placeOf(one *membershipv1.Context) place {
	id := one.GetOrganization().GetId()
	return place{
		ID: id, Name: nameOf(one), What: c.standing(one.GetRole(), one.GetPartnerRole()), Here: id == c.org(),
	}
}

// standing words what somebody is in an organisation.
func (c *call) standing(role membershipv1.Role, staff membershipv1.PartnerRole) string {
	if role == membershipv1.Role_ROLE_MEMBER && staff != membershipv1.PartnerRole_PARTNER_ROLE_UNSPECIFIED {
		return c.text("partner_role." + staff.String())
	}
	if role == membershipv1.Role_ROLE_UNSPECIFIED {
		role = membershipv1.Role_ROLE_MEMBER
	}
	return c.text("role." + role.String())
}

func pickerPage(c *call) error {
	if err := c.loadContexts(); err != nil {
		return err
	}
	return c.showPicker(form{})
}

func (c *call) showPicker(f form) error {
	mine, err := c.Clients.Invitations.ListMyInvitations(c.ctx(), &membershipv1.ListMyInvitationsRequest{PageSize: 200})
	if err != nil {
		return fmt.Errorf("listing my invitations: %w", err)
	}
	data := picker{Next: ownPath(c.r.FormValue("next"))}
	for _, one := range c.contexts {
		if one.GetInterface() == membershipv1.Interface_INTERFACE_PARTNER {
			data.Firms = append(data.Firms, c.placeOf(one))
		} else {
			data.Companies = append(data.Companies, c.placeOf(one))
		}
	}
	if len(data.Firms) > 0 {
		if data.Helped, err = c.helped(); err != nil {
			return err
		}
	}
	for _, one := range mine.GetInvitations() {
		data.Invitations = append(data.Invitations, offer{
			ID: one.GetId(), Organization: one.GetOrganizationName(), As: c.standing(one.GetRole(), one.GetPartnerRole()),
		})
	}
	return c.show(page{name: "organizations", title: "picker.title", form: f, data: data})
}

// pick goes to another organisation, without a password.
func pick(c *call) error {
	_, err := c.requestID("pick")
	if err == nil {
		err = c.choose(c.r.PostForm.Get("organization"))
	}
	if err != nil {
		return c.pickAgain(err)
	}
	return c.redirect(c.next())
}

// acceptPending accepts an invitation without its mail; who has no place yet
// goes there at once.
func acceptPending(c *call) error {
	requestID, err := c.requestID("accept")
	if err != nil {
		return c.pickAgain(err)
	}
	answer, err := c.Clients.Invitations.AcceptMyInvitation(c.ctx(), &membershipv1.AcceptMyInvitationRequest{
		InvitationId: c.r.PathValue("id"), RequestId: requestID,
	})
	if err != nil {
		return c.pickAgain(fmt.Errorf("accepting the invitation: %w", err))
	}
	c.say(notice{Text: c.text("invite.accepted")})
	if !c.session.Intermediate {
		return c.redirect("/organizations")
	}
	if err := c.choose(answer.GetMember().GetOrganizationId()); err != nil {
		return err
	}
	return c.redirect("/")
}

func (c *call) pickAgain(err error) error {
	if to := c.lead(err); to != "" {
		return c.redirect(to)
	}
	f, err := c.refused(c.typed(), err)
	if err != nil {
		return err
	}
	if err := c.loadContexts(); err != nil {
		return err
	}
	return c.showPicker(f)
}
