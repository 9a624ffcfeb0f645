package rest

import (
	"context"
	"net/http"
	"net/url"

	"github.com/aval-access/aval/gateway/internal/clients"
	"github.com/aval-access/aval/gateway/internal/creditcsv"
	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
)

// credits is a partner's month as a file (R74).
func credits(c *clients.Clients) file {
	return file{
		route: "/v1/partners/{partner_id}/managedCredits", parent: "partner_id",
		write: func(ctx context.Context, w http.ResponseWriter, partner string, query url.Values) error {
			request := &partnersupportv1.ListManagedCreditsRequest{}
			if err := fill(request, query); err != nil {
				return err
			}
			request.PartnerId = partner
			return creditcsv.Write(w, func(page string) (*partnersupportv1.ListManagedCreditsResponse, error) {
				request.PageToken, request.PageSize = page, filePage
				return c.Credits.ListManagedCredits(ctx, request)
			})
		},
	}
}
