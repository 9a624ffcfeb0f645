package pages

import (
	"net/http"

	"github.com/aval-access/aval/gateway/internal/ledgerfile"
	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
)

// ledgerFile is what the ledger holds about the organisation, with proofs: one
// file that anybody can verify without Aval. One that is not whole must not
// look so.
func ledgerFile(c *call) error {
	query, began := c.r.URL.Query(), false
	request := &consentv1.ListLedgerEntriesRequest{
		OrganizationId: c.org(), ConsentId: query.Get("consent"), PageSize: 200,
		StartTime: c.dayStart(query.Get("from"), 0), EndTime: c.dayStart(query.Get("to"), 1),
	}
	err := ledgerfile.Write(c.w, func() {
		began = true
		header := c.w.Header()
		header.Set("Content-Type", "application/json")
		header.Set("Content-Disposition", `attachment; filename="ledger.json"`)
		header.Set("Cache-Control", "no-store")
	}, func(page string) (*consentv1.ListLedgerEntriesResponse, error) {
		request.PageToken = page
		return c.Clients.Ledger.ListLedgerEntries(c.ctx(), request)
	})
	if err != nil && began {
		panic(http.ErrAbortHandler)
	}
	return err
}
