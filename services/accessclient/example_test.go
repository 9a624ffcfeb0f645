package accessclient_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/aval-access/aval/services/accessclient"
)

// guarded asks before it serves: whoever is signed in, in the account of the
// path. Without an answer nobody is served.
func guarded(access accessclient.Checker, feature string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		level := accessclient.Editor
		if r.Method == http.MethodGet {
			level = accessclient.Guest
		}
		d, err := access.Check(r.Context(), accessclient.Question{
			Subject: signedIn(r), Account: r.PathValue("account"), Feature: feature, Level: level, SupportSession: visit(r),
		})
		switch {
		case errors.Is(err, accessclient.ErrUnavailable):
			http.Error(w, "try again in a moment", http.StatusServiceUnavailable)
		case err != nil || !d.Allowed:
			http.NotFound(w, r)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// signedIn and visit are the product's own: who its session belongs to, and the
// support session that its token names.
func signedIn(r *http.Request) string { return r.Header.Get("Test-User") }
func visit(*http.Request) string      { return "" }

// A product asks at each request. What stands in for Aval here lets one person
// read.
func Example() {
	invoices := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "invoices") })
	mux := http.NewServeMux()
	mux.Handle("/{account}/invoices", guarded(readers{"usr_01jd3q5v8yeznsdr5cvw0y5xkb"}, "management/invoices", invoices))
	for _, who := range []string{"usr_01jd3q5v8yeznsdr5cvw0y5xkb", "usr_01jd3q5v8yeznsdr5cvw0y5xkc"} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			r := httptest.NewRequest(method, "/org_01jd3q5v8yeznsdr5cvw0y5xka/invoices", http.NoBody)
			r.Header.Set("Test-User", who)
			w := httptest.NewRecorder()
			mux.ServeHTTP(w, r)
			fmt.Println(method, w.Code)
		}
	}
	// Output:
	// GET 200
	// POST 404
	// GET 404
	// POST 404
}

// ExampleDial shows what a product opens at its start. Every Checker does for
// guarded.
func ExampleDial() {
	access, err := accessclient.Dial(context.Background(), accessclient.Options{
		Target:   "dns:///membership:8443",
		CertFile: "tls/cert.pem", KeyFile: "tls/key.pem", CAFile: "tls/ca.pem",
		Server: "spiffe://aval.local/ns/aval/sa/membership",
	})
	if err != nil {
		fmt.Println("the certificate is not there")
		return
	}
	defer access.Close()
	http.Handle("/{account}/invoices", guarded(access, "management/invoices", http.NotFoundHandler()))
	// Output: the certificate is not there
}

type readers []string

func (r readers) Check(_ context.Context, q accessclient.Question) (accessclient.Decision, error) {
	for _, one := range r {
		if q.Subject == one && q.Level == accessclient.Guest {
			return accessclient.Decision{Allowed: true, Source: accessclient.ByMembership}, nil
		}
	}
	return accessclient.Decision{Reason: accessclient.NoAccess}, nil
}
