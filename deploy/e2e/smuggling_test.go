package e2e

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/deploy/journey"
)

// wire speaks HTTP byte by byte, as no client library would.
func wire(t *testing.T, raw string) (*http.Response, string) {
	t.Helper()
	at, err := url.Parse(shared.stack.URL())
	require.NoError(t, err)
	var dialer net.Dialer
	conn, err := dialer.DialContext(t.Context(), "tcp", "127.0.0.1:"+at.Port())
	require.NoError(t, err)
	defer conn.Close()
	require.NoError(t, conn.SetDeadline(time.Now().Add(20*time.Second)))
	_, err = io.WriteString(conn, strings.NewReplacer("{host}", at.Host, "\n", "\r\n").Replace(raw))
	require.NoError(t, err)
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return &http.Response{StatusCode: http.StatusBadRequest, Header: http.Header{}}, "" // hung up on
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return response, string(body)
}

// rawGet asks for the signed-in person with further header lines.
func rawGet(path string, lines ...string) string {
	return "GET " + path + " HTTP/1.1\nHost: {host}\n" + strings.Join(append(lines, "Connection: close"), "\n") + "\n\n"
}

// smuggler is a client's owner with a token.
func smuggler(t *testing.T) (journey.Organization, string) {
	t.Helper()
	client := setup(t, shared.edge).client(t)
	return client, tokenFor(t, client.Owner, client.ID)
}

// T-18, E1: nobody gets in by a header that only looks like the one that
// counts.
func TestHeadersThatLookLikeOthersCountForNothing(t *testing.T) {
	t.Parallel()
	_, token := smuggler(t)
	response, _ := wire(t, rawGet("/v1/me", "Authorization: Bearer "+token))
	require.Equal(t, http.StatusOK, response.StatusCode, "the token is good")
	for _, line := range []string{
		"Grpc-Metadata-Authorization: Bearer ", "Grpc-Metadata-authorization: Bearer ", "grpc-metadata-Authorization: Bearer ", "GRPC-METADATA-AUTHORIZATION: Bearer ",
		"Grpc_Metadata_Authorization: Bearer ", "Grpc-Metadata_Authorization: Bearer ", "Grpc-Metadata-Authorization-bin: ", "Grpcgateway-Authorization: Bearer ",
		"X-Authorization: Bearer ", "Proxy-Authorization: Bearer ", "X-Forwarded-Authorization: Bearer ", "Authorization_: Bearer ", "_Authorization: Bearer ",
		"Authorization: Basic ", "Authorization: ", "Authorization: bearer,", "Authorization: Bearer x,Bearer ", "Authorization: Bearer x ",
		"Cookie: sid=", "Cookie: __Host-sid=", "Cookie: __host-sid=", "Cookie: access_token=", "X-Forwarded-Client-Cert: By=", "X-Remote-User: ", "X-User: ",
		"X-Forwarded-Client-Cert: URI=spiffe://aval.local/ns/aval/sa/gateway;", "Grpc-Metadata-X-Forwarded-For: ", "Sec-WebSocket-Protocol: bearer, ",
	} {
		response, body := wire(t, rawGet("/v1/me", line+token))
		require.Equal(t, http.StatusUnauthorized, response.StatusCode, "%s: %s", line, body)
	}
	response, _ = wire(t, rawGet("/v1/me?access_token="+token))
	require.Equal(t, http.StatusBadRequest, response.StatusCode, "tokens do not travel in addresses")
}

// T-18: what Connection lists is dropped, and whoever sends a deciding header
// twice is refused.
func TestDecidingHeadersStandOnce(t *testing.T) {
	t.Parallel()
	_, token := smuggler(t)
	authorization := "Authorization: Bearer " + token
	for _, listed := range []string{"authorization", "Authorization", "close, Authorization", "AUTHORIZATION , close"} {
		response, _ := wire(t, "GET /v1/me HTTP/1.1\nHost: {host}\n"+authorization+"\nConnection: "+listed+"\n\n")
		require.Equal(t, http.StatusUnauthorized, response.StatusCode, listed)
	}
	for name, value := range map[string]string{
		"Authorization": "Bearer " + token, "Idempotency-Key": "a", "Content-Type": "application/json", "If-Match": "x", "Last-Event-Id": "1",
		"Origin": shared.stack.URL(), "Sec-Fetch-Site": "same-origin", "Traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "X-Request-Id": "a",
	} {
		for _, again := range []string{name, strings.ToLower(name), strings.ToUpper(name)} {
			response, body := wire(t, rawGet("/v1/me", authorization, name+": "+value, again+": "+value))
			require.Equal(t, http.StatusBadRequest, response.StatusCode, name)
			require.Contains(t, fieldsIn([]byte(body)), http.CanonicalHeaderKey(name), body)
		}
	}
}

// T-18: headers that other servers obey change nothing here.
func TestHeadersOfOtherServersChangeNothing(t *testing.T) {
	t.Parallel()
	client, token := smuggler(t)
	authorization := "Authorization: Bearer " + token
	_, plain := wire(t, rawGet("/v1/me", authorization, "X-Request-Id: same"))
	for _, line := range []string{
		"Grpc-Timeout: 1n", "Grpc-Timeout: 1", "Grpc-Encoding: gzip", "Te: trailers", "X-Forwarded-Host: evil.example", "X-Forwarded-Proto: gopher",
		"Forwarded: host=evil.example;proto=gopher", "X-Original-Url: /v1/organizations/" + client.ID, "X-Rewrite-Url: /v1/products", "X-Host: evil.example",
		"X-Forwarded-Prefix: /evil", "X-Http-Method-Override: DELETE", "X-Http-Method: POST", "X-Method-Override: POST", "X_Request_Id: other", "Range: bytes=0-1",
		"If-None-Match: *", "Expect: 100-continue", "Upgrade: h2c", "Accept: text/html", "Accept-Encoding: br", "X-Forwarded-For: 10.0.0.1, 127.0.0.1",
		"Grpc-Metadata-Accept-Language: en", "Content-Encoding: gzip", "Grpc-Metadata-Test-bin: ////", "Grpc-Metadata-Grpc-Timeout: 1n",
	} {
		response, body := wire(t, rawGet("/v1/me", authorization, "X-Request-Id: same", line))
		require.Equal(t, http.StatusOK, response.StatusCode, "%s: %s", line, body)
		require.JSONEq(t, plain, body, line)
		require.Equal(t, "same", response.Header.Get("X-Request-Id"), line)
	}
	for _, line := range []string{"X-Http-Method-Override: GET", "X-HTTP-Method: GET", "X-Method-Override: GET"} {
		for _, kind := range []string{"application/json", "application/x-www-form-urlencoded"} {
			response, _ := wire(t, "POST /v1/me HTTP/1.1\nHost: {host}\n"+authorization+"\n"+line+"\nContent-Type: "+kind+"\nContent-Length: 0\nConnection: close\n\n")
			require.Contains(t, []int{http.StatusMethodNotAllowed, http.StatusNotFound, http.StatusNotImplemented}, response.StatusCode, line)
		}
	}
}

// T-18: what a message's end, its target or its version could be taken for in
// two ways is refused, or means one thing.
func TestAmbiguousRequestsAreRefused(t *testing.T) {
	t.Parallel()
	_, token := smuggler(t)
	authorization := "Authorization: Bearer " + token + "\n"
	const inside = "GET /v1/me HTTP/1.1\nHost: {host}\n\n"
	for name, raw := range map[string]string{
		"two lengths":          "POST /v1/access:check HTTP/1.1\nHost: {host}\nContent-Length: 2\nContent-Length: 3\n\n{} ",
		"a length that is not": "POST /v1/access:check HTTP/1.1\nHost: {host}\nContent-Length: -1\n\n{}",
		"a length with a plus": "POST /v1/access:check HTTP/1.1\nHost: {host}\nContent-Length: +2\n\n{}",
		"an unknown coding":    "POST /v1/access:check HTTP/1.1\nHost: {host}\nTransfer-Encoding: xchunked\n\n0\n\n",
		"two codings":          "POST /v1/access:check HTTP/1.1\nHost: {host}\nTransfer-Encoding: chunked, identity\n\n0\n\n",
		"a folded header":      "GET /v1/me HTTP/1.1\nHost: {host}\nX-A: b\n Authorization: Bearer x\n\n",
		"a space before colon": "GET /v1/me HTTP/1.1\nHost: {host}\nAuthorization : Bearer " + token + "\n\n",
		"no host":              "GET /v1/me HTTP/1.1\n" + authorization + "\n",
		"two hosts":            "GET /v1/me HTTP/1.1\nHost: {host}\nHost: evil.example\n" + authorization + "\n",
		"a NUL in a header":    "GET /v1/me HTTP/1.1\nHost: {host}\nX-A: \x00\n" + authorization + "\n",
		"a target elsewhere":   "GET http://evil.example/v1/me HTTP/1.1\nHost: {host}\n" + authorization + "Connection: close\n\n",
		"no slash":             "GET v1/me HTTP/1.1\nHost: {host}\n" + authorization + "Connection: close\n\n",
		"a fragment of a host": "GET //evil.example/v1/me HTTP/1.1\nHost: {host}\n" + authorization + "Connection: close\n\n",
		"a connect":            "CONNECT evil.example:443 HTTP/1.1\nHost: {host}\n" + authorization + "Connection: close\n\n",
		"HTTP 2 in the clear":  "PRI * HTTP/2.0\n\nSM\n\n",
		"a star":               "GET * HTTP/1.1\nHost: {host}\n" + authorization + "Connection: close\n\n",
		"headers without end":  "GET /v1/me HTTP/1.1\nHost: {host}\nX-A: " + strings.Repeat("a", 64<<10) + "\n" + authorization + "\n",
		"very many headers":    "GET /v1/me HTTP/1.1\nHost: {host}\n" + strings.Repeat("X-A: aaaaaaaaaaaaaaaa\n", 3000) + authorization + "\n",
		"a length and chunks":  "POST /v1/access:check HTTP/1.1\nHost: {host}\n" + authorization + "Content-Type: application/json\nContent-Length: 100\nTransfer-Encoding: chunked\nConnection: close\n\n0\n\n" + inside,
	} {
		response, body := wire(t, raw)
		require.GreaterOrEqual(t, response.StatusCode, http.StatusMovedPermanently, name)
		require.NotContains(t, body, "usr_", name)
		require.NotEqual(t, http.StatusInternalServerError, response.StatusCode, name)
	}
}

// T-18, T-19: paths that mean another one lead nowhere; TRACE echoes nothing;
// nothing is shared with other sites.
func TestPathsAndMethodsThatAreNotRoutes(t *testing.T) {
	t.Parallel()
	client, token := smuggler(t)
	authorization := "Authorization: Bearer " + token
	for _, path := range []string{
		"/v1//me", "/v1/me/", "/v1/./me", "/v1/x/../me", "/v1/%2e%2e/v1/me", "/v1%2fme", "/V1/me", "/v1/me%00", "/v1/me;x=1", "/v1/me%20", "/v1/me%0d%0aX-A:%20b",
		"/v1/organizations/" + client.ID + "%2fmembers", "/v1/organizations/" + client.ID + "/../" + client.ID, "/v1/../v1/me", "/v1/aval.identity.v1.UserService/GetMe",
		"/aval.identity.v1.UserService/GetMe", "/metrics", "/debug/pprof/", "/livez", "/readyz", "/grpc.health.v1.Health/Check", "/%2e%2e/%2e%2e/etc/passwd", "/v1/me%c0%af", "/v1/%6de",
	} {
		response, body := wire(t, rawGet(path, authorization))
		require.True(t, response.StatusCode >= http.StatusMovedPermanently && response.StatusCode < http.StatusInternalServerError, "%s: %d %s", path, response.StatusCode, body)
		require.NotContains(t, body, "usr_", path)
		require.Empty(t, response.Header.Get("X-A"), path)
	}
	for _, verb := range []string{"TRACE", "TRACK", "OPTIONS", "PROPFIND", "DEBUG", "PATCH", "get", "G\tET"} {
		for _, path := range []string{"/v1/me", "/", "/sign-in", "/oauth2/token", "/.well-known/jwks.json", "/docs/errors"} {
			response, body := wire(t, fmt.Sprintf("%s %s HTTP/1.1\nHost: {host}\n%s\nOrigin: https://evil.example\nX-Secret: echo-me\nAccess-Control-Request-Method: POST\nConnection: close\n\n", verb, path, authorization))
			require.True(t, response.StatusCode >= http.StatusBadRequest && response.StatusCode <= http.StatusNotImplemented, "%s %s: %d", verb, path, response.StatusCode)
			require.NotContains(t, body, "echo-me")
			for name := range response.Header {
				require.False(t, strings.HasPrefix(name, "Access-Control-"), "%s %s: %s", verb, path, name)
			}
		}
	}
}
