package rest

import (
	"net/http"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"github.com/grpc-ecosystem/grpc-gateway/v2/utilities"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/aval-access/aval/gateway/internal/clients"
	"github.com/aval-access/aval/gateway/internal/historycsv"
	"github.com/aval-access/aval/gateway/internal/observe"
	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
)

const (
	historyRoute   = "/v1/organizations/{organization_id}/history"
	historyPattern = http.MethodGet + " /v1/organizations/{organization_id=*}/history"
	historyPage    = 200
)

// history answers the list as a file to who accepts text/csv alone: every page
// of it under the same filter (R110). Everybody else gets the method's JSON.
func (a *api) history(c *clients.Clients, asJSON http.Handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !isCSV(r.Header.Get("Accept")) {
			asJSON.ServeHTTP(w, r)
			return
		}
		observe.SetRoute(r.Context(), historyRoute)
		if err := a.historyFile(w, r, c); err != nil {
			a.refuse(w, r, err)
		}
	}
}

func (a *api) historyFile(w http.ResponseWriter, r *http.Request, c *clients.Clients) error {
	organization := r.PathValue("organization_id")
	m := a.methods[historyPattern]
	if err := strict(r, m, map[string]string{"organization_id": organization}); err != nil {
		return err
	}
	called, err := a.authenticate(r, m)
	if err != nil {
		return err
	}
	request := &consentv1.ListHistoryRequest{}
	if err := runtime.PopulateQueryParameters(request, r.URL.Query(), utilities.NewDoubleArray(nil)); err != nil {
		return readable(status.Error(codes.InvalidArgument, err.Error()))
	}
	request.OrganizationId = organization
	ctx := onBehalf(called)
	return historycsv.Write(w, func(page string) (*consentv1.ListHistoryResponse, error) {
		request.PageToken, request.PageSize = page, historyPage
		return c.History.ListHistory(ctx, request)
	})
}
