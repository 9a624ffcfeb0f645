package demoproduct

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/aval-access/aval/services/kit/authn"
)

const (
	callTimeout = 10 * time.Second
	maxAnswer   = 64 << 10

	grantCode     = "authorization_code"
	grantExchange = "urn:ietf:params:oauth:grant-type:token-exchange"
	typeSession   = "urn:aval:params:oauth:token-type:support-session"
)

// errOver means that the visit, or the yes behind it, is over.
var errOver = errors.New("the visit is over")

// tokens fetches support tokens with the product's certificate (RFC 8693) and
// verifies them against the issuer's keys.
type tokens struct {
	config Config
	client *http.Client // shows the certificate
	plain  *http.Client
}

// answer is what of the token endpoint's is shown here; the token says the rest.
type answer struct {
	AccessToken string `json:"access_token"`
	AccountName string `json:"account_name"`
	ActorName   string `json:"actor_name"`
	PartnerName string `json:"partner_name"`
	// SessionExpiresIn is in seconds.
	SessionExpiresIn int64 `json:"support_session_expires_in"`
	// Error is an RFC 6749 §5.2 code, in place of all the others.
	Error string `json:"error"`
}

func newTokens(c Config, mtls *authn.MTLS) (*tokens, error) {
	config, err := mtls.ClientTLS(mtls.ServiceID("gateway"))
	if err != nil {
		return nil, err
	}
	return &tokens{
		config: c,
		client: &http.Client{Timeout: callTimeout, Transport: &http.Transport{TLSClientConfig: config}},
		plain:  &http.Client{Timeout: callTimeout},
	}, nil
}

// redeem exchanges the one-time code for the first token of a visit.
func (t *tokens) redeem(ctx context.Context, code string) (visit, error) {
	return t.ask(ctx, url.Values{"grant_type": {grantCode}, "code": {code}})
}

// renew asks for the next token; Aval checks everything again.
func (t *tokens) renew(ctx context.Context, session string) (visit, error) {
	return t.ask(ctx, url.Values{"grant_type": {grantExchange}, "subject_token": {session}, "subject_token_type": {typeSession}})
}

func (t *tokens) ask(ctx context.Context, form url.Values) (visit, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, t.config.TokenURL, strings.NewReader(form.Encode()))
	if err != nil {
		return visit{}, err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := t.client.Do(request)
	if err != nil {
		return visit{}, fmt.Errorf("asking for a token: %w", err)
	}
	defer response.Body.Close()
	var a answer
	if err := json.NewDecoder(io.LimitReader(response.Body, maxAnswer)).Decode(&a); err != nil {
		return visit{}, fmt.Errorf("reading the token's answer: %w", err)
	}
	switch a.Error {
	case "":
		return t.visitOf(ctx, a)
	case "invalid_grant", "invalid_request": // a code or a visit that is no good any more
		return visit{}, errOver
	default:
		return visit{}, fmt.Errorf("asking for a token: %s", a.Error)
	}
}

// visitOf verifies the token: algorithm, signature, issuer, audience, time.
func (t *tokens) visitOf(ctx context.Context, a answer) (visit, error) {
	keys, err := t.keys(ctx)
	if err != nil {
		return visit{}, err
	}
	parsed, err := jwt.ParseSigned(a.AccessToken, []jose.SignatureAlgorithm{jose.EdDSA})
	if err != nil {
		return visit{}, fmt.Errorf("reading the token: %w", err)
	}
	var standard jwt.Claims
	var own authn.Claims
	if err := parsed.Claims(keys, &standard, &own); err != nil {
		return visit{}, fmt.Errorf("verifying the token: %w", err)
	}
	err = standard.ValidateWithLeeway(jwt.Expected{Issuer: t.config.Issuer, AnyAudience: jwt.Audience{t.config.PublicURL}, Time: time.Now()}, 0)
	if err != nil || own.Act == nil {
		return visit{}, fmt.Errorf("verifying the token: %w", errors.Join(err, errOver))
	}
	return visit{
		Session: own.SessionID, Account: own.Subject, Actor: own.Act.Subject, Purpose: own.Purpose,
		AccountName: a.AccountName, ActorName: a.ActorName, PartnerName: a.PartnerName,
		TokenEnds: own.Expiry.Time(), Ends: time.Now().Add(time.Duration(a.SessionExpiresIn) * time.Second),
	}, nil
}

// keys are fetched for each token: a demo product has few. A real one caches
// them for the minute that the answer allows.
func (t *tokens) keys(ctx context.Context) (jose.JSONWebKeySet, error) {
	var set jose.JSONWebKeySet
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, t.config.Issuer+"/.well-known/jwks.json", nil)
	if err != nil {
		return set, err
	}
	response, err := t.plain.Do(request)
	if err != nil {
		return set, fmt.Errorf("fetching the issuer's keys: %w", err)
	}
	defer response.Body.Close()
	if err := json.NewDecoder(io.LimitReader(response.Body, maxAnswer)).Decode(&set); err != nil {
		return set, fmt.Errorf("reading the issuer's keys: %w", err)
	}
	return set, nil
}
