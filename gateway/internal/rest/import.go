package rest

import (
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"time"

	"google.golang.org/protobuf/encoding/protojson"

	"github.com/aval-access/aval/gateway/internal/clients"
	"github.com/aval-access/aval/gateway/internal/guestlist"
	"github.com/aval-access/aval/gateway/internal/observe"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

// importRoute takes a CSV file of people to invite and answers as
// invitations:batchCreate does, a result per line, by its number. With
// ?validateOnly=true nothing is stored and no mail leaves.
const importRoute = "/v1/organizations/{organization}/invitations:import"

// importInvitations is no method of a contract: its body is a file. What holds
// for every other route holds here too: nothing unknown in the query, the
// content type named, the caller authenticated.
func (a *api) importInvitations(c *clients.Clients, zone *time.Location) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		observe.SetRoute(r.Context(), importRoute)
		answer, err := a.carryOut(r, c, zone)
		if err != nil {
			a.refuse(w, r, err)
			return
		}
		body, err := protojson.MarshalOptions{EmitUnpopulated: true}.Marshal(answer)
		if err != nil {
			a.refuse(w, r, err)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(body) // whoever left does not wait for it
	}
}

func (a *api) carryOut(r *http.Request, c *clients.Clients, zone *time.Location) (*membershipv1.BatchCreateInvitationsResponse, error) {
	if !isCSV(r.Header.Get("Content-Type")) {
		return nil, fault.New(reasonv1.Reason_REASON_CONTENT_TYPE_REFUSED)
	}
	only, err := validateOnly(r.URL.Query())
	if err != nil {
		return nil, err
	}
	called, err := a.authenticate(r, method{})
	if err != nil {
		return nil, err
	}
	ctx := onBehalf(called)
	features, err := c.Features.ListFeatures(ctx, &membershipv1.ListFeaturesRequest{PageSize: 200})
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	lines, err := guestlist.Read(data, guestlist.Options{Features: features.GetFeatures(), Zone: zone})
	if err != nil {
		return nil, err
	}
	results, err := guestlist.Invite(ctx, c.Invitations, guestlist.Batch{
		OrganizationID: r.PathValue("organization"), Lines: lines, Locale: called.Header.Get("Accept-Language"), RequestID: clients.SeenIn(r.Context()).RequestKey,
		ValidateOnly: only,
	})
	return &membershipv1.BatchCreateInvitationsResponse{Results: results}, err
}

// validateOnly reads the one parameter that the route has.
func validateOnly(query url.Values) (bool, error) {
	for _, name := range slices.Sorted(maps.Keys(query)) {
		if name != "validateOnly" {
			return false, unknown(name)
		}
	}
	switch query.Get("validateOnly") {
	case "", "false":
		return false, nil
	case "true":
		return true, nil
	}
	return false, fault.Invalid("validateOnly", "query")
}
