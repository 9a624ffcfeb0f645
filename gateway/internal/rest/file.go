package rest

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"github.com/grpc-ecosystem/grpc-gateway/v2/utilities"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/aval-access/aval/gateway/internal/observe"
)

// filePage is how many rows are read at a time.
const filePage = 200

// file is a list that is answered as CSV to who accepts nothing else.
type file struct {
	// route is the list's path, with the name of parent, whose id stands in it.
	route, parent string
	// write sends all pages of the list that the query asks for.
	write func(ctx context.Context, w http.ResponseWriter, parent string, query url.Values) error
}

// fileOr answers the file, or the method's JSON to everybody else.
func (a *api) fileOr(f file, asJSON http.Handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !isCSV(r.Header.Get("Accept")) {
			asJSON.ServeHTTP(w, r)
			return
		}
		observe.SetRoute(r.Context(), f.route)
		if err := a.sendFile(w, r, f); err != nil {
			a.refuse(w, r, err)
		}
	}
}

func (a *api) sendFile(w http.ResponseWriter, r *http.Request, f file) error {
	parent := r.PathValue(f.parent)
	m := a.methods[http.MethodGet+" "+strings.Replace(f.route, "}", "=*}", 1)]
	if err := strict(r, m, map[string]string{f.parent: parent}); err != nil {
		return err
	}
	called, err := a.authenticate(r, m)
	if err != nil {
		return err
	}
	return f.write(onBehalf(called), w, parent, r.URL.Query())
}

// fill reads a request from a query as the method's JSON does.
func fill(request proto.Message, query url.Values) error {
	if err := runtime.PopulateQueryParameters(request, query, utilities.NewDoubleArray(nil)); err != nil {
		return readable(status.Error(codes.InvalidArgument, err.Error()))
	}
	return nil
}
