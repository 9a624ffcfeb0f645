package domain_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
)

// R76: a link that was asked for waits for the client, who answers once.
func TestALinkThatWasAskedForIsAnsweredOnce(t *testing.T) {
	t.Parallel()
	partner := domain.Organization{ID: id.New(), Kind: domain.KindPartner, Level1Support: true}
	client := domain.Organization{ID: id.New(), Kind: domain.KindClient}
	asked, err := domain.Ask(id.New(), partner, client, domain.Asking{Requester: id.New()})
	require.NoError(t, err)
	require.Equal(t, domain.DossierPending, asked.State)

	accepted, declined := asked, asked
	require.NoError(t, accepted.Accept())
	require.Equal(t, domain.DossierActive, accepted.State)
	require.ErrorIs(t, accepted.Decline(), domain.TransitionRefused)
	require.NoError(t, declined.Decline())
	require.Equal(t, domain.DossierEnded, declined.State)
	require.ErrorIs(t, declined.Accept(), domain.TransitionRefused)
}

// R1: who gives no level-1 support asks for nothing.
func TestAPartnerWithoutLevel1SupportAsksForNothing(t *testing.T) {
	t.Parallel()
	_, err := domain.Ask(id.New(), domain.Organization{Kind: domain.KindPartner}, domain.Organization{Kind: domain.KindClient}, domain.Asking{})
	require.ErrorIs(t, err, domain.SupportLevel1Missing)
}

// R76: a code is read however it is typed, and nothing else is taken for one.
func TestACodeIsReadHoweverItIsTyped(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		code := domain.ClientCode{Code: domain.NewCode(id.New())}
		shown := code.Shown()
		require.Len(t, shown, 11)
		require.Equal(t, code.Code, domain.ReadCode(" "+strings.ToLower(shown)+" "))
		require.Equal(t, code.Code, domain.ReadCode(strings.NewReplacer("0", "o", "1", "l", "-", "").Replace(shown)))
	})
	for _, typed := range []string{"", "7K2MX", "7K2MX-QH4TBB", "7K2MX-QH4T!", "org_01h455vb4pex5vsknk084sn02q"} {
		require.Empty(t, domain.ReadCode(typed), typed)
	}
}
