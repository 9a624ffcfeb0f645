package partnersupport_test

import (
	"encoding/base64"
	"maps"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/config"
	"github.com/aval-access/aval/services/partnersupport"
)

// configured reads a configuration in which nothing but what must be there and
// these are set.
func configured(vars map[string]string) (partnersupport.Config, error) {
	all := map[string]string{
		"T_TLS_CERT": "c", "T_TLS_KEY": "k", "T_TLS_CA": "a", "T_DATABASE_URL": "u", "T_SYSTEM_DATABASE_URL": "s",
		"T_ISSUER": "https://id.test", "T_PAGE_KEY": base64.StdEncoding.EncodeToString([]byte("0123456789abcdef0123456789abcdef")),
	}
	maps.Copy(all, vars)
	return config.ParseFrom[partnersupport.Config]("T_", all)
}

// R40, R7: what is proposed where nobody says, and how long a visit may be, are
// the deployment's to change, within bounds that its errors tell.
func TestTheManagedDefaultsAreTheDeploymentsToChange(t *testing.T) {
	t.Parallel()
	cfg, err := configured(nil)
	require.NoError(t, err)
	require.Equal(t, 7*24*time.Hour, cfg.ProposedDuration)
	require.Equal(t, []time.Duration{time.Hour, 30 * time.Minute}, []time.Duration{cfg.SupportSessionLife, cfg.SupportSessionIdle})
	require.Equal(t, []time.Duration{12 * time.Hour, time.Hour}, []time.Duration{cfg.AccountantSessionLife, cfg.AccountantSessionIdle})

	_, err = configured(map[string]string{"T_PROPOSED_DURATION": "0"})
	require.NoError(t, err, "without an end")
	cfg, err = configured(map[string]string{"T_PROPOSED_DURATION": "1h", "T_SUPPORT_SESSION_LIFE": "5m", "T_SUPPORT_SESSION_IDLE": "5m"})
	require.NoError(t, err)
	require.Equal(t, time.Hour, cfg.ProposedDuration)
	for bad, told := range map[[2]string]string{
		{"T_PROPOSED_DURATION", "59m"}:       "from 1h0m0s to 17520h0m0s",
		{"T_PROPOSED_DURATION", "17521h"}:    "from 1h0m0s to 17520h0m0s",
		{"T_SUPPORT_SESSION_LIFE", "4m"}:     "from 5m to 12h",
		{"T_ACCOUNTANT_SESSION_LIFE", "13h"}: "from 5m to 12h",
		{"T_ACCOUNTANT_SESSION_IDLE", "0"}:   "above zero",
		{"T_SUPPORT_SESSION_IDLE", "61m"}:    "no longer than the visit",
		{"T_ENTRY_FACTOR", "perhaps"}:        "neither required nor none",
	} {
		_, err := configured(map[string]string{bad[0]: bad[1]})
		require.ErrorContains(t, err, told, "%v", bad)
	}
}
