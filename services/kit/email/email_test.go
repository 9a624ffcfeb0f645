package email_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/email"
	"github.com/aval-access/aval/services/kit/fault"
)

// R88, R91, R125: one address is one person; +tag and dots count.
func TestForms(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, stored, key, folded string }{
		{"ada@example.com", "ada@example.com", "ada@example.com", "ada@example.com"},
		{"  Ada@Example.COM ", "Ada@example.com", "ada@example.com", "ada@example.com"},
		{"A.da+Bills@example.com", "A.da+Bills@example.com", "a.da+bills@example.com", "a.da@example.com"},
		{"a+b+c@example.com", "a+b+c@example.com", "a+b+c@example.com", "a@example.com"},
		{"+tag@example.com", "+tag@example.com", "+tag@example.com", "+tag@example.com"},
		{"ada@société.fr", "ada@xn--socit-esab.fr", "ada@xn--socit-esab.fr", "ada@xn--socit-esab.fr"},
		{"ada@SOCIÉTÉ.fr", "ada@xn--socit-esab.fr", "ada@xn--socit-esab.fr", "ada@xn--socit-esab.fr"},
		{"ada@xn--socit-esab.fr", "ada@xn--socit-esab.fr", "ada@xn--socit-esab.fr", "ada@xn--socit-esab.fr"},
		{"ada@straße.de", "ada@xn--strae-oqa.de", "ada@xn--strae-oqa.de", "ada@xn--strae-oqa.de"},
		{"o'neil_%x@a-b.example", "o'neil_%x@a-b.example", "o'neil_%x@a-b.example", "o'neil_%x@a-b.example"},
	} {
		t.Run(c.in, func(t *testing.T) {
			t.Parallel()
			got, err := email.Parse(c.in)
			require.NoError(t, err)
			require.Equal(t, c.stored, got.Stored())
			require.Equal(t, c.key, got.Key())
			require.Equal(t, c.folded, got.Folded())
		})
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for name, in := range map[string]string{
		"empty":                       "",
		"no at":                       "ada.example.com",
		"two ats":                     "ada@b@example.com",
		"no local part":               "@example.com",
		"no domain":                   "ada@",
		"one label":                   "ada@localhost",
		"address literal":             "ada@[127.0.0.1]",
		"numeric address":             "ada@127.0.0.1",
		"quoted":                      `"ada"@example.com`,
		"quoted space":                `"a da"@example.com`,
		"comment":                     "ada(x)@example.com",
		"display name":                "Ada <ada@example.com>",
		"inner space":                 "a da@example.com",
		"tab":                         "\tada@example.com",
		"line break":                  "ada@example.com\r\nBcc: x@example.com",
		"null":                        "ada\x00@example.com",
		"bidi control":                "ada\u202e@example.com",
		"bidi in domain":              "ada@exa\u202emple.com",
		"soft hyphen":                 "ada@exa\u00admple.com",
		"variation selector":          "ada@exa\ufe0fmple.com",
		"joiner":                      "ada@exa\u034fmple.com",
		"zero width":                  "ada@exa\u200bmple.com",
		"no-break space":              "\u00a0ada@example.com",
		"accent in local part":        "adé@example.com",
		"cyrillic in local part":      "аda@example.com",
		"kelvin sign in local part":   "\u212aim@example.com",
		"leading dot":                 ".ada@example.com",
		"trailing dot":                "ada.@example.com",
		"double dot":                  "a..da@example.com",
		"domain trailing dot":         "ada@example.com.",
		"domain double dot":           "ada@example..com",
		"hyphen first":                "ada@-example.com",
		"hyphen last":                 "ada@example-.com",
		"underscore in domain":        "ada@exa_mple.com",
		"encoded label that is ASCII": "ada@xn--example-.com",
		"upper-case encoded ASCII":    "ada@XN--EXAMPLE-.com",
		"empty encoded label":         "ada@xn--.com",
		"broken encoded label":        "ada@xn--99999999.com",
		"encoded not canonical":       "ada@xn--SOCIT-ESAB0.fr",
		"invalid UTF-8":               "ada@ex\xffample.com",
		"long local part":             strings.Repeat("a", 65) + "@example.com",
		"long label":                  "ada@" + strings.Repeat("a", 64) + ".com",
		"over 254 bytes":              "ada@" + strings.Repeat(strings.Repeat("a", 50)+".", 5) + "com",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := email.Parse(in)
			require.True(t, fault.Is(err, reasonv1.Reason_REASON_ADDRESS_INVALID), "%q gave %q", in, got.Stored())
			require.True(t, got.IsZero())
		})
	}
}

func TestNoAddressHasNoForms(t *testing.T) {
	t.Parallel()
	var none email.Address
	require.Empty(t, none.Stored()+none.Key()+none.Folded())
}

// Whatever is accepted is stable: its stored form and its key read back to the
// same key, and are plain ASCII.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"ada@example.com", "Ada+x@SOCIÉTÉ.fr", "a@xn--socit-esab.fr", "a@xn--a-.com", "a@ß.de", "a@בוגר.com"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		first, err := email.Parse(text)
		if err != nil {
			return
		}
		for _, form := range []string{first.Stored(), first.Key()} {
			again, err := email.Parse(form)
			if err != nil || again.Key() != first.Key() {
				t.Fatalf("%q gave %q, which reads as %q: %v", text, form, again.Key(), err)
			}
			if strings.ContainsFunc(form, func(r rune) bool { return r <= ' ' || r > '~' }) || len(form) > 254 {
				t.Fatalf("%q gave %q", text, form)
			}
		}
		if folded, err := email.Parse(first.Folded()); err != nil || folded.Folded() != first.Folded() {
			t.Fatalf("folding %q is not stable", text)
		}
	})
}
