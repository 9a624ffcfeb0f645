package e2e

import (
	"context"
	"encoding/csv"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/deploy/journey"
	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
)

// R110: a client takes its history out as a table with a proof in each row and
// the signed checkpoint at its end, by the API and from the page; a table of
// another organisation is refused.
func TestTheHistoryIsTakenOutWithItsProofs(t *testing.T) {
	t.Parallel()
	b := setup(t, shared.rest)
	o, other := b.client(t), b.client(t)
	require.NoError(t, journey.Eventually(journey.WithPatience(t.Context(), 2*time.Minute), func(ctx context.Context) (bool, error) {
		list, err := consentv1.NewLedgerServiceClient(o.Owner).ListLedgerEntries(ctx, &consentv1.ListLedgerEntriesRequest{OrganizationId: o.ID})
		return err == nil && len(list.GetEntries()) > 0, nil
	}), "the ledger is signed each minute")
	browser := b.browserOf(t, o.Owner, o.ID)
	for _, path := range []string{"/v1/organizations/" + o.ID + "/ledger", "/history/proofs.csv"} {
		answer := accepting(t, browser, b.stack.URL()+path, "text/csv")
		require.Equal(t, http.StatusOK, answer.StatusCode, path)
		rows, err := csv.NewReader(answer.Body).ReadAll()
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		require.Greater(t, len(rows), 2, path)
		column := map[string]int{}
		for i, name := range rows[0] {
			column[name] = i
		}
		fact, last := rows[1], rows[len(rows)-1]
		require.Equal(t, o.ID, fact[column["account_id"]])
		require.Contains(t, column, "proof") // that of the only leaf is empty
		require.NotEmpty(t, fact[column["leaf"]])
		require.NotEmpty(t, fact[column["sentence"]])
		require.NotEmpty(t, last[column["checkpoint"]])
		require.NotEmpty(t, last[column["verifier_keys"]])
	}
	refused := accepting(t, browser, b.stack.URL()+"/v1/organizations/"+other.ID+"/ledger", "text/csv")
	require.Equal(t, http.StatusNotFound, refused.StatusCode)
	require.NoError(t, refused.Body.Close())
}

// accepting asks for a kind of answer.
func accepting(t *testing.T, browser *http.Client, target, kind string) *http.Response {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, target, http.NoBody)
	require.NoError(t, err)
	request.Header.Set("Accept", kind)
	answer, err := browser.Do(request)
	require.NoError(t, err)
	return answer
}
