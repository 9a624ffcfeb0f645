// Package fault is the one way an error crosses a boundary: a reason from the
// registry (proto aval.reason.v1), the fields it concerns, and a cause that
// stays inside. It converts to and from gRPC status and holds the texts for
// people in both languages. What a page or a REST answer looks like is left to
// the gateway.
package fault

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"google.golang.org/genproto/googleapis/rpc/code"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/descriptorpb"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
)

// Error is an error with a reason. Callers make it with New and read it with
// ReasonOf, Is and Details.
type Error struct {
	reason     reasonv1.Reason
	fields     []Violation
	meta       map[string]string
	retryAfter time.Duration
	cause      error
}

// Violation is one field that breaks one rule.
type Violation struct {
	// Field is the path in the request, in proto names: "members[2].email".
	Field string
	// Rule is the rule's id: "string.min_len", or one of ours.
	Rule string
}

// Option adds a detail to a fault.
type Option func(*Error)

// New makes a fault; its code is the registry's.
func New(r reasonv1.Reason, opts ...Option) error {
	e := &Error{reason: r}
	for _, opt := range opts {
		opt(e)
	}
	return e
}

// Field names a field and the rule that it breaks; may be given several times.
func Field(field, rule string) Option {
	return func(e *Error) { e.fields = append(e.fields, Violation{Field: field, Rule: rule}) }
}

// Meta adds a machine-readable pair to ErrorInfo. It leaves the service: no
// personal data.
func Meta(key, value string) Option {
	return func(e *Error) {
		if e.meta == nil {
			e.meta = map[string]string{}
		}
		e.meta[key] = value
	}
}

// Cause keeps the inner error for the log; it is never sent.
func Cause(err error) Option {
	return func(e *Error) { e.cause = err }
}

// RetryAfter says when trying again makes sense.
func RetryAfter(d time.Duration) Option {
	return func(e *Error) { e.retryAfter = d }
}

// Invalid is REASON_INVALID_ARGUMENT for one field.
func Invalid(field, rule string) error {
	return New(reasonv1.Reason_REASON_INVALID_ARGUMENT, Field(field, rule))
}

// NotFound is REASON_NOT_FOUND: no such thing, or somebody else's.
func NotFound() error { return New(reasonv1.Reason_REASON_NOT_FOUND) }

// With adds details to a fault made elsewhere, such as the field that held a
// bad address. An error that is no fault comes back as it is.
func With(err error, opts ...Option) error {
	var e *Error
	if !errors.As(err, &e) {
		return err
	}
	more := *e
	more.fields = slices.Clone(e.fields)
	more.meta = maps.Clone(e.meta)
	for _, opt := range opts {
		opt(&more)
	}
	return &more
}

// Error gives the reason and the cause, for the log.
func (e *Error) Error() string {
	text := Name(e.reason)
	for _, v := range e.fields {
		text += " " + v.Field + ":" + v.Rule
	}
	if e.cause != nil {
		text += ": " + e.cause.Error()
	}
	return text
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.cause }

// Reason gives the registered reason.
func (e *Error) Reason() reasonv1.Reason { return e.reason }

// Fields gives the violations, in the order they were added.
func (e *Error) Fields() []Violation { return slices.Clone(e.fields) }

// Metadata gives the machine-readable pairs.
func (e *Error) Metadata() map[string]string { return maps.Clone(e.meta) }

// RetryAfter gives the delay to wait, or zero.
func (e *Error) RetryAfter() time.Duration { return e.retryAfter }

// Details finds the fault in an error's chain.
func Details(err error) (*Error, bool) {
	var e *Error
	ok := errors.As(err, &e)
	return e, ok
}

// ReasonOf finds the reason in an error's chain; UNSPECIFIED when there is
// none.
func ReasonOf(err error) reasonv1.Reason {
	if e, ok := Details(err); ok {
		return e.reason
	}
	return reasonv1.Reason_REASON_UNSPECIFIED
}

// Is tells whether the error carries the reason.
func Is(err error, r reasonv1.Reason) bool {
	e, ok := Details(err)
	return ok && e.reason == r
}

// CodeOf gives the canonical code that the registry binds to a reason.
func CodeOf(r reasonv1.Reason) codes.Code {
	value := r.Descriptor().Values().ByNumber(r.Number())
	if value == nil {
		return codes.Internal
	}
	options, ok := value.Options().(*descriptorpb.EnumValueOptions)
	if !ok || !proto.HasExtension(options, reasonv1.E_Code) {
		return codes.Internal
	}
	bound, ok := proto.GetExtension(options, reasonv1.E_Code).(code.Code)
	if !ok {
		return codes.Internal
	}
	return codes.Code(bound)
}

// Expected tells whether the error is an ordinary answer (a fault of the
// caller or of the moment) and not a defect that somebody must look at.
func Expected(err error) bool {
	if e, ok := Details(err); ok {
		return CodeOf(e.reason) != codes.Internal
	}
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}
