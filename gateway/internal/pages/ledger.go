package pages

import (
	"github.com/aval-access/aval/gateway/internal/ledgerfile"
	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
)

// ledgerFile is what the ledger holds about the organisation, with proofs: one
// file that anybody can verify without Aval.
func ledgerFile(format ledgerfile.Format) handler {
	return func(c *call) error {
		query := c.r.URL.Query()
		request := &consentv1.ListLedgerEntriesRequest{
			OrganizationId: c.org(), ConsentId: query.Get("consent"), PageSize: 200,
			StartTime: c.dayStart(query.Get("from"), 0), EndTime: c.dayStart(query.Get("to"), 1),
		}
		return format.Send(c.w, func(page string) (*consentv1.ListLedgerEntriesResponse, error) {
			request.PageToken = page
			return c.Clients.Ledger.ListLedgerEntries(c.ctx(), request)
		})
	}
}
