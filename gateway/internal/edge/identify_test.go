package edge

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// E2: what a caller writes into X-Forwarded-For counts for nothing unless a
// trusted proxy connects, and then only what that proxy added.
func TestNetworkOfTheCaller(t *testing.T) {
	t.Parallel()
	proxied := Options{TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}
	cases := map[string]struct {
		options         Options
		remote, forward string
		want, source    string
	}{
		"direct":                   {Options{}, "198.51.100.7:1234", "203.0.113.9", "198.51.100.0/24", "198.51.100.7/32"},
		"direct past the proxy":    {proxied, "198.51.100.7:1234", "203.0.113.9", "198.51.100.0/24", "198.51.100.7/32"},
		"through the proxy":        {proxied, "10.1.2.3:1234", "192.0.2.1, 203.0.113.9", "203.0.113.0/24", "203.0.113.9/32"},
		"the proxy adds nonsense":  {proxied, "10.1.2.3:1234", "203.0.113.9, unknown", "10.1.2.0/24", "10.1.2.3/32"},
		"the proxy adds nothing":   {proxied, "10.1.2.3:1234", "", "10.1.2.0/24", "10.1.2.3/32"},
		"version 6":                {Options{}, "[2001:db8:1:2:3::4]:1234", "", "2001:db8:1::/48", "2001:db8:1::/56"},
		"version 4 in version 6":   {Options{}, "[::ffff:198.51.100.7]:1234", "", "198.51.100.0/24", "198.51.100.7/32"},
		"version 6 with its zone":  {Options{}, "[fe80::1%eth0]:1234", "", "fe80::/48", "fe80::/56"},
		"an address of no network": {Options{}, "@", "", "", ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			r.RemoteAddr = c.remote
			r.Header.Set("X-Forwarded-For", c.forward)
			e := &edge{options: c.options}
			require.Equal(t, c.want, network(e.remote(r)))
			require.Equal(t, c.source, source(e.remote(r)))
		})
	}
}

func TestRequestIDCannotForgeALogLine(t *testing.T) {
	t.Parallel()
	require.True(t, isRequestID("0190-ab.C_d"))
	for _, bad := range []string{"", "a b", "a\nb", `a"b`, "é", strings.Repeat("a", 129)} {
		require.False(t, isRequestID(bad), bad)
	}
}

func TestAgentIsCut(t *testing.T) {
	t.Parallel()
	require.Equal(t, "ab", printable("a\x00\u202eb"))
	require.Len(t, printable(strings.Repeat("a", 500)), 400)
}

// E1
func TestHopByHopAndUnderscoresAreDropped(t *testing.T) {
	t.Parallel()
	header := http.Header{"X_A": {"1"}, "Connection": {"x-b, X-C"}, "X-B": {"1"}, "X-C": {"1"}, "X-D": {"1"}}
	dropHopByHop(header)
	require.NotContains(t, header, "X_A")
	require.NotContains(t, header, "X-B")
	require.NotContains(t, header, "X-C")
	require.Contains(t, header, "X-D")
}
