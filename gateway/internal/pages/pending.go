package pages

import (
	"fmt"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	notificationv1 "github.com/aval-access/aval/proto/gen/aval/notification/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

// invitationRow is an invitation that waits, or whose time ran out (R51).
type invitationRow struct {
	ID, Name, Email, Standing, Until string
	// Mail words what became of the newest mail; "" where that is not known.
	Mail    string
	Expired bool
}

// pendingInvitations are shown to whom may see them; false to others.
func (c *call) pendingInvitations() ([]invitationRow, bool, error) {
	var out []invitationRow
	for _, state := range []membershipv1.InvitationState{
		membershipv1.InvitationState_INVITATION_STATE_PENDING, membershipv1.InvitationState_INVITATION_STATE_EXPIRED,
	} {
		answer, err := c.Clients.Invitations.ListInvitations(c.ctx(), &membershipv1.ListInvitationsRequest{
			OrganizationId: c.org(), State: state, PageSize: 200,
		})
		if fault.Is(err, reasonv1.Reason_REASON_PERMISSION_DENIED) {
			return nil, false, nil
		}
		if err != nil {
			return nil, false, fmt.Errorf("listing the invitations: %w", err)
		}
		rows := c.invitationRows(answer.GetInvitations())
		c.tellMails(rows)
		out = append(out, rows...)
	}
	return out, true, nil
}

func (c *call) invitationRows(in []*membershipv1.Invitation) []invitationRow {
	var out []invitationRow
	for _, one := range in {
		out = append(out, invitationRow{
			ID: one.GetId(), Name: fullName(one.GetGivenName(), one.GetFamilyName()), Email: one.GetEmail(),
			Standing: c.standing(one.GetRole(), one.GetPartnerRole()), Until: c.dateTime(one.GetExpireTime().AsTime()),
			Expired: one.GetState() == membershipv1.InvitationState_INVITATION_STATE_EXPIRED,
		})
	}
	return out
}

// tellMails says what became of the rows' newest mails. The page is worth more
// than this line of it: where the mails cannot be asked for, nothing is said.
func (c *call) tellMails(rows []invitationRow) {
	if len(rows) == 0 {
		return
	}
	in := &notificationv1.ListDeliveriesRequest{OrganizationId: c.org(), PageSize: 200}
	for _, row := range rows {
		in.RecipientRefs = append(in.RecipientRefs, row.ID)
	}
	answer, err := c.Clients.Deliveries.ListDeliveries(c.ctx(), in)
	if err != nil {
		return
	}
	newest := map[string]notificationv1.DeliveryState{}
	for _, mail := range answer.GetDeliveries() { // newest first
		if _, known := newest[mail.GetRecipientRef()]; !known {
			newest[mail.GetRecipientRef()] = mail.GetState()
		}
	}
	for i := range rows {
		rows[i].Mail = c.text("mail." + newest[rows[i].ID].String())
	}
}
