package receipt_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/consent/internal/receipt"
	"github.com/aval-access/aval/services/consent/internal/wording"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/jwtkey"
)

func given() domain.Record {
	r := domain.Record{
		ID: id.New(), ClientID: id.New(), PartnerID: id.New(), UserID: id.New(), ApproverID: id.New(),
		ClientName: "Boulangerie Durand", ProductName: "Compta+", Partner: domain.Identification{LegalName: "Cabinet Martin"},
		GivenName: "Karim", FamilyName: "Haddad", Role: domain.TechnicalSupport, State: domain.Given, Choice: domain.OneWeek,
		ApproverName: "Anne Petit", Granted: []domain.Right{{Feature: "management", Level: domain.Approver}, {Feature: "accounting/bank"}},
		CreateTime: time.Unix(1000, 0).UTC(), GiveTime: time.Unix(2000, 0).UTC(), ExpireTime: time.Unix(3000, 0).UTC(),
		RequestExpireTime: time.Unix(9000, 0).UTC(),
	}
	text := wording.Canonical(r, "fr")
	r.Evidence = domain.Evidence{
		Assurance: domain.EmailLinkCode, TextHash: text.Hash(), TextVersion: text.Version, TextLocale: "fr",
		Network: "192.0.2.0/24", Agent: "Mozilla/5.0",
	}
	return r
}

func frame() receipt.Frame {
	return receipt.Frame{Issuer: "https://id.example", LawfulBasis: "instruction", Now: time.Unix(2500, 0)}
}

// R45: the receipt holds who, to what, for how long, how sure, and the exact text
// with its hash; anybody verifies it with the published keys.
func TestReceiptProvesTheYes(t *testing.T) {
	t.Parallel()
	ring, err := jwtkey.Ensure(t.TempDir())
	require.NoError(t, err)
	signer, r := receipt.NewSigner(ring), given()
	signed, err := signer.Sign(receipt.Of(r, frame()))
	require.NoError(t, err)
	again, err := signer.Sign(receipt.Of(r, frame()))
	require.NoError(t, err)
	require.Equal(t, signed, again, "the same consent gives the same receipt")

	parsed, err := jose.ParseSignedCompact(signed.JWS, []jose.SignatureAlgorithm{jose.EdDSA})
	require.NoError(t, err)
	keys := signer.Keys()
	key := keys.Key(parsed.Signatures[0].Header.KeyID)
	require.Len(t, key, 1)
	payload, err := parsed.Verify(key[0])
	require.NoError(t, err)
	require.JSONEq(t, signed.JSON, string(payload))

	var record receipt.Record
	require.NoError(t, json.Unmarshal(payload, &record))
	require.Equal(t, "ISO/IEC TS 27560:2023", record.Schema)
	require.Equal(t, r.Evidence.TextHash, record.Processing.Notice.Hash)
	require.Contains(t, record.Processing.Notice.Paragraphs[1], "Karim Haddad")
	require.Equal(t, []receipt.Access{{Type: "management", Level: "APPROVER"}}, record.Processing.Purposes[0].Information)
	require.Equal(t, "instruction", record.Processing.Purposes[0].LawfulBasis)
	require.Len(t, record.Events, 2)
	require.Equal(t, r.ExpireTime, record.Events[1].Until)
	require.Equal(t, "Anne Petit", record.Parties[3].Name)
	require.NotContains(t, signed.JSON, "192.0.2.0", "where the answer came from has a shorter term than its proof")
}

// The partner's receipt does not say who of the client answered.
func TestThePartnersReceiptNamesNoApprover(t *testing.T) {
	t.Parallel()
	r, f := given(), frame()
	f.ForPartner = true
	text, err := json.Marshal(receipt.Of(r, f))
	require.NoError(t, err)
	require.NotContains(t, string(text), "Anne Petit")
	require.NotContains(t, string(text), r.ApproverID.Text("usr"))
	require.Contains(t, string(text), "Karim Haddad")
}

// An end is part of the proof, recorded or by time alone; words that are no
// longer the template's leave their hash and version.
func TestReceiptSaysTheEnd(t *testing.T) {
	t.Parallel()
	r, f := given(), frame()
	f.Now = time.Unix(3000, 0)
	require.Equal(t, receipt.Event{Time: r.ExpireTime, Type: "end", State: "EXPIRED"}, receipt.Of(r, f).Events[2])
	r.State, r.RevokeTime = domain.Withdrawn, time.Unix(2200, 0).UTC()
	require.Equal(t, receipt.Event{Time: r.RevokeTime, Type: "end", State: "WITHDRAWN"}, receipt.Of(r, f).Events[2])
	r.Evidence.TextHash = "of another time"
	require.Empty(t, receipt.Of(r, f).Processing.Notice.Paragraphs)
	require.Equal(t, "of another time", receipt.Of(r, f).Processing.Notice.Hash)
}
