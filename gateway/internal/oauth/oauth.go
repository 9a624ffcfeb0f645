// Package oauth is the part of OAuth 2.0 that products need: the token
// endpoint for support sessions (RFC 6749 code, RFC 8693 exchange) behind
// mutual TLS (RFC 8705), the keys (RFC 7517) and the metadata (RFC 8414).
// Identity decides who gets a token; here is its form on the wire.
package oauth

import (
	"encoding/json"
	"net/http"

	"github.com/aval-access/aval/gateway/internal/problem"
	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	"github.com/aval-access/aval/services/kit/clock"
)

// Options are what the endpoints stand on.
type Options struct {
	Tokens   identityv1.TokenServiceClient
	Problems *problem.Writer
	Clock    clock.Clock
	// Issuer is the iss of all tokens.
	Issuer string
	// PublicURL and MTLSURL are the bases of the endpoints; MTLSURL is empty
	// where products reach the token endpoint under the public URL.
	PublicURL, MTLSURL string
}

type server struct{ options Options }

// Register adds the endpoints to the routes of a listener.
func Register(mux *http.ServeMux, o Options) {
	s := &server{options: o}
	mux.HandleFunc("POST /oauth2/token", s.token)
	mux.HandleFunc("GET /.well-known/jwks.json", s.keys)
	mux.HandleFunc("GET /.well-known/oauth-authorization-server", s.metadata)
}

// keys answers the public keys; who verifies tokens asks again each minute.
func (s *server) keys(w http.ResponseWriter, r *http.Request) {
	answer, err := s.options.Tokens.GetJwks(r.Context(), &identityv1.GetJwksRequest{})
	if err != nil {
		s.options.Problems.Write(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/jwk-set+json")
	w.Header().Set("Cache-Control", "public, max-age=60")
	w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
	_, _ = w.Write([]byte(answer.GetJwksJson())) // the client went away: nothing to do
}

// metadata is RFC 8414, with the alias of RFC 8705 §5 where products connect
// elsewhere.
type metadata struct {
	Issuer               string            `json:"issuer"`
	TokenEndpoint        string            `json:"token_endpoint"`
	JwksURI              string            `json:"jwks_uri"`
	ResponseTypes        []string          `json:"response_types_supported"`
	GrantTypes           []string          `json:"grant_types_supported"`
	TokenEndpointAuth    []string          `json:"token_endpoint_auth_methods_supported"`
	ServiceDocumentation string            `json:"service_documentation"`
	UILocales            []string          `json:"ui_locales_supported"`
	MTLSEndpointAliases  map[string]string `json:"mtls_endpoint_aliases,omitempty"`
	SubjectTokenTypes    []string          `json:"subject_token_types_supported"`
}

func (s *server) metadata(w http.ResponseWriter, _ *http.Request) {
	o := s.options
	out := metadata{
		Issuer:               o.Issuer,
		TokenEndpoint:        o.PublicURL + "/oauth2/token",
		JwksURI:              o.PublicURL + "/.well-known/jwks.json",
		ResponseTypes:        []string{"code"},
		GrantTypes:           []string{grantCode, grantExchange},
		TokenEndpointAuth:    []string{"tls_client_auth"},
		ServiceDocumentation: o.PublicURL + "/llms.txt",
		UILocales:            []string{"fr", "en"},
		SubjectTokenTypes:    []string{supportSessionType},
	}
	if o.MTLSURL != "" {
		out.MTLSEndpointAliases = map[string]string{"token_endpoint": o.MTLSURL + "/oauth2/token"}
	}
	w.Header().Set("Cache-Control", "public, max-age=300")
	w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
	writeJSON(w, http.StatusOK, out)
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the client went away: nothing to do
}
