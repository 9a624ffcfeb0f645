package pages

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCataloguesHaveTheSameKeys(t *testing.T) {
	t.Parallel()
	words, err := readCatalogues()
	require.NoError(t, err)
	for key, text := range words["fr"] {
		require.Contains(t, words["en"], key)
		require.NotEmpty(t, text, key)
		require.NotEmpty(t, words["en"][key], key)
		require.ElementsMatch(t, placeholders(text), placeholders(words["en"][key]), key)
	}
	require.Len(t, words["en"], len(words["fr"]))
}

func placeholders(text string) []string {
	seen := map[string]bool{}
	var out []string
	for _, one := range regexp.MustCompile(`\{\w+\}`).FindAllString(text, -1) {
		if !seen[one] {
			seen[one] = true
			out = append(out, one)
		}
	}
	return out
}

func TestEveryKeyThatIsUsedHasWords(t *testing.T) {
	t.Parallel()
	words, err := readCatalogues()
	require.NoError(t, err)
	code, err := filepath.Glob("*.go")
	require.NoError(t, err)
	markup, err := filepath.Glob("templates/*.html")
	require.NoError(t, err)
	used := regexp.MustCompile(`(?:\.text\(|\.T |title: |menu\.)"([a-zA-Z_]+\.[\w.]+)"`)
	for _, file := range append(code, markup...) {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, found := range used.FindAllStringSubmatch(string(data), -1) {
			if !strings.HasSuffix(found[1], ".") {
				require.Contains(t, words["fr"], found[1], file)
			}
		}
	}
}

func TestPagesShowWordsAndNotKeys(t *testing.T) {
	t.Parallel()
	key := regexp.MustCompile(`>\s*[a-z_]+\.[A-Za-z_.]+\s*<`)
	for _, lang := range []string{"fr", "en"} {
		for name, page := range samples(t, lang) {
			require.NotRegexp(t, key, page.html, name)
			require.NotContains(t, page.html, "<no value>", name)
			require.Contains(t, page.html, `<html lang="`+lang+`">`, name)
		}
	}
}

func TestPagesNeedNoScriptAndNothingFromElsewhere(t *testing.T) {
	t.Parallel()
	away := regexp.MustCompile(`(?:src|href|action)="(?:https?:)?//`)
	inline := regexp.MustCompile(`(?i)<script|<style|\sstyle=|\son[a-z]+=|javascript:`)
	own := `<script src="` + readScript().path + `" defer></script>`
	for name, page := range samples(t, "fr") {
		if name == "passkey" { // the one thing that browsers do by script alone
			require.Contains(t, page.html, own)
			require.Contains(t, page.html, "<noscript>")
			page.html = strings.ReplaceAll(page.html, own, "")
		}
		require.Equal(t, name == "passkey", strings.Contains(page.header.Get("Content-Security-Policy"), "script-src 'self'"), name)
		require.NotRegexp(t, inline, page.html, name)
		require.NotRegexp(t, away, page.html, name)
		policy := page.header.Get("Content-Security-Policy")
		require.Contains(t, policy, "default-src 'none'", name)
		require.Contains(t, policy, "frame-ancestors 'none'", name)
		require.NotContains(t, policy, "unsafe", name)
		require.Equal(t, "no-store", page.header.Get("Cache-Control"), name)
		require.Equal(t, "no-referrer", page.header.Get("Referrer-Policy"), name)
	}
}

func TestEveryPostCarriesANonce(t *testing.T) {
	t.Parallel()
	forms := regexp.MustCompile(`(?s)<form[^>]*method="post".*?</form>`)
	nonce := regexp.MustCompile(`name="nonce" value="[\w-]{40,}"`)
	total := 0
	for name, page := range samples(t, "fr") {
		for _, one := range forms.FindAllString(page.html, -1) {
			total++
			require.Regexp(t, nonce, one, name)
		}
	}
	require.Greater(t, total, 40)
}

func TestConsentPageIsSmall(t *testing.T) {
	t.Parallel()
	pages := samples(t, "fr")
	require.LessOrEqual(t, len(pages["consent"].html)+len(styleFile), 40_000)
	require.Less(t, len(pages["consent refused"].html), 20_000)
}

// R21, R23, R25: a company director reads none of our own words.
func TestClientPagesUseTheClientsWords(t *testing.T) {
	t.Parallel()
	forbidden := regexp.MustCompile(`(?i)\b(dossiers?|collaborat(eur|rice)s?|durables?|révo(quer|qué|cation)\w*|compte)\b`)
	markup := regexp.MustCompile(`(?s)<[^>]*>`)
	for name, page := range samples(t, "fr") {
		if !page.client {
			continue
		}
		shown := markup.ReplaceAllString(page.html, " ")
		shown = strings.ReplaceAll(shown, "Demande d&#39;accès à votre compte pour l&#39;assistance", "")
		require.NotRegexp(t, forbidden, shown, name)
	}
}

func TestTitlesAreUnique(t *testing.T) {
	t.Parallel()
	title := regexp.MustCompile(`<title>([^<]*)</title>`)
	seen := map[string]string{}
	pages := samples(t, "fr")
	for _, name := range []string{
		"consent", "sign_in", "partner session", "error", "invitation register", "assistance", "stop", "stop_all", "organizations",
		"members", "member_new", "history", "collaborators", "collaborator_new", "collaborator_remove", "handover", "dossiers",
		"assign", "detach", "enter", "visits", "second step", "confirm", "passkey", "factors", "totp", "codes",
	} {
		found := title.FindStringSubmatch(pages[name].html)
		require.Len(t, found, 2, name)
		require.Empty(t, seen[found[1]], "%s and %s share a title", name, seen[found[1]])
		seen[found[1]] = name
	}
}

func TestLabelsAreTheRequiredOnes(t *testing.T) {
	t.Parallel()
	pages := samples(t, "fr")
	for name, labels := range map[string][]string{
		"collaborators":       {"Espace partenaire", "Mes entreprises", "Collaborateurs", "+ Ajouter un collaborateur"},                                             // R11
		"collaborator_new":    {">Rôle<", ">Support technique<", ">Comptable<", ">Valider<", "autre accès", "choisissez Comptable", "choisissez Support technique"}, // R7, R12
		"invitation register": {"Définir mon mot de passe", `autocomplete="new-password"`, "navigateur"},                                                            // R16, R18
		"invitation sign-in":  {"SE CONNECTER", `autocomplete="current-password"`},                                                                                  // R58
		"dossiers":            {"Dossiers", `type="checkbox"`, "Affecter un support"},                                                                               // R20
		"assign":              {"Valider"},                                                                                                                          // R20
		"consent":             {"OUI, J&#39;AUTORISE L&#39;ACCÈS", "Demande d&#39;accès à votre compte pour l&#39;assistance"},
		"assistance":          {"Accès d&#39;assistance", "Arrêter l&#39;accès", "Paramètres", "Gérer les membres", "Plus", "Historique"},             // R129, R133
		"members":             {"invitation en attente", "Ajouter un membre", "paul@martin.test"},                                                     // R51, R53, R55
		"detach":              {"REMOVE"},                                                                                                             // R81
		"detach_many":         {"REMOVE", `name="assignment"`},                                                                                        // R35, R81
		"collaborator":        {"Ses clients", "Retirer l&#39;accès", "/detach/"},                                                                     // R75, R79, R80
		"conflicts":           {"Leur adresse e-mail est déjà liée à un autre enregistrement de partenaire pour ce client", "Demander la libération"}, // R83, R85
		"collaborator_remove": {"REMOVE"},                                                                                                             // R81
	} {
		for _, label := range labels {
			require.Contains(t, pages[name].html, label, name)
		}
	}
}

// R24: the partner is identified in full.
func TestConsentPageIdentifiesThePartner(t *testing.T) {
	t.Parallel()
	html := samples(t, "fr")["consent"].html
	for _, part := range []string{"Cabinet Lumière", "SIREN 552 100 554", "12 rue des Lilas", "69003 Lyon", "contact@lumiere.test", "4 72 00 00 00"} {
		require.Contains(t, html, part)
	}
}

func TestRefusedFormShowsTheWayBack(t *testing.T) {
	t.Parallel()
	page := samples(t, "fr")["consent refused"]
	require.Equal(t, http.StatusUnprocessableEntity, page.status)
	require.Contains(t, page.html, `<a href="#duration">`)
	require.Contains(t, page.html, `role="alert"`)
	require.Contains(t, page.html, "<title>Erreur")
}

// R47: what the deployment explains elsewhere is named below every page of who
// is signed in; a page that a link leads to has its own purpose alone.
func TestHelpOutsideIsNamedBelow(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.HelpLinks = map[string]string{"customer_service": "https://help.example.com/chat"}
	c, w := clientAdmin(s, "fr", "/assistance")
	require.NoError(t, c.show(page{name: "assistance", title: "menu.assistance", data: accesses{}}))
	require.Contains(t, w.Body.String(), `<a href="https://help.example.com/chat" rel="noopener noreferrer">Service client, 5 jours sur 7</a>`)
	require.NotContains(t, w.Body.String(), "Devenir partenaire", "no address, no link")
}
