package pages

import (
	"fmt"
	"time"

	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

// visitors are who is in the client's account now.
type visitors struct {
	Rows []visitorRow
	// More than one page of them; Unknown: they cannot be read now.
	More, Unknown bool
}

type visitorRow struct {
	ID, Who, Partner, Product, Reason string
	Start, End                        time.Time
}

// visitors lists them. Whoever comes to stop an access must be able to, while
// partner support cannot be reached too.
func (c *call) visitors() (visitors, error) {
	answer, err := c.Clients.ClientVisits.ListClientVisits(c.ctx(), &partnersupportv1.ListClientVisitsRequest{
		ClientId: c.org(), PageSize: 200,
	})
	if fault.Is(err, reasonv1.Reason_REASON_UNAVAILABLE) {
		return visitors{Unknown: true}, nil
	}
	if err != nil {
		return visitors{}, fmt.Errorf("listing who visits: %w", err)
	}
	out := visitors{More: answer.GetNextPageToken() != ""}
	for _, one := range answer.GetVisits() {
		out.Rows = append(out.Rows, visitorRow{
			ID: one.GetSupportSessionId(), Who: one.GetCollaboratorName(), Partner: one.GetPartnerName(),
			Product: one.GetProductName(), Reason: one.GetReason(),
			Start: one.GetStartTime().AsTime(), End: one.GetExpireTime().AsTime(),
		})
	}
	return out, nil
}

// endVisitor ends a visit at once, in one press. The access stays.
func endVisitor(c *call) error {
	_, err := c.requestID("visitor")
	if err == nil {
		_, err = c.Clients.ClientVisits.EndClientVisit(c.ctx(), &partnersupportv1.EndClientVisitRequest{
			ClientId: c.org(), SupportSessionId: c.r.PathValue("id"),
		})
	}
	if err != nil {
		f, err := c.refused(c.typed(), err)
		if err != nil {
			return err
		}
		return c.showAssistance(f)
	}
	c.say(notice{Text: c.text("visitors.ended")})
	return c.redirect("/assistance")
}
