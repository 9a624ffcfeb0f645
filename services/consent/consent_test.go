package consent_test

import (
	"encoding/base64"
	"maps"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/consent"
	"github.com/aval-access/aval/services/kit/config"
)

// configured reads a configuration in which nothing but what must be there and
// these are set.
func configured(vars map[string]string) (consent.Config, error) {
	all := map[string]string{
		"T_TLS_CERT": "c", "T_TLS_KEY": "k", "T_TLS_CA": "a", "T_DATABASE_URL": "u", "T_SYSTEM_DATABASE_URL": "s",
		"T_ISSUER": "https://id.test", "T_PAGE_KEY": base64.StdEncoding.EncodeToString([]byte("0123456789abcdef0123456789abcdef")),
		"T_RECEIPT_KEYS_DIR": "r", "T_LEDGER_KEYS_DIR": "l",
	}
	maps.Copy(all, vars)
	return config.ParseFrom[consent.Config]("T_", all)
}

// R30, R40: how long a request waits, from when on an unused access pauses and
// how mails are grouped are the deployment's to change, within bounds that its
// errors tell.
func TestTheManagedDefaultsAreTheDeploymentsToChange(t *testing.T) {
	t.Parallel()
	cfg, err := configured(nil)
	require.NoError(t, err)
	require.Equal(t, 14*24*time.Hour, cfg.RequestTerm)
	require.Equal(t, 180*24*time.Hour, cfg.DeviceTerm)
	require.Equal(t, 10*time.Minute, cfg.Grouping)
	require.Equal(t, []int{190, 0}, []int{cfg.InactivityDays, cfg.ReconfirmDays})

	cfg, err = configured(map[string]string{"T_INACTIVITY_DAYS": "0", "T_RECONFIRM_DAYS": "365"})
	require.NoError(t, err)
	require.Equal(t, []int{0, 365}, []int{cfg.InactivityDays, cfg.ReconfirmDays})
	for bad, told := range map[[2]string]string{
		{"T_REQUEST_TERM", "59m"}:     "from 1h0m0s to 2160h0m0s",
		{"T_REQUEST_TERM", "2161h"}:   "from 1h0m0s to 2160h0m0s",
		{"T_DEVICE_TERM", "8761h"}:    "from 0 to 8760h0m0s",
		{"T_GROUPING", "61m"}:         "from 0 to 1h0m0s",
		{"T_INACTIVITY_DAYS", "29"}:   "0, or from 30 to 400",
		{"T_INACTIVITY_DAYS", "401"}:  "0, or from 30 to 400",
		{"T_RECONFIRM_DAYS", "366"}:   "0, or from 30 to 365",
		{"T_LINK_PROOF", "telephone"}: "LINK_PROOF",
	} {
		_, err := configured(map[string]string{bad[0]: bad[1]})
		require.ErrorContains(t, err, told, "%v", bad)
	}
}
