package avalctl

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
)

const (
	callTimeout = 30 * time.Second
	// maxAnswer bounds one answer of the API, in bytes.
	maxAnswer = 16 << 20
)

// api is the public API, by REST.
type api struct {
	server, tokenFile string
}

// get reads an answer into a message.
func (a api) get(ctx context.Context, path string, query url.Values, into proto.Message) error {
	if a.server == "" {
		return fail(Usage, "say which Aval by --server")
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(a.server, "/")+path+"?"+query.Encode(), http.NoBody)
	if err != nil {
		return fail(Usage, "reading --server: %w", err)
	}
	if a.tokenFile != "" {
		token, err := os.ReadFile(a.tokenFile)
		if err != nil {
			return fail(Usage, "reading the token: %w", err)
		}
		request.Header.Set("Authorization", "Bearer "+strings.TrimSpace(string(token)))
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return fail(Failed, "asking %s: %w", a.server, err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if err != nil {
		return fail(Failed, "reading the answer: %w", err)
	}
	if answer.StatusCode != http.StatusOK {
		return fail(exitOf(answer.StatusCode), "%s answered %s: %s", path, answer.Status, text)
	}
	if err := protojson.Unmarshal(text, into); err != nil {
		return fail(Failed, "reading the answer: %w", err)
	}
	return nil
}

func exitOf(status int) int {
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden:
		return Auth
	case http.StatusNotFound:
		return NotFound
	case http.StatusConflict, http.StatusPreconditionFailed:
		return Conflict
	default:
		return Failed
	}
}

// entries is one page of what the ledger holds about an organisation.
func (a api) entries(ctx context.Context, organization, consent, page string) (*consentv1.ListLedgerEntriesResponse, error) {
	query := url.Values{"pageSize": {"200"}}
	for name, value := range map[string]string{"consentId": consent, "pageToken": page} {
		if value != "" {
			query.Set(name, value)
		}
	}
	answer := &consentv1.ListLedgerEntriesResponse{}
	return answer, a.get(ctx, "/v1/organizations/"+url.PathEscape(organization)+"/ledger", query, answer)
}

// consistency asks how a tree goes on from an earlier one.
func (a api) consistency(ctx context.Context, first, second int64) (tlog.TreeProof, error) {
	answer := &consentv1.GetConsistencyProofResponse{}
	err := a.get(ctx, "/v1/ledger/consistency", url.Values{
		"firstSize": {fmt.Sprint(first)}, "secondSize": {fmt.Sprint(second)},
	}, answer)
	if err != nil {
		return nil, err
	}
	proof := make(tlog.TreeProof, len(answer.GetProof()))
	for i, hash := range answer.GetProof() {
		copy(proof[i][:], hash)
	}
	return proof, nil
}
