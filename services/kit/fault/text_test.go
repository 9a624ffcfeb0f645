package fault_test

import (
	"encoding/json"
	"maps"
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

type catalogue struct {
	Reasons map[string]string `json:"reasons"`
	Rules   map[string]string `json:"rules"`
}

func read(t *testing.T, lang string) catalogue {
	t.Helper()
	data, err := os.ReadFile("texts_" + lang + ".json")
	require.NoError(t, err)
	var out catalogue
	require.NoError(t, json.Unmarshal(data, &out))
	return out
}

// registered lists every reason that can be sent.
func registered() []reasonv1.Reason {
	var out []reasonv1.Reason
	values := reasonv1.Reason(0).Descriptor().Values()
	for i := range values.Len() {
		if r := reasonv1.Reason(values.Get(i).Number()); r != reasonv1.Reason_REASON_UNSPECIFIED {
			out = append(out, r)
		}
	}
	return out
}

func TestEveryReasonHasWords(t *testing.T) {
	t.Parallel()
	for _, lang := range fault.Languages() {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			texts := read(t, lang).Reasons
			for _, r := range registered() {
				require.Contains(t, texts, fault.Name(r), "add it to texts_%s.json", lang)
				require.Regexp(t, `^\p{Lu}.{20,}[.]$`, fault.Text(r, lang), "a whole sentence for %s", r)
			}
			require.Len(t, texts, len(registered()), "texts_%s.json holds a reason that is not registered", lang)
		})
	}
}

func TestEveryReasonHasACode(t *testing.T) {
	t.Parallel()
	for _, r := range registered() {
		code := fault.CodeOf(r)
		require.NotEqual(t, codes.OK, code, r)
		if r != reasonv1.Reason_REASON_INTERNAL {
			require.NotEqual(t, codes.Internal, code, "%s needs (code) in the registry", r)
		}
	}
}

func TestBothLanguagesKnowTheSameRules(t *testing.T) {
	t.Parallel()
	fr, en := read(t, "fr").Rules, read(t, "en").Rules
	require.ElementsMatch(t, slices.Collect(maps.Keys(fr)), slices.Collect(maps.Keys(en)))
}

// Clients are spoken to in words a company director understands.
func TestWordsOnClientsPages(t *testing.T) {
	t.Parallel()
	refused := regexp.MustCompile(`(?i)dossier|collaborateur|durable|révo|\bcomptes?\b`)
	for _, r := range registered() {
		if partnersOnly(r) {
			continue
		}
		require.NotRegexp(t, refused, fault.Text(r, "fr"), r)
	}
}

func partnersOnly(r reasonv1.Reason) bool {
	return r >= reasonv1.Reason_REASON_COLLABORATOR_NOT_READY && r <= reasonv1.Reason_REASON_NO_PRODUCT ||
		r >= reasonv1.Reason_REASON_CODE_INVALID
}

func TestLanguage(t *testing.T) {
	t.Parallel()
	for locale, want := range map[string]string{
		"":                        "fr",
		"fr":                      "fr",
		"en":                      "en",
		"en-GB":                   "en",
		"fr-CA,fr;q=0.9,en;q=0.8": "fr",
		"de,en;q=0.5":             "en",
		"de":                      "fr",
		"!!":                      "fr",
	} {
		require.Equal(t, want, fault.Language(locale), locale)
	}
}

func TestRuleText(t *testing.T) {
	t.Parallel()
	require.Equal(t, "Ce texte est vide ou trop court.", fault.RuleText("string.min_len", "fr"))
	require.Equal(t, fault.RuleText("number.gte", "en"), fault.RuleText("int32.gte", "en"))
	require.Equal(t, fault.RuleText("string.*", "en"), fault.RuleText("string.ulid", "en"))
	require.Equal(t, fault.RuleText("*", "fr"), fault.RuleText("nobody.knows", "fr"))
}

// Whoever is outside of a bound is told the bound.
func TestTheBoundsOfAPolicyAreTold(t *testing.T) {
	t.Parallel()
	for _, lang := range fault.Languages() {
		require.Regexp(t, `\b0\b.*\b30\b.*\b400\b`, fault.RuleText("inactivity_days", lang))
		require.Regexp(t, `\b0\b.*\b30\b.*\b365\b`, fault.RuleText("reconfirm_days", lang))
	}
}
