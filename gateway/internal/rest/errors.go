package rest

import (
	"context"
	"errors"
	"net/http"
	"regexp"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/fault"
)

// refuse answers what the edge itself refuses.
func (a *api) refuse(w http.ResponseWriter, r *http.Request, err error) {
	var tooLong *http.MaxBytesError
	if errors.As(err, &tooLong) {
		a.problems.WriteStatus(w, r, http.StatusRequestEntityTooLarge, fault.Invalid("body", "body.max_bytes"))
		return
	}
	a.problems.Write(w, r, err)
}

// onError answers what a service refused, and what grpc-gateway could not read.
func (a *api) onError(_ context.Context, _ *runtime.ServeMux, _ runtime.Marshaler, w http.ResponseWriter, r *http.Request, err error) {
	a.refuse(w, r, readable(err))
}

// onRoutingError answers requests that no method takes.
func (a *api) onRoutingError(_ context.Context, _ *runtime.ServeMux, _ runtime.Marshaler, w http.ResponseWriter, r *http.Request, code int) {
	if code == http.StatusBadRequest {
		a.problems.Write(w, r, fault.Invalid("path", "path"))
		return
	}
	a.problems.WriteStatus(w, r, code, fault.NotFound())
}

// onStreamError is the error's form inside a stream that has begun.
func onStreamError(ctx context.Context, err error) *status.Status {
	return fault.ToStatus(fault.FromStatus(readable(err)), authn.FromContext(ctx).Locale)
}

// inField finds which value protojson or a parameter's parser speaks of.
var inField = regexp.MustCompile(`(?:field|parameter:?) "?([A-Za-z][A-Za-z0-9_.]*)"?`)

// readable turns grpc-gateway's own refusals (a value of the wrong type, a
// path that is not encoded well) into ours; a service's faults pass.
func readable(err error) error {
	if _, ok := fault.Details(err); ok {
		return err
	}
	var own *runtime.HTTPStatusError
	if errors.As(err, &own) {
		return fault.New(reasonv1.Reason_REASON_INVALID_ARGUMENT, fault.Field("path", "path"), fault.Cause(err))
	}
	if status.Code(err) != codes.InvalidArgument {
		return err
	}
	field := "body"
	if found := inField.FindStringSubmatch(status.Convert(err).Message()); found != nil {
		field = found[1]
	}
	return fault.New(reasonv1.Reason_REASON_INVALID_ARGUMENT, fault.Field(field, "json"), fault.Cause(err))
}
