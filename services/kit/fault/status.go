package fault

import (
	"context"
	"errors"
	"strings"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/protoadapt"
	"google.golang.org/protobuf/types/known/durationpb"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
)

// domain is the ErrorInfo domain of every reason in the registry.
const domain = "aval"

const prefix = "REASON_"

// Name gives a reason as it is sent: without the enum's prefix.
func Name(r reasonv1.Reason) string { return strings.TrimPrefix(r.String(), prefix) }

// GRPCStatus lets grpc read a fault that no interceptor converted.
func (e *Error) GRPCStatus() *status.Status { return toStatus(e, "") }

// ToStatus gives what is sent for an error, in the caller's language (a
// language tag or a whole Accept-Language). What was not expected becomes
// INTERNAL with a fixed text: its cause is for the log alone.
func ToStatus(err error, locale string) *status.Status {
	if err == nil {
		return nil
	}
	if e, ok := Details(err); ok {
		return toStatus(e, locale)
	}
	if errors.Is(err, context.Canceled) {
		return status.New(codes.Canceled, "the caller went away")
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return toStatus(&Error{reason: reasonv1.Reason_REASON_DEADLINE_EXCEEDED}, locale)
	}
	if status.Code(err) == codes.Unimplemented {
		return status.New(codes.Unimplemented, "no such method")
	}
	return toStatus(&Error{reason: reasonv1.Reason_REASON_INTERNAL}, locale)
}

func toStatus(e *Error, locale string) *status.Status {
	lang := Language(locale)
	details := []protoadapt.MessageV1{
		&errdetails.ErrorInfo{Reason: Name(e.reason), Domain: domain, Metadata: e.meta},
	}
	if len(e.fields) > 0 {
		details = append(details, badRequest(e.fields, lang))
	}
	if e.retryAfter > 0 {
		details = append(details, &errdetails.RetryInfo{RetryDelay: durationpb.New(e.retryAfter)})
	}
	details = append(details, &errdetails.LocalizedMessage{Locale: lang, Message: Text(e.reason, lang)})

	// The status message is for developers and stays English.
	plain := status.New(CodeOf(e.reason), Text(e.reason, "en"))
	rich, err := plain.WithDetails(details...)
	if err != nil {
		return plain
	}
	return rich
}

func badRequest(fields []Violation, lang string) *errdetails.BadRequest {
	out := &errdetails.BadRequest{}
	for _, v := range fields {
		out.FieldViolations = append(out.FieldViolations, &errdetails.BadRequest_FieldViolation{
			Field:            v.Field,
			Reason:           v.Rule,
			Description:      RuleText(v.Rule, "en"),
			LocalizedMessage: &errdetails.LocalizedMessage{Locale: lang, Message: RuleText(v.Rule, lang)},
		})
	}
	return out
}

// FromStatus rebuilds the fault on the calling side. A status without our
// ErrorInfo keeps its meaning where that is the transport's to say
// (unavailable, deadline, cancelled) and else becomes INTERNAL, with the
// status as its cause.
func FromStatus(err error) error {
	if err == nil {
		return nil
	}
	if _, ok := Details(err); ok {
		return err
	}
	st, ok := status.FromError(err)
	if !ok {
		return err
	}
	e := &Error{cause: &received{status: st}}
	for _, detail := range st.Details() {
		e.read(detail)
	}
	if e.reason != reasonv1.Reason_REASON_UNSPECIFIED {
		return e
	}
	return fromCode(st, e)
}

func (e *Error) read(detail any) {
	switch d := detail.(type) {
	case *errdetails.ErrorInfo:
		if d.GetDomain() == domain {
			e.reason = reasonv1.Reason(reasonv1.Reason_value[prefix+d.GetReason()])
			e.meta = d.GetMetadata()
		}
	case *errdetails.BadRequest:
		for _, v := range d.GetFieldViolations() {
			e.fields = append(e.fields, Violation{Field: v.GetField(), Rule: v.GetReason()})
		}
	case *errdetails.RetryInfo:
		e.retryAfter = d.GetRetryDelay().AsDuration()
	}
}

func fromCode(st *status.Status, e *Error) error {
	switch st.Code() {
	case codes.OK:
		return nil
	case codes.Canceled:
		return errors.Join(context.Canceled, e.cause)
	case codes.Unavailable:
		e.reason = reasonv1.Reason_REASON_UNAVAILABLE
	case codes.DeadlineExceeded:
		e.reason = reasonv1.Reason_REASON_DEADLINE_EXCEEDED
	default:
		e.reason = reasonv1.Reason_REASON_INTERNAL
	}
	return e
}

// received is the answer of another service, kept as a cause. It hides
// GRPCStatus so that nobody passes the other's answer on by accident.
type received struct{ status *status.Status }

func (r *received) Error() string {
	return "answered " + r.status.Code().String() + ": " + r.status.Message()
}
