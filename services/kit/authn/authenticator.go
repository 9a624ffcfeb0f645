package authn

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/spiffe/go-spiffe/v2/spiffeid"
	"github.com/spiffe/go-spiffe/v2/svid/x509svid"
	"google.golang.org/grpc/metadata"

	authzv1 "github.com/aval-access/aval/proto/gen/aval/authz/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

// Options says how callers are told apart.
type Options struct {
	// Verifier checks tokens; nil refuses every call that carries one.
	Verifier *Verifier
	// PlatformCallers and Operators hold exact SPIFFE ids.
	PlatformCallers, Operators []string
}

// Authenticator derives the caller of a request, by the steps in the comment
// of this package.
type Authenticator struct {
	options Options

	mu sync.RWMutex
	// known are the workloads of the certificates seen lately: a connection
	// makes many calls with one.
	known map[*x509.Certificate]Caller
}

// maxKnown bounds what is kept of certificates; beyond it all are read again.
const maxKnown = 1024

// NewAuthenticator refuses ids that are malformed, so that a misspelt list is
// found at the start.
func NewAuthenticator(o Options) (*Authenticator, error) {
	for _, name := range slices.Concat(o.PlatformCallers, o.Operators) {
		if _, err := spiffeid.FromString(name); err != nil {
			return nil, fmt.Errorf("reading the caller %q: %w", name, err)
		}
	}
	return &Authenticator{options: o, known: map[*x509.Certificate]Caller{}}, nil
}

// Caller derives the caller from the connection and the metadata of an
// incoming request. The Locale is set even where an error comes with it.
func (a *Authenticator) Caller(ctx context.Context) (Caller, error) {
	caller := Caller{Locale: localeOf(ctx)}
	workload, err := a.workload(ctx)
	if err != nil {
		return caller, refused(err)
	}
	caller.Service, caller.SPIFFE, caller.Class = workload.Service, workload.SPIFFE, workload.Class
	token, err := bearer(ctx)
	if err != nil {
		return caller, refused(err)
	}
	if token == "" {
		return caller, nil
	}
	return a.withPerson(ctx, caller, token)
}

func (a *Authenticator) withPerson(ctx context.Context, caller Caller, token string) (Caller, error) {
	if caller.Class != authzv1.CallerClass_CALLER_CLASS_SERVICE {
		return caller, refused(errors.New("this workload may not forward a person's token"))
	}
	if a.options.Verifier == nil {
		return caller, refused(errors.New("this server accepts no tokens"))
	}
	person, err := a.options.Verifier.Verify(ctx, token)
	if err != nil {
		return caller, err
	}
	caller.Person = &person
	caller.Class = caller.PersonClass()
	if person.Locale != "" {
		caller.Locale = fault.Language(person.Locale)
	}
	return caller, nil
}

// workload is the peer, by the certificate that the handshake verified.
func (a *Authenticator) workload(ctx context.Context) (Caller, error) {
	certificate, err := peerCertificate(ctx)
	if err != nil {
		return Caller{}, err
	}
	a.mu.RLock()
	known, ok := a.known[certificate]
	a.mu.RUnlock()
	if ok {
		return known, nil
	}
	name, err := x509svid.IDFromCert(certificate)
	if err != nil {
		return Caller{}, fmt.Errorf("reading the peer's SPIFFE id: %w", err)
	}
	_, service, _ := splitPath(name)
	made := Caller{Service: service, SPIFFE: name.String(), Class: a.workloadClass(name)}
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.known) >= maxKnown {
		clear(a.known)
	}
	a.known[certificate] = made
	return made, nil
}

// workloadClass classes a peer by its certificate alone.
func (a *Authenticator) workloadClass(name spiffeid.ID) authzv1.CallerClass {
	in, service, _ := splitPath(name)
	switch {
	case in == namespace && isOwnService(service):
		return authzv1.CallerClass_CALLER_CLASS_SERVICE
	case slices.Contains(a.options.PlatformCallers, name.String()):
		return authzv1.CallerClass_CALLER_CLASS_PLATFORM
	case slices.Contains(a.options.Operators, name.String()):
		return authzv1.CallerClass_CALLER_CLASS_OPERATOR
	default:
		return authzv1.CallerClass_CALLER_CLASS_ANONYMOUS
	}
}

// bearer gives the token of the metadata, or "" when there is none. Anything
// else under that name is an error, and so are two of them.
func bearer(ctx context.Context) (string, error) {
	values := metadata.ValueFromIncomingContext(ctx, authorizationKey)
	if len(values) == 0 {
		return "", nil
	}
	token, ok := strings.CutPrefix(values[0], "Bearer ")
	if !ok || len(values) > 1 || token == "" {
		return "", errors.New("the authorization metadata is not one bearer token")
	}
	return token, nil
}
