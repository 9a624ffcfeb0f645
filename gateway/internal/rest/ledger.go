package rest

import (
	"context"
	"net/http"
	"net/url"

	"github.com/aval-access/aval/gateway/internal/clients"
	"github.com/aval-access/aval/gateway/internal/ledgerfile"
	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
)

// ledger is what the ledger holds about an organisation as a table, with a
// proof in each row.
func ledger(c *clients.Clients) file {
	return file{
		route: "/v1/organizations/{organization_id}/ledger", parent: "organization_id",
		write: func(ctx context.Context, w http.ResponseWriter, organization string, query url.Values) error {
			request := &consentv1.ListLedgerEntriesRequest{}
			if err := fill(request, query); err != nil {
				return err
			}
			request.OrganizationId = organization
			return ledgerfile.CSV().Send(w, func(page string) (*consentv1.ListLedgerEntriesResponse, error) {
				request.PageToken, request.PageSize = page, filePage
				return c.Ledger.ListLedgerEntries(ctx, request)
			})
		},
	}
}
