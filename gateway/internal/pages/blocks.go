package pages

import (
	"fmt"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
)

// blockRow is a partner that may not ask any more.
type blockRow struct{ ID, Name, By, Since string }

// blocked lists the partners that the client blocked; a page of them holds far
// more than anybody ever blocks.
func (c *call) blocked() ([]blockRow, error) {
	answer, err := c.Clients.Blocks.ListPartnerBlocks(c.ctx(), &consentv1.ListPartnerBlocksRequest{OrganizationId: c.org(), PageSize: 200})
	if err != nil {
		return nil, fmt.Errorf("listing the blocked partners: %w", err)
	}
	var out []blockRow
	for _, one := range answer.GetBlocks() {
		out = append(out, blockRow{
			ID: one.GetPartnerId(), Name: one.GetPartnerName(), By: one.GetActorName(), Since: c.date(one.GetBlockTime().AsTime()),
		})
	}
	return out, nil
}

// unblock lets a partner ask again.
func unblock(c *call) error {
	requestID, err := c.requestID("link")
	if err == nil {
		_, err = c.Clients.Blocks.UnblockPartner(c.ctx(), &consentv1.UnblockPartnerRequest{
			OrganizationId: c.org(), PartnerId: c.r.PathValue("id"), RequestId: requestID,
		})
	}
	if err != nil {
		f, err := c.refused(c.typed(), err)
		if err != nil {
			return err
		}
		return c.showLinks(f)
	}
	c.say(notice{Text: c.text("links.unblocked")})
	return c.redirect("/assistance/partners")
}
