package gateway_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/gateway"
	"github.com/aval-access/aval/services/kit/config"
)

// Every mistake in the configuration is told at once, and no sample starts.
func TestConfigIsChecked(t *testing.T) {
	t.Parallel()
	vars := map[string]string{
		"AVAL_GATEWAY_TLS_CERT": "c", "AVAL_GATEWAY_TLS_KEY": "k", "AVAL_GATEWAY_TLS_CA": "a",
		"AVAL_GATEWAY_PUBLIC_URL":      "aval.example.com",
		"AVAL_GATEWAY_MTLS_URL":        "https://tokens.example.com/",
		"AVAL_GATEWAY_TRUSTED_PROXIES": "10.0.0.1",
		"AVAL_GATEWAY_PEERS":           "identity=localhost:1,consent=localhost:2",
		"AVAL_GATEWAY_ISSUER":          "https://aval.example.com",
		"AVAL_GATEWAY_PAGE_KEY":        "short",
		"AVAL_GATEWAY_HELP_LINKS":      "customer_service=javascript:alert(1)",

		"AVAL_GATEWAY_REQUESTS_PER_SECOND": "-1",
	}

	_, err := config.ParseFrom[gateway.Config]("AVAL_GATEWAY_", vars)

	for _, name := range []string{"PUBLIC_URL", "MTLS_URL", "TRUSTED_PROXIES", "HELP_LINKS", "PAGE_KEY", "REQUESTS_PER_SECOND"} {
		require.ErrorContains(t, err, name)
	}
	require.NotContains(t, err.Error(), "short\"")

	vars["AVAL_GATEWAY_PUBLIC_URL"] = "http://localhost:8080"
	vars["AVAL_GATEWAY_MTLS_URL"] = "https://localhost:8444"
	vars["AVAL_GATEWAY_TRUSTED_PROXIES"] = "10.0.0.0/8,fd00::/8"
	vars["AVAL_GATEWAY_PAGE_KEY"] = randomKey()
	vars["AVAL_GATEWAY_HELP_LINKS"] = "customer_service=https://help.example.com/chat?from=aval"
	delete(vars, "AVAL_GATEWAY_REQUESTS_PER_SECOND")
	good, err := config.ParseFrom[gateway.Config]("AVAL_GATEWAY_", vars)
	require.NoError(t, err)
	require.Equal(t, 100, good.RequestsPerSecond)
	require.Equal(t, map[string]string{"identity": "localhost:1", "consent": "localhost:2"}, good.Peers)
	require.Equal(t, "https://help.example.com/chat?from=aval", good.HelpLinks["customer_service"])
}
