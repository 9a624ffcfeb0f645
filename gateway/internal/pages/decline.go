package pages

import (
	"fmt"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
)

// declinePage asks once more: a program that submits every form as it stands
// declines nothing, for the box is not ticked.
func declinePage(c *call) error {
	in, err := c.lookupInvitation()
	if err != nil {
		return err
	}
	return c.showDecline(in, form{})
}

func (c *call) showDecline(in *membershipv1.LookupInvitationResponse, f form) error {
	data := c.waysIn(in)
	if data.Way == wayClosed {
		return c.showInvitation(data, f)
	}
	return c.show(page{name: "invitation_decline", title: "decline.title", form: f, data: data, bare: true})
}

func decline(c *call) error {
	in, err := c.lookupInvitation()
	if err != nil {
		return err
	}
	f := c.typed()
	if f.Value("sure") == "" {
		f.add("sure", c.text("decline.sure.missing"))
		return c.showDecline(in, f)
	}
	_, err = c.requestID("decline")
	if err == nil {
		_, err = c.Clients.Invitations.DeclineInvitation(c.linkCtx(), &membershipv1.DeclineInvitationRequest{Token: c.r.PathValue("token")})
	}
	if err != nil {
		if f, err = c.refused(f, err); err != nil {
			return fmt.Errorf("declining the invitation: %w", err)
		}
		return c.showDecline(in, f)
	}
	return c.redirect("/i/" + c.r.PathValue("token"))
}

// declinePending declines without the mail.
func declinePending(c *call) error {
	requestID, err := c.requestID("accept")
	if err == nil {
		_, err = c.Clients.Invitations.DeclineMyInvitation(c.ctx(), &membershipv1.DeclineMyInvitationRequest{
			InvitationId: c.r.PathValue("id"), RequestId: requestID,
		})
	}
	if err != nil {
		return c.pickAgain(fmt.Errorf("declining the invitation: %w", err))
	}
	c.say(notice{Text: c.text("invite.declined")})
	return c.redirect("/organizations")
}

// acceptEvery accepts all that is pending for the person at once (R67, R68):
// one that cannot be accepted keeps no other out.
func acceptEvery(c *call) error {
	requestID, err := c.requestID("accept-every")
	if err != nil {
		return c.pickAgain(err)
	}
	joined, err := c.acceptAll(requestID)
	if err != nil {
		return c.pickAgain(err)
	}
	if len(joined) > 0 && c.session.Intermediate && len(joined) == 1 {
		if err := c.choose(joined[0]); err != nil {
			return err
		}
		return c.redirect("/")
	}
	return c.redirect("/organizations")
}

// acceptAll accepts what is pending and says how many; it gives the
// organisations joined.
func (c *call) acceptAll(requestID string) ([]string, error) {
	mine, err := c.Clients.Invitations.ListMyInvitations(c.ctx(), &membershipv1.ListMyInvitationsRequest{PageSize: 200})
	if err != nil {
		return nil, fmt.Errorf("listing my invitations: %w", err)
	}
	var joined, left []string
	for _, one := range mine.GetInvitations() {
		answer, err := c.Clients.Invitations.AcceptMyInvitation(c.ctx(), &membershipv1.AcceptMyInvitationRequest{
			InvitationId: one.GetId(), RequestId: requestID + one.GetId(),
		})
		if err != nil {
			left = append(left, one.GetOrganizationName())
			continue
		}
		joined = append(joined, answer.GetMember().GetOrganizationId())
	}
	c.say(notice{Text: c.count("invite.accepted_all", len(joined)), Items: left, Warn: len(left) > 0})
	return joined, nil
}
