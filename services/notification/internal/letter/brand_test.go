package letter_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/notification/internal/letter"
)

// R8: a partner's mails wear its name, colour and logo, in every language, under
// the same words.
func TestABrandedMailReadsAsItsGoldenFile(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"consent_request", "consent_requests", "link_request"} {
		for _, locale := range locales() {
			out, err := renderer(t).Render(branded(name, locale))
			require.NoError(t, err)
			require.NotEmpty(t, out.Logo)
			matchesGolden(t, name+".branded."+locale, out.Subject+"\n\n"+out.Text+"\n"+out.HTML)
		}
	}
}

func branded(template, locale string) letter.Letter {
	return letter.Letter{
		Template: template, Locale: locale, Variables: variables(template, locale), ActionPath: "/c/avl_con1_abc",
		Brand: letter.Brand{Name: "Lumen & Cie", Color: "#ffd400", Logo: []byte("\x89PNG\r\n\x1a\n")},
	}
}

// H2, T-21: a brand holds no words of style, no markup and no file but a PNG,
// whoever let it through.
func TestHostileBrandsAreRefused(t *testing.T) {
	t.Parallel()
	for name, brand := range map[string]letter.Brand{
		"a colour that is a rule": {Color: "#fff;background:url(//x)"},
		"a colour by name":        {Color: "red"},
		"a name of two lines":     {Name: "Lumen\r\nBcc: x@y.example"},
		"a name that turns":       {Name: "Lumen \u202eneml"},
		"an SVG":                  {Logo: []byte("<svg onload=alert(1)>")},
	} {
		l := branded("consent_request", "fr")
		l.Brand = brand
		_, err := renderer(t).Render(l)
		require.ErrorIs(t, err, letter.ErrUnsafe, name)
	}
	l := branded("consent_request", "fr")
	l.Brand.Name = `"><script>alert(1)</script>`
	out, err := renderer(t).Render(l)
	require.NoError(t, err)
	require.NotContains(t, out.HTML, "<script>")
}
