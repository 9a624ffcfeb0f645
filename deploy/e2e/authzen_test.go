package e2e

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/deploy/stack"
	"github.com/aval-access/aval/services/kit/authn"
)

type object = map[string]any

// R29 R41: a product that speaks AuthZEN hears yes on the visit, finds the
// collaborator and the account, and hears no once the client took it back.
func TestAuthZENEndsInANo(t *testing.T) {
	t.Parallel()
	b := setup(t, shared.rest)
	v := b.visiting(t)
	product := productClient(t)
	question := object{
		"subject": object{"type": "user", "id": v.person.UserID}, "action": object{"name": "guest"},
		"resource": object{"type": "account", "id": v.client.ID, "properties": object{"feature": "management/invoices"}},
		"context":  object{"support_session_id": v.visit.GetSupportSession().GetId()},
	}
	answer := askAuthZEN(t, product, "evaluation", question)
	require.Equal(t, true, answer["decision"], answer)
	require.Equal(t, v.consent.GetId(), answer["context"].(object)["consent_id"])
	require.Equal(t, []any{question["subject"]}, found(askAuthZEN(t, product, "search/subject", question), v.person.UserID))
	require.Equal(t, []any{question["resource"]}, askAuthZEN(t, product, "search/resource", question)["results"])
	require.Contains(t, askAuthZEN(t, product, "search/action", question)["results"], object{"name": "guest"})

	_, err := b.Withdraw(t.Context(), v.client.Owner, v.consent.GetId())
	require.NoError(t, err)

	require.Equal(t, object{"decision": false, "context": object{"reason": "NO_ACCESS"}}, askAuthZEN(t, product, "evaluation", question))
	require.Empty(t, askAuthZEN(t, product, "search/resource", question)["results"])
	require.Empty(t, askAuthZEN(t, product, "search/action", question)["results"])
}

// found is one of the results: the account's own people are among them.
func found(answer object, user string) (out []any) {
	for _, one := range answer["results"].([]any) {
		if one.(object)["id"] == user {
			out = append(out, one)
		}
	}
	return out
}

// productClient speaks by the demo product's certificate.
func productClient(t *testing.T) *http.Client {
	t.Helper()
	paths := shared.stack.Certificate(stack.DemoProduct)
	mtls, err := authn.NewMTLS(authn.TLSConfig{
		CertFile: paths.Cert, KeyFile: paths.Key, CAFile: paths.CA, TrustDomain: stack.TrustDomain,
	}, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	config, err := mtls.ClientTLS(stack.SPIFFEID("gateway"))
	require.NoError(t, err)
	transport := &http.Transport{TLSClientConfig: config}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func askAuthZEN(t *testing.T, product *http.Client, path string, question object) object {
	t.Helper()
	text, err := json.Marshal(question)
	require.NoError(t, err)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, shared.stack.ProductURL()+"/access/v1/"+path, bytes.NewReader(text))
	require.NoError(t, err)
	request.Header.Set("Content-Type", "application/json")
	response, err := product.Do(request)
	require.NoError(t, err)
	defer func() { require.NoError(t, response.Body.Close()) }()
	require.Equal(t, http.StatusOK, response.StatusCode)
	var out object
	require.NoError(t, json.NewDecoder(response.Body).Decode(&out))
	return out
}
