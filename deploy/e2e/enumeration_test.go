package e2e

import (
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/deploy/driver"
)

// T-22: status, headers and body of what anybody can ask, and of what an
// administrator can, do not tell whether an address is somebody's.
func TestNoAnswerTellsWhetherAnAddressExists(t *testing.T) {
	t.Parallel()
	b := setup(t, shared.rest)
	known, o := b.client(t).Owner.Email, b.client(t)
	nobodys := strings.ReplaceAll(known, "owner", "wonre") // as long
	administrator, anybody := b.browserOf(t, o.Owner, o.ID), driver.HTTPClient(newJar(t))
	for _, c := range []struct {
		browser     *http.Client
		route, body string
	}{
		{anybody, "/v1/auth:signIn", `{"email":%q,"password":"une phrase que personne n'a"}`},
		{anybody, "/v1/auth:requestPasswordReset", `{"email":%q}`},
		{administrator, "/v1/organizations/" + o.ID + "/invitations:diagnose", `{"email":%q}`},
		{administrator, "/v1/organizations/" + o.ID + "/invitations", `{"email":%q}`},
	} {
		ask := func(address string) string {
			response := b.post(t, c.browser, c.route, "application/json", fmt.Sprintf(c.body, address))
			body, err := io.ReadAll(response.Body)
			require.NoError(t, err)
			for _, own := range []string{"X-Request-Id", "Date", "Location", "Etag"} {
				response.Header.Del(own)
			}
			return alike(fmt.Sprint(response.StatusCode, response.Header, string(body)), address)
		}
		require.Equal(t, ask(nobodys), ask(known), c.route)
	}
}

// alike leaves out what is another in every answer: ids, times and the address
// that was typed.
func alike(answer, address string) string {
	answer = regexp.MustCompile(regexp.QuoteMeta(address)).ReplaceAllString(answer, "ADDRESS")
	answer = regexp.MustCompile(`\b[a-z]{3}_[0-9a-z]{26}\b|[0-9a-f-]{32,36}`).ReplaceAllString(answer, "ID")
	return regexp.MustCompile(`\d{4}-\d\d-\d\dT[\d:.]+Z|"etag":"[^"]*"`).ReplaceAllString(answer, "TIME")
}
