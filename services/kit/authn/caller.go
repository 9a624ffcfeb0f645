// Package authn says who is calling: it checks the peer's certificate and the
// person's token, and derives one Caller from them. What a caller may do is
// the duty of authz; issuing tokens is the duty of identity, with the Claims
// of this package.
//
// How the class of a caller is derived, exactly:
//
//  1. The peer shows a certificate of the trust domain (mutual TLS, TLS 1.3).
//     Without one there is no connection. Its SPIFFE id gives the workload:
//     a. SERVICE(name), when it is /ns/aval/sa/<name> and the name is one of
//     Aval's own services or the gateway;
//     b. else PLATFORM, when the exact id is in the list of platform callers;
//     c. else OPERATOR, when the exact id is in the list of operators;
//     d. else ANONYMOUS: a valid workload that is nobody in particular.
//  2. When the metadata "authorization" carries a token, only SERVICE may have
//     forwarded it; it must verify, else the whole call is UNAUTHENTICATED,
//     even on a method that is open to anybody. The class becomes PERSON, or
//     SUPPORT when the token has `act`, and the forwarding workload stays in
//     Service and SPIFFE. Tokens of support sessions are made for a product's
//     audience, so that inside Aval they do not verify.
//  3. authz takes the first class that the method's rule allows, in this
//     order: the person's, then the workload's, then ANONYMOUS. A handler sees
//     the class that was taken.
package authn

import (
	"context"
	"slices"
	"time"

	authzv1 "github.com/aval-access/aval/proto/gen/aval/authz/v1"
	"github.com/aval-access/aval/services/kit/id"
)

// Caller is who makes a request.
type Caller struct {
	// Class is the class under which the request was let in.
	Class authzv1.CallerClass
	// Service is the last part of the peer's SPIFFE id, such as "consent" or
	// "demo-product": for a person, the workload that forwards.
	Service string
	// SPIFFE is the peer's whole id.
	SPIFFE string
	// Person is set when a verified token came with the request.
	Person *Person
	// Locale is "fr" or "en": the token's, else what accept-language prefers,
	// else "fr".
	Locale string
}

// Person is what a verified token says.
type Person struct {
	UserID id.ID
	// OrganizationID is the organisation that the person acts in; zero before
	// one was chosen. In a support token it is the client account.
	OrganizationID id.ID
	// SessionID is the browser's session, or the support session with Act.
	SessionID id.ID
	Name      string
	Locale    string
	// AMR lists how the person proved who they are, such as "pwd".
	AMR      []string
	AuthTime time.Time
	// FactorDue says that they have a second factor and have not proven it:
	// authz lets them do little else.
	FactorDue bool
	// Token is the token as it came, to forward it; never log it.
	Token string
	// Act is set in a support token: who acts for the client account.
	Act *Actor
}

// Actor is the collaborator of a support token, and the partner they work for.
type Actor struct {
	UserID         id.ID
	OrganizationID id.ID
}

// MultiFactor tells whether the person proved two factors (RFC 8176 "mfa").
func (p Person) MultiFactor() bool { return slices.Contains(p.AMR, "mfa") }

// PersonClass is PERSON or SUPPORT when a token came, else unspecified.
func (c Caller) PersonClass() authzv1.CallerClass {
	switch {
	case c.Person == nil:
		return authzv1.CallerClass_CALLER_CLASS_UNSPECIFIED
	case c.Person.Act != nil:
		return authzv1.CallerClass_CALLER_CLASS_SUPPORT
	default:
		return authzv1.CallerClass_CALLER_CLASS_PERSON
	}
}

type callerKey struct{}

// NewContext gives a context that carries the caller.
func NewContext(ctx context.Context, c Caller) context.Context {
	return context.WithValue(ctx, callerKey{}, c)
}

// FromContext gives the caller of the request, or the zero Caller outside one.
func FromContext(ctx context.Context) Caller {
	c, _ := ctx.Value(callerKey{}).(Caller)
	return c
}

// namespace is where Aval's own workloads are.
const namespace = "aval"

// isOwnService tells the workloads of Aval itself.
func isOwnService(name string) bool {
	own := []string{"identity", "membership", "partnersupport", "consent", "notification", "gateway"}
	return slices.Contains(own, name)
}
