package domain_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/consent/internal/domain"
)

func TestCodeServesFiveTriesAndTenMinutes(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, time.November, 21, 9, 0, 0, 0, time.UTC)
	sent, err := domain.NewCode(domain.Code{}, 0, now)
	require.NoError(t, err)

	code := sent
	for range 5 {
		code, err = code.Try(false, now)
		require.ErrorIs(t, err, domain.CodeRefused)
	}
	_, err = code.Try(true, now)
	require.ErrorIs(t, err, domain.CodeRefused, "the sixth try, however right")

	_, err = sent.Try(true, now.Add(10*time.Minute))
	require.ErrorIs(t, err, domain.CodeRefused, "too late")
	confirmed, err := sent.Try(true, now.Add(10*time.Minute-time.Second))
	require.NoError(t, err)
	require.False(t, confirmed.ConfirmTime.IsZero())
}

func TestADayHasTenCodes(t *testing.T) {
	t.Parallel()
	_, err := domain.NewCode(domain.Code{}, 9, time.Unix(0, 0))
	require.NoError(t, err)
	_, err = domain.NewCode(domain.Code{}, 10, time.Unix(0, 0))
	require.ErrorIs(t, err, domain.TooManyCodes)
}
