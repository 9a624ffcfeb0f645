package oauth

import (
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"google.golang.org/grpc/codes"

	"github.com/aval-access/aval/gateway/internal/clients"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

// refusal is an error of RFC 6749 §5.2 with the reason that explains it.
type refusal struct {
	status int
	code   string
	reason reasonv1.Reason
}

func (r *refusal) Error() string { return r.code }

func invalidClient() error {
	return &refusal{http.StatusUnauthorized, "invalid_client", reasonv1.Reason_REASON_UNAUTHENTICATED}
}

func invalidRequest() error {
	return &refusal{http.StatusBadRequest, "invalid_request", reasonv1.Reason_REASON_INVALID_ARGUMENT}
}

func unsupportedGrant() error {
	return &refusal{http.StatusBadRequest, "unsupported_grant_type", reasonv1.Reason_REASON_GRANT_TYPE_UNSUPPORTED}
}

type errorAnswer struct {
	Error string `json:"error"`
	// Description is for developers, English and ASCII as the RFC asks.
	Description string `json:"error_description"`
	URI         string `json:"error_uri"`
	Reason      string `json:"reason"`
	RequestID   string `json:"request_id"`
}

func (s *server) refuse(w http.ResponseWriter, r *http.Request, err error) {
	requestID := clients.SeenIn(r.Context()).RequestID
	var refused *refusal
	if !errors.As(err, &refused) {
		if !fault.Expected(err) {
			s.options.Problems.Log().ErrorContext(r.Context(), "issuing a token failed",
				slog.String("request_id", requestID), slog.Any("error", err))
		}
		refused = refusalOf(fault.ReasonOf(err))
	}
	if refused.status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "1")
	}
	name := fault.Name(refused.reason)
	writeJSON(w, refused.status, errorAnswer{
		Error:       refused.code,
		Description: ascii(fault.Text(refused.reason, "en")),
		URI:         s.options.PublicURL + "/docs/errors#" + name,
		Reason:      name,
		RequestID:   requestID,
	})
}

// refusalOf places a reason among the few codes that OAuth has. A code or a
// session that is not good any more is invalid_grant, whatever ended it.
func refusalOf(reason reasonv1.Reason) *refusal {
	switch reason {
	case reasonv1.Reason_REASON_PRODUCT_UNKNOWN:
		return &refusal{http.StatusUnauthorized, "invalid_client", reason}
	case reasonv1.Reason_REASON_CODE_INVALID, reasonv1.Reason_REASON_TOKEN_INVALID:
		return &refusal{http.StatusBadRequest, "invalid_grant", reason}
	case reasonv1.Reason_REASON_UNSPECIFIED:
		reason = reasonv1.Reason_REASON_INTERNAL
	}
	switch fault.CodeOf(reason) {
	case codes.FailedPrecondition, codes.NotFound, codes.AlreadyExists, codes.Aborted:
		return &refusal{http.StatusBadRequest, "invalid_grant", reason}
	case codes.PermissionDenied:
		return &refusal{http.StatusBadRequest, "unauthorized_client", reason}
	case codes.Unauthenticated:
		return &refusal{http.StatusUnauthorized, "invalid_client", reason}
	case codes.InvalidArgument:
		return &refusal{http.StatusBadRequest, "invalid_request", reason}
	case codes.ResourceExhausted:
		return &refusal{http.StatusTooManyRequests, "temporarily_unavailable", reason}
	case codes.Unavailable, codes.DeadlineExceeded:
		return &refusal{http.StatusServiceUnavailable, "temporarily_unavailable", reason}
	default:
		return &refusal{http.StatusInternalServerError, "server_error", reason}
	}
}

// ascii keeps the characters that error_description may hold.
func ascii(text string) string {
	return strings.Map(func(c rune) rune {
		if c < ' ' || c > '~' || c == '"' || c == '\\' {
			return -1
		}
		return c
	}, text)
}
