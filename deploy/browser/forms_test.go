package browser

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/deploy/demodata"
)

// Every form of the console and of the pages has a row in the tables of what
// nobody should send, and every row has its form.
func TestEveryFormIsTriedWithWrongValues(t *testing.T) {
	t.Parallel()
	t.Run("the console's", func(t *testing.T) {
		t.Parallel()
		require.ElementsMatch(t, consoleForms(t), rowsOf(t, "walk/console_forms.mjs"))
	})
	t.Run("the pages'", func(t *testing.T) {
		t.Parallel()
		require.ElementsMatch(t, pageForms(t), rowsOf(t, "walk/page_forms.mjs"))
	})
}

// formScenarios walk every form: empty, too long, wrong, hostile.
func formScenarios() []string { return []string{"in the console", "on the pages"} }

// In both languages, every form shows the field and the rule, and keeps what was
// typed.
func TestFormsTellWhatIsWrong(t *testing.T) {
	t.Parallel()
	in := order{Chromium: need(t), Console: true}
	if !consoleBuilt() {
		t.Skip("the console is not built: run make console")
	}
	in.Screenshots, in.Album = screenshots(t)
	for _, in.Lang = range []string{"fr", "en"} {
		t.Run(in.Lang, func(t *testing.T) {
			s := start(t)
			data, err := demodata.Fill(t.Context(), s, s.Dir())
			require.NoError(t, err)
			in.URL, in.Mail, in.Demo, in.World = s.URL(), s.MailURL(), s.DemoURL(), data
			into := seeding{url: s.Database("partnersupport").Migrate, partner: organizationOf(t, data, "lumen")}
			into.run(t, seededPeople, 1, 30)
			told := walk(t, "forms.mjs", in)
			for _, name := range formScenarios() {
				t.Run(name, func(t *testing.T) { tell(t, told[name]) })
			}
		})
	}
}

// rowsOf gives the forms that a table names.
func rowsOf(t *testing.T, table string) []string {
	t.Helper()
	text, err := os.ReadFile(table)
	require.NoError(t, err)
	var out []string
	for _, found := range regexp.MustCompile(`form: "([^"]+)"`).FindAllStringSubmatch(string(text), -1) {
		out = append(out, found[1])
	}
	return out
}

// formsIn gives the forms that the files of a folder hold: the first of a file
// by its name, further ones numbered. Where typed is given, those alone count
// into which something is typed.
func formsIn(t *testing.T, folder, files string, typed *regexp.Regexp) []string {
	t.Helper()
	var out []string
	require.NoError(t, filepath.WalkDir(folder, func(path string, _ fs.DirEntry, err error) error {
		if ok, _ := filepath.Match(files, filepath.Base(path)); err != nil || !ok {
			return err
		}
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		name, err := filepath.Rel(folder, path)
		require.NoError(t, err)
		found := 0
		for _, form := range strings.Split(string(text), "<form ")[1:] {
			inside, _, _ := strings.Cut(form, "</form>")
			if typed != nil && !typed.MatchString(inside) {
				continue
			}
			found++
			if found == 1 {
				out = append(out, filepath.ToSlash(name))
				continue
			}
			out = append(out, filepath.ToSlash(name)+"#"+strconv.Itoa(found))
		}
		return nil
	}))
	return out
}

func consoleForms(t *testing.T) []string {
	t.Helper()
	return formsIn(t, "../../gateway/console/src", "*.tsx", nil)
}

// pageForms are those with a field, or with a part that brings one; but for a
// day that page_consent.html has as well, and a search among more companies than
// anybody here has.
func pageForms(t *testing.T) []string {
	t.Helper()
	typed := regexp.MustCompile(`template "(input|durations)"|<textarea id|<input (name|type="(search|date|month|text|email|password|number|tel)" id)=`)
	return slices.DeleteFunc(formsIn(t, "../../gateway/internal/pages/templates", "*.html", typed), func(form string) bool {
		return form == "page_group.html" || form == "page_narrow.html" || form == "page_organizations.html"
	})
}
