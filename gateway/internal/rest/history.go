package rest

import (
	"context"
	"net/http"
	"net/url"

	"github.com/aval-access/aval/gateway/internal/clients"
	"github.com/aval-access/aval/gateway/internal/historycsv"
	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
)

// history is an account's history as a file (R110).
func history(c *clients.Clients) file {
	return file{
		route: "/v1/organizations/{organization_id}/history", parent: "organization_id",
		write: func(ctx context.Context, w http.ResponseWriter, organization string, query url.Values) error {
			request := &consentv1.ListHistoryRequest{}
			if err := fill(request, query); err != nil {
				return err
			}
			request.OrganizationId = organization
			return historycsv.Write(w, func(page string) (*consentv1.ListHistoryResponse, error) {
				request.PageToken, request.PageSize = page, filePage
				return c.History.ListHistory(ctx, request)
			})
		},
	}
}
