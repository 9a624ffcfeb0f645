package problem

import (
	"context"
	"errors"
	"net/http"
	"time"

	"google.golang.org/genproto/googleapis/rpc/code"
	"google.golang.org/grpc/codes"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

// Code is the canonical code of a reason as it is written: "NOT_FOUND".
func Code(r reasonv1.Reason) string {
	return code.Code(fault.CodeOf(r)).String()
}

// Status is the HTTP status of a reason.
func Status(r reasonv1.Reason) int {
	switch r {
	case reasonv1.Reason_REASON_ETAG_MISMATCH:
		return http.StatusPreconditionFailed
	case reasonv1.Reason_REASON_CONTENT_TYPE_REFUSED:
		return http.StatusUnsupportedMediaType
	default:
		return statusOf(fault.CodeOf(r))
	}
}

func statusOf(c codes.Code) int {
	switch c {
	case codes.InvalidArgument, codes.FailedPrecondition, codes.OutOfRange:
		return http.StatusBadRequest
	case codes.Unauthenticated:
		return http.StatusUnauthorized
	case codes.PermissionDenied:
		return http.StatusForbidden
	case codes.NotFound:
		return http.StatusNotFound
	case codes.AlreadyExists, codes.Aborted:
		return http.StatusConflict
	case codes.ResourceExhausted:
		return http.StatusTooManyRequests
	case codes.Unavailable:
		return http.StatusServiceUnavailable
	case codes.DeadlineExceeded:
		return http.StatusGatewayTimeout
	default:
		return http.StatusInternalServerError
	}
}

// retryAfter adds a delay where coming back at once makes no sense.
func retryAfter(e *fault.Error) time.Duration {
	if wait := e.RetryAfter(); wait > 0 {
		return wait
	}
	switch e.Reason() {
	case reasonv1.Reason_REASON_REQUEST_IN_FLIGHT, reasonv1.Reason_REASON_UNAVAILABLE, reasonv1.Reason_REASON_REVOCATION_PENDING:
		return time.Second
	default:
		return 0
	}
}

// reasonFor names an error that came without a reason.
func reasonFor(err error) reasonv1.Reason {
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return reasonv1.Reason_REASON_DEADLINE_EXCEEDED
	}
	return reasonv1.Reason_REASON_INTERNAL
}
