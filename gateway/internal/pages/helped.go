package pages

import (
	"fmt"
	"strings"
	"time"

	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

// dossiersAtSight is how many dossiers the picker shows before it is searched
// or turned over.
const dossiersAtSight = 20

// helped are the dossiers that the person may enter as support, for whichever
// of their firms.
type helped struct {
	Rows         []helpedRow
	Search, Next string
}

// helpedRow is one, and where its button leads.
type helpedRow struct {
	Client, Number, Firm, FirmID, Enter string
	End                                 *time.Time
}

// Many tells that there is more than is seen at once, or that it is looked
// through already.
func (h helped) Many() bool { return h.Search != "" || h.Next != "" }

// helped lists them. Whoever only wants to go somewhere else must be able to:
// while partner support cannot be reached the firms are shown without them.
func (c *call) helped() (helped, error) {
	query := c.r.URL.Query()
	out := helped{Search: strings.TrimSpace(query.Get("q"))}
	answer, err := c.Clients.MyDossiers.ListMyDossiers(c.ctx(), &partnersupportv1.ListMyDossiersRequest{
		Search: out.Search, PageSize: dossiersAtSight, PageToken: query.Get("page"),
	})
	if fault.Is(err, reasonv1.Reason_REASON_UNAVAILABLE) {
		return out, nil
	}
	if err != nil {
		return out, fmt.Errorf("listing my dossiers: %w", err)
	}
	out.Next = nextPage(query, answer.GetNextPageToken())
	for _, one := range answer.GetDossiers() {
		out.Rows = append(out.Rows, helpedRow{
			Client: one.GetClientName(), Number: one.GetClientRegistrationNumber(), Firm: one.GetPartnerName(), FirmID: one.GetPartnerId(),
			Enter: "/partner/dossiers/" + one.GetDossierId() + "/enter", End: moment(one.GetExpireTime()),
		})
	}
	return out, nil
}
