package wording_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/consent/internal/wording"
)

func record(role domain.Role) domain.Record {
	return domain.Record{
		ClientName: "Boulangerie Durand", ProductName: "Compta+", GivenName: "Karim", FamilyName: "Haddad", Role: role,
		Partner: domain.Identification{
			LegalName: "Cabinet Martin", RegistrationNumber: "552 100 554", PostalAddress: "12 rue de la Paix\n75002 Paris",
			ContactEmail: "contact@martin.example", ContactPhone: "+33 1 23 45 67 89",
		},
		Reason: "Paramétrage de la facturation", Proposed: 7 * 24 * time.Hour,
		Lines: domain.LinesOf(role, []domain.Feature{
			{Path: "accounting", LabelFR: "Comptabilité", LabelEN: "Accounting"},
			{Path: "accounting/bank", LabelFR: "Coordonnées bancaires et comptes bancaires", LabelEN: "Bank details and bank accounts", Sensitive: true},
			{Path: "management", LabelFR: "Gestion générale", LabelEN: "General management"},
		}),
	}
}

func roles() []domain.Role { return []domain.Role{domain.TechnicalSupport, domain.Accountant} }

func TestTitleIsFixed(t *testing.T) { // R21
	t.Parallel()
	require.Equal(t, "Demande d'accès à votre compte pour l'assistance", wording.Title(domain.TechnicalSupport, "fr"))
	require.NotEqual(t, wording.Title(domain.TechnicalSupport, "fr"), wording.Title(domain.Accountant, "fr")) // R7
}

func TestFirstLineSaysNotYourBank(t *testing.T) {
	t.Parallel()
	r := record(domain.TechnicalSupport)
	require.Contains(t, wording.Canonical(r, "fr").Paragraphs[0], "votre logiciel Compta+, pas votre banque")
	require.Contains(t, wording.Canonical(r, "en").Paragraphs[0], "your software Compta+, not your bank")
	r.ProductName = ""
	require.Contains(t, wording.Canonical(r, "fr").Paragraphs[0], "votre logiciel de gestion, pas votre banque")
}

func TestTextNamesThePersonAndAllOfThePartner(t *testing.T) { // R6, R24, R43
	t.Parallel()
	for _, locale := range []string{"fr", "en"} {
		text := strings.Join(wording.Canonical(record(domain.TechnicalSupport), locale).Paragraphs, "\n")
		for _, part := range []string{
			"Cabinet Martin", "552 100 554", "12 rue de la Paix, 75002 Paris", "contact@martin.example", "+33 1 23 45 67 89",
			"Karim Haddad", "Paramétrage de la facturation", "Boulangerie Durand",
		} {
			require.Contains(t, text, part)
		}
	}
}

func TestAccountantIsAskedForInOtherWords(t *testing.T) { // R7
	t.Parallel()
	support, accountant := wording.Canonical(record(domain.TechnicalSupport), "fr"), wording.Canonical(record(domain.Accountant), "fr")
	require.NotEqual(t, support.Version, accountant.Version)
	require.Contains(t, accountant.Paragraphs[1], "comptabilité")
	require.NotContains(t, support.Paragraphs[1], "comptabilité")
}

// A request for more says what runs and that it stays until the yes, under a
// version of its own.
func TestARequestForMoreSaysWhatRuns(t *testing.T) {
	t.Parallel()
	r := more(domain.TechnicalSupport)
	text := wording.Canonical(r, "fr")
	require.Equal(t, "extend/1+support/1", text.Version)
	require.Contains(t, text.Paragraphs[2], "Karim Haddad a déjà un accès : jusqu'au 3 décembre 2026 à 15:00 (heure de Paris) ; Comptabilité : consulter.")
	require.Contains(t, text.Paragraphs[len(text.Paragraphs)-1], "rien ne change")
	require.NotContains(t, strings.Join(text.Paragraphs, "\n"), "personne n'entre")
	require.Contains(t, wording.Canonical(r, "en").Paragraphs[2], "until 3 December 2026 at 15:00 (Paris time); Accounting: view.")
	require.Equal(t, "until 3 December 2026 at 15:00 (Paris time)\nAccounting: view", wording.Running("en", r))
	require.Contains(t, wording.Request("fr", r), "Karim Haddad, chez Boulangerie Durand, pour prolonger ou élargir son accès")
	before := text.Hash()
	r.Extends.Until = time.Time{}
	require.NotEqual(t, before, wording.Canonical(r, "fr").Hash())
	require.Contains(t, wording.Canonical(r, "fr").Paragraphs[2], "sans date de fin")
	require.Empty(t, wording.Running("fr", record(domain.TechnicalSupport)))
}

func more(role domain.Role) domain.Record {
	r := record(role)
	line := r.Lines[0]
	line.Right = domain.Right{Feature: "accounting", Level: domain.Guest}
	line.LabelFR, line.LabelEN = "Comptabilité", "Accounting"
	r.Extends = &domain.Running{Until: time.Date(2026, 12, 3, 14, 0, 0, 0, time.UTC), Lines: []domain.Line{line}}
	return r
}

// Words that a company director does not use, or would misunderstand. A bare
// "compte" stands in the fixed title alone.
func TestClientsNeverReadOurWords(t *testing.T) {
	t.Parallel()
	forbidden := regexp.MustCompile(`(?i)\bdossiers?\b|\bcollaborat(eurs?|rices?|ors?)\b|\bdurables?\b|\brévo[qc]\p{L}*|\brevo[kc]\p{L}*|\bcompte\b`)
	require.True(t, forbidden.MatchString("son compte"), "the test sees what it forbids")
	var all []string
	for _, role := range roles() {
		for _, locale := range []string{"fr", "en"} {
			for _, r := range []domain.Record{record(role), more(role)} {
				text := wording.Canonical(r, locale)
				all = append(all, text.Paragraphs...)
				all = append(all, wording.Lines(locale, text.Lines)...)
			}
		}
	}
	for _, locale := range []string{"fr", "en"} {
		for _, action := range actions() {
			all = append(all, wording.Sentence(locale, wording.Fact{Action: action}))
		}
		for _, choice := range choices() {
			all = append(all, wording.Choice(locale, choice))
		}
	}
	for _, text := range all {
		require.NotRegexp(t, forbidden, text)
		require.NotContains(t, text, "{", "every name has a word in its place")
	}
}

func choices() []domain.Choice {
	return []domain.Choice{
		domain.Hours24, domain.OneWeek, domain.OneMonth, domain.OneYear, domain.UntilDate, domain.UntilStopped,
	}
}

// Whoever changes a word raises the template's version: the hash of version 1
// is proof of answers that were given.
func TestHashIsStable(t *testing.T) { // R45
	t.Parallel()
	golden := map[string]string{
		"support/1 fr":    "a0752adee8c671b6fc50f9b54daba26694b9dd068c477186899e82401bd22930",
		"support/1 en":    "7f85efbbfb3ed6850e17269c8ee1f63a440f3f8b48d9c4e753b7a2eac958604c",
		"accountant/1 fr": "3160bc18d970aed1bc6840c8bdb2c243ff1921691b42c9502bf3edf118082f23",
		"accountant/1 en": "5836e25733df8963d71bdfa421c85825e4d1f8ade15dc2f838bfb94aaed1f509",
	}
	for _, role := range roles() {
		for _, locale := range []string{"fr", "en"} {
			text := wording.Canonical(record(role), locale)
			require.Equal(t, golden[text.Version+" "+locale], text.Hash(), "%s %s: raise the version and add a line", text.Version, locale)
		}
	}
}

func TestHashCoversEveryPart(t *testing.T) {
	t.Parallel()
	base := wording.Canonical(record(domain.TechnicalSupport), "fr")
	for name, change := range map[string]func(*wording.Text){
		"locale":     func(x *wording.Text) { x.Locale = "en" },
		"version":    func(x *wording.Text) { x.Version += "0" },
		"title":      func(x *wording.Text) { x.Title += "." },
		"paragraph":  func(x *wording.Text) { x.Paragraphs = append([]string{}, x.Paragraphs[1:]...) },
		"boundaries": func(x *wording.Text) { x.Paragraphs = []string{strings.Join(x.Paragraphs, "")} },
		"line":       func(x *wording.Text) { x.Lines = x.Lines[:1] },
		"level": func(x *wording.Text) {
			x.Lines = append([]domain.Line{}, x.Lines...)
			x.Lines[0].Level = domain.Guest
		},
	} {
		other := base
		change(&other)
		require.NotEqual(t, base.Hash(), other.Hash(), name)
	}
}

func TestDurationsAndMoments(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	for d, want := range map[time.Duration]string{
		time.Hour: "1 heure", day: "24 heures", 2 * day: "2 jours", 7 * day: "1 semaine", 14 * day: "2 semaines",
		30 * day: "1 mois", 365 * day: "1 an", 730 * day: "2 ans", 90 * time.Minute: "2 heures",
	} {
		require.Equal(t, want, wording.Duration("fr", d))
	}
	require.Equal(t, "1 week", wording.Duration("en", 7*day))
	moment := time.Date(2026, time.November, 28, 17, 0, 0, 0, time.UTC)
	require.Equal(t, "28 novembre 2026 à 18:00 (heure de Paris)", wording.Moment("fr", moment))
	require.Equal(t, "28 November 2026 at 18:00 (Paris time)", wording.Moment("en", moment))
}
