package rest

import (
	"net/http"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"github.com/grpc-ecosystem/grpc-gateway/v2/utilities"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/aval-access/aval/gateway/internal/clients"
	"github.com/aval-access/aval/gateway/internal/creditcsv"
	"github.com/aval-access/aval/gateway/internal/observe"
	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
)

const (
	creditsRoute   = "/v1/partners/{partner_id}/managedCredits"
	creditsPattern = http.MethodGet + " /v1/partners/{partner_id=*}/managedCredits"
	creditsPage    = 200
)

// credits answers a month as a file to who accepts text/csv alone (R74).
// Everybody else gets the method's JSON.
func (a *api) credits(c *clients.Clients, asJSON http.Handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !isCSV(r.Header.Get("Accept")) {
			asJSON.ServeHTTP(w, r)
			return
		}
		observe.SetRoute(r.Context(), creditsRoute)
		if err := a.creditsFile(w, r, c); err != nil {
			a.refuse(w, r, err)
		}
	}
}

func (a *api) creditsFile(w http.ResponseWriter, r *http.Request, c *clients.Clients) error {
	partner := r.PathValue("partner_id")
	m := a.methods[creditsPattern]
	if err := strict(r, m, map[string]string{"partner_id": partner}); err != nil {
		return err
	}
	called, err := a.authenticate(r, m)
	if err != nil {
		return err
	}
	request := &partnersupportv1.ListManagedCreditsRequest{}
	if err := runtime.PopulateQueryParameters(request, r.URL.Query(), utilities.NewDoubleArray(nil)); err != nil {
		return readable(status.Error(codes.InvalidArgument, err.Error()))
	}
	request.PartnerId = partner
	ctx := onBehalf(called)
	return creditcsv.Write(w, func(page string) (*partnersupportv1.ListManagedCreditsResponse, error) {
		request.PageToken, request.PageSize = page, creditsPage
		return c.Credits.ListManagedCredits(ctx, request)
	})
}
