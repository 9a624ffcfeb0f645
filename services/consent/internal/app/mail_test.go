package app

import (
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/consent/internal/domain"
)

func mailed() domain.Record {
	return domain.Record{
		ClientName: "Boulangerie Durand", ProductName: "Compta+", GivenName: "Karim", FamilyName: "Haddad",
		Role: domain.TechnicalSupport, Reason: "Paramétrage", Proposed: 7 * 24 * time.Hour,
		Partner: domain.Identification{
			LegalName: "Cabinet Martin", RegistrationNumber: "552 100 554", PostalAddress: "12 rue de la Paix\n75002 Paris",
			ContactEmail: "contact@martin.example", ContactPhone: "+33 1 23 45 67 89",
		},
		Lines: []domain.Line{
			{Right: domain.Right{Feature: "management", Level: domain.Approver}, LabelFR: "Gestion générale", LabelEN: "General management"},
			{Right: domain.Right{Feature: "accounting/bank", Level: domain.Approver}, LabelFR: "Coordonnées bancaires", Sensitive: true},
		},
		Granted:           []domain.Right{{Feature: "management", Level: domain.Guest}, {Feature: "accounting/bank", Level: domain.None}},
		State:             domain.Given,
		Choice:            domain.OneWeek,
		ApproverName:      "Anne Petit",
		RequestExpireTime: time.Date(2026, time.December, 5, 9, 0, 0, 0, time.UTC),
		ExpireTime:        time.Date(2026, time.November, 28, 17, 0, 0, 0, time.UTC),
	}
}

func TestRequestNamesAllOfThePartner(t *testing.T) { // R21, R24
	t.Parallel()
	v := variables(mailed(), "fr", mailRequest)
	require.Equal(t, "Demande d'accès à votre compte pour l'assistance", v["title"])
	for key, want := range map[string]string{
		"partner_name": "Cabinet Martin", "partner_registration_number": "552 100 554",
		"partner_address": "12 rue de la Paix\n75002 Paris", "partner_email": "contact@martin.example",
		"partner_phone": "+33 1 23 45 67 89", "collaborator_name": "Karim Haddad", "client_name": "Boulangerie Durand",
		"duration": "1 semaine", "expire_date": "5 décembre 2026 à 10:00 (heure de Paris)",
		"rights": "Gestion générale : consulter, modifier et valider\nCoordonnées bancaires : consulter, modifier et valider, seulement si vous cochez cette ligne",
	} {
		require.Equal(t, want, v[key], key)
	}
}

func TestReceiptSaysWhatWasGiven(t *testing.T) {
	t.Parallel()
	v := variables(mailed(), "fr", mailReceipt)
	require.Equal(t, "Gestion générale : consulter\nCoordonnées bancaires : aucun droit", v["rights"])
	require.Equal(t, "28 novembre 2026 à 18:00 (heure de Paris)", v["expire_date"])
	r := mailed()
	r.ExpireTime = time.Time{}
	require.Empty(t, variables(r, "fr", mailReceipt)["expire_date"], "no end of its own")
}

func TestPartnerNeverLearnsWhoAnswered(t *testing.T) {
	t.Parallel()
	for _, template := range []string{mailGiven, mailRefused, mailWithdrawn, mailOver, mailPaused, mailNoAnswer} {
		for key, value := range variables(mailed(), "fr", template) {
			require.NotContains(t, value, "Petit", "%s in %s", key, template)
		}
	}
}

func TestMailsToClientsSpeakPlainly(t *testing.T) {
	t.Parallel()
	forbidden := regexp.MustCompile(`(?i)dossier|collaborateur|durable|révo|\bcompte\b`)
	for _, template := range []string{mailRequest, mailReceipt, mailEnded} {
		for key, value := range variables(mailed(), "fr", template) {
			if key != "title" { // the fixed one
				require.NotRegexp(t, forbidden, value, key)
			}
		}
	}
}
