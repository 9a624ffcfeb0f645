package pages

import (
	"testing"

	"github.com/stretchr/testify/require"
)

const sampleRecord = `{"schema_version":"ISO/IEC TS 27560:2023","record_id":"cns_1","pii_processing":{"privacy_notice":{
"version":"support/1","hash":"0123456789abcdef","hash_algorithm":"SHA-256","title":"Demande d'accès à votre compte pour l'assistance",
"paragraphs":["Une seule personne est concernée : Nora Petit."],"lines":["Gestion générale : consulter"]},
"language":"fr","purposes":[{"lawful_basis":"instruction","pii_information":[{"pii_type":"management","access_level":"GUEST"}]}]},
"party_identification":[{"party_name":"Boulangerie Martin","party_role":"pii_controller"},{"party_name":"Nora Petit","party_role":"authorised_person"}],
"events":[{"event_time":"2026-11-21T12:00:00Z","event_state":"REQUESTED"},
{"event_time":"2026-11-21T12:05:00Z","event_state":"GIVEN","validity_end":"2026-11-28T12:05:00Z","assurance":"SESSION_MFA"}]}`

// R45: the receipt on paper has the exact text, its hash and version, who, until
// when and how sure.
func TestTheReceiptPageHoldsTheProof(t *testing.T) {
	t.Parallel()
	html := samples(t, "fr")["receipt"].html
	for _, part := range []string{
		"Nora Petit", "support/1", "0123456789abcdef", "28 novembre 2026", "second facteur", "eyJhbGciOiJFZERTQSJ9.e30.c2ln", "Gestion générale", "download",
	} {
		require.Contains(t, html, part)
	}
}

// The page of a request weighs 40 kB at most with its stylesheet; so does every
// other page that a client reads.
func TestClientsPagesAreLight(t *testing.T) {
	t.Parallel()
	const most = 40 << 10
	style := len(setup(t).style.body)
	for _, lang := range []string{"fr", "en"} {
		for name, page := range samples(t, lang) {
			if page.client {
				require.Less(t, len(page.html)+style, most, name)
			}
		}
	}
}
