package gateway_test

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	"github.com/aval-access/aval/services/kit/id"
)

// R110: the history as a file holds every page of the filter, and nothing that
// a spreadsheet would run.
func TestTheHistoryIsAFileToWhoAcceptsCSV(t *testing.T) {
	t.Parallel()
	b := setup(t)
	account := id.New()
	organization, actor := account.Text("org"), id.New().Text("usr")
	bearer, err := b.sign(account)
	require.NoError(t, err)
	path := "/v1/organizations/" + organization + "/history"
	ask := func(query, accept, token string) response {
		return b.send(t, request{method: http.MethodGet, path: path + query, header: http.Header{
			"Accept": {accept}, "Authorization": {"Bearer " + token},
		}})
	}

	t.Run("every page, harmless", func(t *testing.T) {
		answer := ask("?actorId="+actor, "text/csv", bearer)
		require.Equal(t, http.StatusOK, answer.StatusCode, string(answer.content))
		require.Equal(t, "text/csv; charset=utf-8; header=present", answer.Header.Get("Content-Type"))
		rows, err := csv.NewReader(bytes.NewReader(answer.content)).ReadAll()
		require.NoError(t, err)
		require.Len(t, rows, 3, "a header and the entry of each page")
		require.Equal(t, "actor_name", rows[0][2])
		require.Equal(t, `'=HYPERLINK("https://evil.test")`, rows[2][2])
		require.Equal(t, "2026-03-01T08:00:00Z", rows[2][0])
		for _, page := range []string{"", "second"} {
			asked, ok := next(t, b.consent.arrived).request.(*consentv1.ListHistoryRequest)
			require.True(t, ok)
			require.Equal(t, organization, asked.GetOrganizationId())
			require.Equal(t, actor, asked.GetActorId())
			require.Equal(t, page, asked.GetPageToken())
		}
	})
	t.Run("JSON to everybody else", func(t *testing.T) {
		answer := ask("", "*/*", bearer)
		require.Equal(t, "second", answer.json(t)["nextPageToken"])
		next(t, b.consent.arrived)
	})
	t.Run("as strict as the method", func(t *testing.T) {
		for query, status := range map[string]int{"?who=me": 400, "?startTime=yesterday": 400, "?organizationId=" + organization: 400} {
			require.Equal(t, status, ask(query, "text/csv", bearer).StatusCode, query)
		}
		require.Equal(t, http.StatusUnauthorized, ask("", "text/csv", "nobody").StatusCode)
	})
}
