package oauth

import (
	"context"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"

	"github.com/aval-access/aval/gateway/internal/edge"
	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
)

const (
	grantCode     = "authorization_code"
	grantExchange = "urn:ietf:params:oauth:grant-type:token-exchange"
	// supportSessionType names a support session's id as a subject token.
	supportSessionType = "urn:aval:params:oauth:token-type:support-session"
	accessTokenType    = "urn:ietf:params:oauth:token-type:access_token"
)

// tokenAnswer is RFC 6749 §5.1 with RFC 8693 §2.2.1.
type tokenAnswer struct {
	AccessToken     string `json:"access_token"`
	IssuedTokenType string `json:"issued_token_type"`
	TokenType       string `json:"token_type"`
	// ExpiresIn is in seconds.
	ExpiresIn int64 `json:"expires_in"`
	// SupportSessionID is what the product exchanges for the next token.
	SupportSessionID string `json:"support_session_id"`
	// SessionExpiresIn is how long tokens may be renewed, in seconds.
	SessionExpiresIn int64 `json:"support_session_expires_in"`
	// Names for the product's banner: the account, who acts in it, and from
	// which partner.
	AccountName string `json:"account_name"`
	ActorName   string `json:"actor_name"`
	PartnerName string `json:"partner_name"`
}

// token is POST /oauth2/token.
func (s *server) token(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Pragma", "no-cache")
	client, err := edge.Workload(r)
	if err != nil {
		s.refuse(w, r, invalidClient())
		return
	}
	form, err := formOf(r)
	if err != nil {
		s.refuse(w, r, invalidRequest())
		return
	}
	issued, err := s.issue(r.Context(), client, form)
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	now := s.options.Clock.Now()
	writeJSON(w, http.StatusOK, tokenAnswer{
		AccessToken:      issued.GetAccessToken(),
		IssuedTokenType:  accessTokenType,
		TokenType:        "Bearer",
		ExpiresIn:        max(0, int64(issued.GetExpireTime().AsTime().Sub(now).Seconds())),
		SupportSessionID: issued.GetSupportSessionId(),
		SessionExpiresIn: max(0, int64(issued.GetSessionExpireTime().AsTime().Sub(now).Seconds())),
		AccountName:      issued.GetAccountName(),
		ActorName:        issued.GetActorName(),
		PartnerName:      issued.GetPartnerName(),
	})
}

func (s *server) issue(ctx context.Context, client string, form url.Values) (*identityv1.SupportToken, error) {
	switch form.Get("grant_type") {
	case grantCode:
		return s.redeem(ctx, client, form)
	case grantExchange:
		return s.renew(ctx, client, form)
	case "":
		return nil, invalidRequest()
	default:
		return nil, unsupportedGrant()
	}
}

// redeem gives the first token of a session for the one-time code that the
// product was entered with.
func (s *server) redeem(ctx context.Context, client string, form url.Values) (*identityv1.SupportToken, error) {
	if form.Get("code") == "" {
		return nil, invalidRequest()
	}
	answer, err := s.options.Tokens.RedeemSupportCode(ctx, &identityv1.RedeemSupportCodeRequest{
		Code:           form.Get("code"),
		ClientSpiffeId: client,
	})
	if err != nil {
		return nil, fmt.Errorf("redeeming a support code: %w", err)
	}
	return answer.GetToken(), nil
}

// renew gives the next token of a running session.
func (s *server) renew(ctx context.Context, client string, form url.Values) (*identityv1.SupportToken, error) {
	requested := form.Get("requested_token_type")
	wrong := form.Get("subject_token") == "" || form.Get("subject_token_type") != supportSessionType ||
		(requested != "" && requested != accessTokenType) || form.Has("actor_token")
	if wrong {
		return nil, invalidRequest()
	}
	answer, err := s.options.Tokens.RenewSupportToken(ctx, &identityv1.RenewSupportTokenRequest{
		SupportSessionId: form.Get("subject_token"),
		ClientSpiffeId:   client,
	})
	if err != nil {
		return nil, fmt.Errorf("renewing a support token: %w", err)
	}
	return answer.GetToken(), nil
}

// formOf reads the body alone, of the one content type; no parameter stands
// twice (RFC 6749 §3.2).
func formOf(r *http.Request) (url.Values, error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/x-www-form-urlencoded" {
		return nil, errors.New("the content type is not application/x-www-form-urlencoded")
	}
	if err := r.ParseForm(); err != nil {
		return nil, fmt.Errorf("reading the form: %w", err)
	}
	for name, values := range r.PostForm {
		if len(values) > 1 {
			return nil, fmt.Errorf("the parameter %s stands twice", name)
		}
	}
	return r.PostForm, nil
}
