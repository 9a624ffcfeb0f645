package problem_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/aval-access/aval/gateway/internal/problem"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/telemetry"
)

func write(t *testing.T, err error) (*httptest.ResponseRecorder, problem.Problem) {
	t.Helper()
	w := httptest.NewRecorder()
	writer := problem.NewWriter("https://gateway.test", telemetry.Discard().Log)
	writer.Write(w, httptest.NewRequest(http.MethodGet, "/", nil), err)
	var body problem.Problem
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &body))
	return w, body
}

func TestEveryReasonHasAnErrorStatus(t *testing.T) {
	t.Parallel()
	for number := range reasonv1.Reason_name {
		reason := reasonv1.Reason(number)
		if reason == reasonv1.Reason_REASON_UNSPECIFIED {
			continue
		}
		w, body := write(t, fault.New(reason))
		require.GreaterOrEqual(t, w.Code, 400, reason)
		require.Equal(t, fault.Name(reason), body.Reason)
		require.NotEmpty(t, body.Title)
		require.NotEmpty(t, body.Detail)
	}
}

func TestStatusOfHTTPItself(t *testing.T) {
	t.Parallel()
	require.Equal(t, http.StatusPreconditionFailed, problem.Status(reasonv1.Reason_REASON_ETAG_MISMATCH))
	require.Equal(t, http.StatusUnsupportedMediaType, problem.Status(reasonv1.Reason_REASON_CONTENT_TYPE_REFUSED))
	require.Equal(t, http.StatusConflict, problem.Status(reasonv1.Reason_REASON_REQUEST_IN_FLIGHT))
	require.Equal(t, http.StatusConflict, problem.Status(reasonv1.Reason_REASON_IDEMPOTENCY_KEY_REUSED))
}

func TestCauseStaysInside(t *testing.T) {
	t.Parallel()
	for _, err := range []error{
		errors.New("password is hunter2"),
		status.Error(codes.Unknown, "password is hunter2"),
		fault.New(reasonv1.Reason_REASON_INTERNAL, fault.Cause(errors.New("password is hunter2"))),
	} {
		w, body := write(t, err)
		require.Equal(t, http.StatusInternalServerError, w.Code)
		require.Equal(t, "INTERNAL", body.Reason)
		require.NotContains(t, w.Body.String(), "hunter2")
	}
}

func TestRetryAfterIsRoundedUp(t *testing.T) {
	t.Parallel()
	w, _ := write(t, fault.New(reasonv1.Reason_REASON_TOO_MANY_ATTEMPTS, fault.RetryAfter(1500*time.Millisecond)))
	require.Equal(t, "2", w.Header().Get("Retry-After"))
	w, _ = write(t, fault.NotFound())
	require.Empty(t, w.Header().Get("Retry-After"))
}

func TestFieldsAreInJSONNames(t *testing.T) {
	t.Parallel()
	_, body := write(t, fault.New(reasonv1.Reason_REASON_INVALID_ARGUMENT, fault.Field("members[2].given_name", "string.min_len"), fault.Field("Idempotency-Key", "string.max_len")))
	require.Equal(t, "members[2].givenName", body.Errors[0].Field)
	require.Equal(t, "Idempotency-Key", body.Errors[1].Field)
}
