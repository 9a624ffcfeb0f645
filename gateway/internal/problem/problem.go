// Package problem writes errors as the REST edge shows them: RFC 9457
// application/problem+json, in the caller's language, with the reason of the
// registry and a link to the page that explains it. Pages for people show
// errors in their own way.
package problem

import (
	"encoding/json"
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"strings"

	"github.com/aval-access/aval/gateway/internal/clients"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/fault"
)

// ContentType is what every problem is sent as.
const ContentType = "application/problem+json"

// Problem is the body of an error.
type Problem struct {
	// Type is the address of the page that explains the reason.
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
	// Code is the canonical gRPC code, such as "INVALID_ARGUMENT".
	Code string `json:"code"`
	// Reason is the name in the registry, such as "UNKNOWN_FIELD".
	Reason    string `json:"reason"`
	RequestID string `json:"requestId"`
	// Metadata holds the reason's own machine-readable pairs.
	Metadata map[string]string `json:"metadata,omitempty"`
	Errors   []FieldError      `json:"errors,omitempty"`
}

// FieldError is one field that breaks one rule.
type FieldError struct {
	// Field is the path in JSON names: "members[2].givenName".
	Field   string `json:"field"`
	Rule    string `json:"rule"`
	Message string `json:"message"`
}

// Writer writes problems.
type Writer struct {
	publicURL string
	log       *slog.Logger
}

// NewWriter makes a writer whose problems lead to publicURL/docs/errors.
func NewWriter(publicURL string, log *slog.Logger) *Writer {
	return &Writer{publicURL: publicURL, log: log}
}

// Log is where failures are told.
func (p *Writer) Log() *slog.Logger { return p.log }

// Write answers with the error's own status.
func (p *Writer) Write(w http.ResponseWriter, r *http.Request, err error) {
	err = asFault(err)
	p.WriteStatus(w, r, Status(fault.ReasonOf(err)), err)
}

// WriteStatus answers with a status that HTTP itself asks for, such as 421.
func (p *Writer) WriteStatus(w http.ResponseWriter, r *http.Request, status int, err error) {
	err = asFault(err)
	if !fault.Expected(err) {
		p.log.ErrorContext(r.Context(), "request failed",
			slog.String("request_id", clients.SeenIn(r.Context()).RequestID), slog.Any("error", err))
	}
	details, _ := fault.Details(err)
	body := p.describe(r, status, details)
	header := w.Header()
	header.Set("Content-Type", ContentType)
	header.Set("Cache-Control", "no-store")
	header.Set("Content-Language", Locale(r))
	if wait := retryAfter(details); wait > 0 {
		header.Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
	}
	if status == http.StatusUnauthorized {
		header.Set("WWW-Authenticate", `Bearer realm="aval"`)
	}
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(body); err != nil {
		p.log.DebugContext(r.Context(), "writing a problem failed", slog.Any("error", err))
	}
}

// Locale is the language that the request is answered in.
func Locale(r *http.Request) string {
	return fault.Language(authn.FromContext(r.Context()).Locale)
}

func (p *Writer) describe(r *http.Request, status int, e *fault.Error) Problem {
	locale := Locale(r)
	text := fault.Text(e.Reason(), locale)
	out := Problem{
		Type:      p.publicURL + "/docs/errors#" + fault.Name(e.Reason()),
		Title:     firstSentence(text),
		Status:    status,
		Detail:    text,
		Code:      Code(e.Reason()),
		Reason:    fault.Name(e.Reason()),
		RequestID: clients.SeenIn(r.Context()).RequestID,
		Metadata:  e.Metadata(),
	}
	for _, v := range e.Fields() {
		out.Errors = append(out.Errors, FieldError{
			Field:   shownPath(v),
			Rule:    v.Rule,
			Message: fault.RuleText(v.Rule, locale),
		})
	}
	return out
}

// asFault gives every error a reason; what has none is INTERNAL.
func asFault(err error) error {
	err = fault.FromStatus(err)
	if _, ok := fault.Details(err); ok {
		return err
	}
	return fault.New(reasonFor(err), fault.Cause(err))
}

// firstSentence is the short form of a text.
func firstSentence(text string) string {
	first, _, _ := strings.Cut(text, ". ")
	return strings.TrimSuffix(first, ".")
}
