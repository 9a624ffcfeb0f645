package letter_test

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/notification/internal/letter"
)

var update = flag.Bool("update", false, "rewrite testdata/*.golden") // a test's flag

func locales() []string { return []string{"fr", "en"} }

var shared = sync.OnceValues(func() (*letter.Renderer, error) { return letter.New("https://aval.example") })

func renderer(t *testing.T) *letter.Renderer {
	t.Helper()
	r, err := shared()
	require.NoError(t, err)
	return r
}

// variables are exactly what identity, membership and consent give.
func variables(template, locale string) map[string]string {
	if strings.HasPrefix(template, "email_") || strings.HasPrefix(template, "password_") {
		return map[string]string{"email": "karim@cabinet.example", "new_email": "k.haddad@atelier.example", "password_needed": "yes", "factors_removed": "2"}
	}
	if template == "factor_notice" {
		return map[string]string{"email": "karim@cabinet.example", "what": "RECOVERY_CODE_USED", "kind": "PASSKEY", "left": "9"}
	}
	if template == "ledger_checkpoint" {
		return map[string]string{
			"month": map[string]string{"fr": "novembre 2026", "en": "November 2026"}[locale], "leaves": "10412",
			"sign_date": "30/11/2026 23:59", "seal": "aval.example/ledger\n10412\nqDZLfsMbpTsDTRMfsR0BoWNvTWeexCVO+vJrq3sD2Hc=\n\n— aval.example/ledger uKTDGw",
		}
	}
	if strings.Contains(template, "invitation") {
		return invitation()
	}
	out := map[string]string{
		"title": "Demande d'accès à votre compte pour l'assistance", "partner_role": "TECHNICAL_SUPPORT",
		"partner_name": "Cabinet Martin & Fils", "partner_registration_number": "552 100 554 00021",
		"partner_address": "12 rue de la Paix\n75002 Paris\nFrance", "partner_email": "contact@martin.example",
		"partner_phone": "+33 1 23 45 67 89", "collaborator_name": "Karim Haddad", "client_name": "Boulangerie Durand",
		"reason": "Paramétrage de la facturation", "rights": "Gestion : consulter et modifier\nComptabilité : consulter, modifier et valider",
		"duration": "1 semaine", "expire_date": "28 novembre 2026 à 18:00 (heure de Paris)", "product_name": "Compta+", "state": "TERMINATED", "code": "042917",
		"actor_name": "Anne Petit", "side": "PARTNER", "people": "Karim Haddad (Cabinet Martin & Fils)\nNora Petit (Cabinet Blanc)", "start_date": "25 novembre 2026 à 00:00 (heure de Paris)", "predecessor_name": "Sofia Roy", "successor_name": "Sofia Roy",
		"feature": "Coordonnées bancaires",
		"day":     "24 novembre 2026", "activities": "14:02 · Karim Haddad, de Cabinet Martin & Fils, est entré.\n14:10 · Karim Haddad, de Cabinet Martin & Fils, a fait « invoice.update » sur F-2026-031 (management/invoices).",
		"requests": "Karim Haddad, chez Boulangerie Durand : Paramétrage de la facturation\nNora Petit, chez Garage Roux, pour la comptabilité",
	}
	if template == "link_answer" {
		out["state"] = "ACTIVE"
	}
	if template == "access_over_partner" {
		out["state"], out["platform_reason"] = "INVALIDATED", "Les deux entreprises avaient été mises en relation par erreur."
	}
	if locale == "en" {
		out["title"] = "Access request to your account for assistance"
		out["feature"] = "Bank details"
		out["day"], out["activities"] = "24 November 2026", "14:02 · Karim Haddad, of Cabinet Martin & Fils, entered.\n14:10 · Karim Haddad, of Cabinet Martin & Fils, did “invoice.update” on F-2026-031 (management/invoices)."
		out["requests"] = "Karim Haddad, at Boulangerie Durand: Setting up invoicing\nNora Petit, at Garage Roux, for bookkeeping"
		out["reason"], out["duration"] = "Setting up invoicing", "1 week"
		out["rights"], out["expire_date"] = "Management: view and change\nAccounting: view, change and approve", "28 November 2026 at 18:00 (Paris time)"
	}
	return out
}

func invitation() map[string]string {
	return map[string]string{
		"organization_name": "Cabinet Martin & Fils", "organization_kind": "PARTNER", "registration_number": "552 100 554 00021",
		"postal_address": "12 rue de la Paix\n75002 Paris", "contact_email": "contact@martin.example", "contact_phone": "+33 1 23 45 67 89",
		"inviter_name": "Claire Martin", "given_name": "Karim", "family_name": "Haddad",
		"role": "MEMBER", "partner_role": "TECHNICAL_SUPPORT", "expire_time": "2026-11-28T17:00:00Z",
	}
}

func render(t *testing.T, template, locale string) letter.Rendered {
	t.Helper()
	out, err := renderer(t).Render(letter.Letter{
		Template: template, Locale: locale, Variables: variables(template, locale),
		ActionPath: "/c/avl_con1_abc", Reference: "cns_01h455vb4pex5vsknk084sn02q",
	})
	require.NoError(t, err)
	return out
}

// Run with -update after changing words.
func TestEveryTemplateReadsAsItsGoldenFile(t *testing.T) {
	t.Parallel()
	require.NotEmpty(t, letter.Names())
	for _, name := range letter.Names() {
		for _, locale := range locales() {
			out := render(t, name, locale)
			matchesGolden(t, name+"."+locale, out.Subject+"\n\n"+out.Text+"\n"+out.HTML)
		}
	}
}

// matchesGolden compares with a file; run with -update after changing words.
func matchesGolden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(got), 0o600))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err, "run: go test -update")
	require.Equal(t, string(want), got, "run: go test -update")
}

// What runs for the same person is named, and that nothing changes before the
// yes; the title stays the fixed one (R21).
func TestARequestForMoreSaysWhatRuns(t *testing.T) {
	t.Parallel()
	for locale, runs := range map[string]string{
		"fr": "jusqu'au 3 décembre 2026 à 14:00 (heure de Paris)\nGestion : consulter",
		"en": "until 3 December 2026 at 14:00 (Paris time)\nManagement: view",
	} {
		v := variables("consent_request", locale)
		v["running"], v["predecessor_name"] = runs, ""
		out, err := renderer(t).Render(letter.Letter{
			Template: "consent_request", Locale: locale, Variables: v, ActionPath: "/c/avl_con1_abc", Reference: "cns_01h455vb4pex5vsknk084sn02q",
		})
		require.NoError(t, err)
		require.Equal(t, v["title"], out.Subject)
		matchesGolden(t, "consent_request_more."+locale, out.Subject+"\n\n"+out.Text+"\n"+out.HTML)
	}
}

func TestRequestCarriesItsExactLabels(t *testing.T) { // R21, R25
	t.Parallel()
	fr, en := render(t, "consent_request", "fr"), render(t, "consent_request", "en")
	require.Equal(t, "Demande d'accès à votre compte pour l'assistance", fr.Subject)
	require.Contains(t, fr.Text, "OUI, J'AUTORISE L'ACCÈS\nhttps://aval.example/c/avl_con1_abc\n")
	require.Contains(t, unescaped(fr.HTML), ">OUI, J'AUTORISE L'ACCÈS</a>")
	require.Equal(t, "Access request to your account for assistance", en.Subject)
	require.Contains(t, en.HTML, ">YES, I AUTHORISE ACCESS</a>")
}

func unescaped(html string) string {
	return strings.NewReplacer("&#39;", "'", "&amp;", "&", "&#43;", "+").Replace(html)
}

func TestRequestIdentifiesThePartnerWhole(t *testing.T) { // R24
	t.Parallel()
	for _, locale := range locales() {
		out := render(t, "consent_request", locale)
		require.Contains(t, render(t, "consent_requests", locale).Text, "Nora Petit, ", "each person of a grouped mail")
		for _, part := range []string{"Cabinet Martin & Fils", "552 100 554 00021", "12 rue de la Paix", "75002 Paris",
			"contact@martin.example", "+33 1 23 45 67 89", "Karim Haddad"} {
			require.Contains(t, out.Text, part)
			require.Contains(t, unescaped(out.HTML), part)
		}
	}
}

func TestAccountantsRequestSaysSo(t *testing.T) { // R7
	t.Parallel()
	v := variables("consent_request", "fr")
	v["title"], v["partner_role"] = "Demande d'accès à votre compte pour la comptabilité", "ACCOUNTANT"
	out, err := renderer(t).Render(letter.Letter{Template: "consent_request", Locale: "fr", Variables: v})
	require.NoError(t, err)
	require.Equal(t, v["title"], out.Subject)
	require.Contains(t, out.Text, "pour tenir votre comptabilité")
	require.NotContains(t, out.Text, "assist")
}

func TestCodesAndTimesAreSpelledOut(t *testing.T) {
	t.Parallel()
	v := variables("collaborator_invitation", "en")
	v["partner_role"] = "PARTNER_ROLE_TECHNICAL_SUPPORT"
	out, err := renderer(t).Render(letter.Letter{Template: "collaborator_invitation", Locale: "en", Variables: v})
	require.NoError(t, err)
	require.Contains(t, out.Text, "Role: Technical support")
	require.Contains(t, out.Text, "until 28 November 2026 at 18:00 (Paris time).")
}

func TestCollaboratorIsAskedForAPasswordAndNothingElse(t *testing.T) { // R15, R16, R18
	t.Parallel()
	out := render(t, "collaborator_invitation", "fr")
	require.Contains(t, out.Text, "en tant que partenaire")
	require.Contains(t, out.Text, "Définir mon mot de passe\nhttps://aval.example/")
	require.Contains(t, out.Text, "enregistrez ce mot de passe dans votre navigateur")
	require.Contains(t, out.Text, "courriers indésirables (spams)")
}

func TestClientsReadNoJargon(t *testing.T) {
	t.Parallel()
	jargon := regexp.MustCompile(`(?i)dossier|collaborat|durable|révo|\bcomptes?\b`)
	for _, name := range []string{"consent_request", "consent_requests", "visit_started", "visit_digest", "consent_receipt", "access_announced", "access_ended", "partner_blocked", "access_ending", "access_yearly", "access_confirm", "sensitive_used", "partner_tried", "link_request", "link_ended", "ledger_checkpoint"} {
		for _, state := range []string{"", "EXPIRED_UNANSWERED", "CANCELLED", "WITHDRAWN", "TERMINATED", "EXPIRED", "SUPERSEDED", "INVALIDATED"} {
			v := variables(name, "fr")
			v["state"] = state
			out, err := renderer(t).Render(letter.Letter{Template: name, Locale: "fr", Variables: v, ActionPath: "/x"})
			require.NoError(t, err)
			for _, part := range []string{out.Subject, out.Text, unescaped(out.HTML)} {
				plain := strings.ReplaceAll(part, "Demande d'accès à votre compte pour l'assistance", "")
				require.Empty(t, jargon.FindAllString(plain, -1), name)
			}
		}
	}
}

func TestMissingVariablesLeaveNoHole(t *testing.T) {
	t.Parallel()
	hole := regexp.MustCompile(`no value|  |\( *\)| [,.]|: *\n\n|«\s*»|<td></td>|<p></p>`)
	for _, name := range letter.Names() {
		for _, locale := range locales() {
			full := variables(name, locale)
			missing := []map[string]string{nil}
			for key := range full {
				one := variables(name, locale)
				delete(one, key)
				missing = append(missing, one)
			}
			for _, v := range missing {
				out, err := renderer(t).Render(letter.Letter{Template: name, Locale: locale, Variables: v})
				require.NoError(t, err)
				require.NotEmpty(t, out.Subject)
				lines := strings.ReplaceAll(out.Subject+"\n"+out.Text, "\n  - ", "\n- ")
				require.Empty(t, hole.FindAllString(lines, -1), "%s.%s: %s", name, locale, lines)
				require.NotContains(t, out.HTML, "<td></td>")
			}
		}
	}
}

func TestBothLanguagesSayTheSame(t *testing.T) {
	t.Parallel()
	for _, name := range letter.Names() {
		fr, en := render(t, name, "fr"), render(t, name, "en")
		for _, tag := range []string{"<h2>", "<tr>", "<p>", "<a "} {
			require.Equal(t, strings.Count(fr.HTML, tag), strings.Count(en.HTML, tag), "%s in %s", tag, name)
		}
	}
}

func TestMailWithoutAnActionHasNoButton(t *testing.T) {
	t.Parallel()
	out, err := renderer(t).Render(letter.Letter{Template: "access_ended", Locale: "fr", Variables: variables("access_ended", "fr")})
	require.NoError(t, err)
	require.NotContains(t, out.HTML, "<a ")
	require.NotContains(t, out.Text, "http")
}

func TestUnknownLanguageIsFrench(t *testing.T) {
	t.Parallel()
	require.Equal(t, "fr", render(t, "invitation", "de").Locale)
}

func TestNothingIsFetchedOrTracked(t *testing.T) {
	t.Parallel()
	for _, name := range letter.Names() {
		html := render(t, name, "fr").HTML
		require.NotContains(t, html, "<img")
		require.NotContains(t, html, "src=")
		require.NotContains(t, html, "url(")
		require.Len(t, regexp.MustCompile(`href="https://aval\.example/(c/avl_con1_abc|guide/invitation)"`).FindAllString(html, -1), strings.Count(html, "href="))
	}
}

func TestValuesAreEscaped(t *testing.T) {
	t.Parallel()
	v := variables("consent_request", "fr")
	v["partner_name"] = `<script>alert(1)</script>{{.x}}`
	out, err := renderer(t).Render(letter.Letter{Template: "consent_request", Locale: "fr", Variables: v})
	require.NoError(t, err)
	require.NotContains(t, out.HTML, "<script>")
	require.Contains(t, out.Text, "{{.x}}", "a value is no template")
}

func TestUnsafeValuesAreRefused(t *testing.T) {
	t.Parallel()
	for key, value := range map[string]string{
		"organization_name": "Aval\r\nBcc: eve@evil.test",
		"inviter_name":      "Claire\nMartin",
		"given_name":        "Ka\x00rim",
		"role":              "a\u202eb",
		"reason":            "line\nline\x1b[0m",
		"client_name":       "\xff",
	} {
		v := variables("invitation", "fr")
		v[key] = value
		_, err := renderer(t).Render(letter.Letter{Template: "invitation", Locale: "fr", Variables: v})
		require.ErrorIs(t, err, letter.ErrUnsafe, key)
		require.NotContains(t, err.Error(), value)
	}
	for _, path := range []string{"https://evil.test/", "//evil.test", "c/x", "/c/x y", "/c/\nx", `/\evil.test`, `/c/"x`} {
		_, err := renderer(t).Render(letter.Letter{Template: "invitation", ActionPath: path})
		require.ErrorIs(t, err, letter.ErrUnsafe, path)
	}
}

func TestUnknownTemplateIsToldApart(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "frame", "layout", "../invitation"} {
		_, err := renderer(t).Render(letter.Letter{Template: name})
		require.ErrorIs(t, err, letter.ErrUnknown)
	}
}

func TestPublicURLIsAHostAlone(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"", "aval.example", "ftp://aval.example", "https://", "https://u@aval.example", "https://aval.example/x", "https://aval.example?x"} {
		_, err := letter.New(bad)
		require.Error(t, err, bad)
	}
	_, err := letter.New("http://localhost:8080/")
	require.NoError(t, err)
}
