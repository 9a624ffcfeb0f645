package e2e

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
)

// R37 R45: both parties hold a signed receipt that the published keys verify; the
// partner's does not say who answered; without a yes there is none.
func TestBothPartiesHoldASignedReceipt(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		v := b.visiting(t)
		client := consentv1.NewReceiptServiceClient(v.client.Owner)
		keys, err := consentv1.NewReceiptServiceClient(b.Transport.Session("fr")).GetReceiptKeys(t.Context(), &consentv1.GetReceiptKeysRequest{})
		require.NoError(t, err)
		own, err := client.GetReceipt(t.Context(), &consentv1.GetReceiptRequest{ConsentId: v.consent.GetId()})
		require.NoError(t, err)
		parsed, err := jose.ParseSignedCompact(own.GetReceipt().GetJws(), []jose.SignatureAlgorithm{jose.EdDSA})
		require.NoError(t, err)
		public, err := base64.RawURLEncoding.DecodeString(keys.GetKeys()[0].GetX())
		require.NoError(t, err)
		payload, err := parsed.Verify(ed25519.PublicKey(public))
		require.NoError(t, err)
		require.Equal(t, own.GetReceipt().GetRecordJson(), string(payload))

		var record struct {
			Processing struct {
				Notice struct{ Hash string } `json:"privacy_notice"`
			} `json:"pii_processing"`
		}
		require.NoError(t, json.Unmarshal(payload, &record))
		require.Equal(t, v.consent.GetTextHash(), record.Processing.Notice.Hash)
		require.Contains(t, string(payload), v.client.Owner.UserID)

		partner := consentv1.NewReceiptServiceClient(v.partner.Owner)
		theirs, err := partner.GetPartnerReceipt(t.Context(), &consentv1.GetPartnerReceiptRequest{PartnerId: v.partner.ID, ConsentId: v.consent.GetId()})
		require.NoError(t, err)
		require.NotContains(t, theirs.GetReceipt().GetRecordJson(), v.client.Owner.UserID)
		_, err = partner.GetReceipt(t.Context(), &consentv1.GetReceiptRequest{ConsentId: v.consent.GetId()})
		require.Error(t, err, "the client's is the client's")

		waiting := b.asked(t)
		list, err := consentv1.NewConsentServiceClient(waiting.client.Owner).ListConsents(t.Context(), &consentv1.ListConsentsRequest{OrganizationId: waiting.client.ID})
		require.NoError(t, err)
		require.NotEmpty(t, list.GetConsents())
		_, err = consentv1.NewReceiptServiceClient(waiting.client.Owner).GetReceipt(t.Context(), &consentv1.GetReceiptRequest{ConsentId: list.GetConsents()[0].GetId()})
		requireReason(t, reasonv1.Reason_REASON_CONSENT_NOT_GIVEN, err)
	})
}
