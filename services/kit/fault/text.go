package fault

import (
	"embed"
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"golang.org/x/text/language"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
)

//go:embed texts_fr.json texts_en.json
var files embed.FS

// catalogue holds one language: a text per reason and per rule id.
type catalogue struct {
	Reasons map[string]string `json:"reasons"`
	Rules   map[string]string `json:"rules"`
}

// catalogues are read once and never change.
var catalogues = sync.OnceValue(func() map[string]catalogue {
	return map[string]catalogue{"fr": mustRead("fr"), "en": mustRead("en")}
})

// Languages are those with a catalogue, the default first.
func Languages() []string { return []string{"fr", "en"} }

// Language picks the catalogue for a language tag or a whole Accept-Language.
// French is the default.
func Language(locale string) string {
	switch locale {
	case "fr", "":
		return "fr"
	case "en":
		return "en"
	}
	wanted, _, err := language.ParseAcceptLanguage(locale)
	if err != nil {
		return "fr"
	}
	_, at, _ := language.NewMatcher([]language.Tag{language.French, language.English}).Match(wanted...)
	return Languages()[at]
}

// Text gives the words for people: what is wrong, the rule, the way out.
func Text(r reasonv1.Reason, locale string) string {
	texts := catalogues()[Language(locale)].Reasons
	if text, ok := texts[Name(r)]; ok {
		return text
	}
	return texts[Name(reasonv1.Reason_REASON_INTERNAL)]
}

// RuleText gives the words for one broken rule of a field, by protovalidate's
// rule id or one of ours. A rule without words of its own takes those of its
// family ("string.*"), then the general ones.
func RuleText(ruleID, locale string) string {
	rules := catalogues()[Language(locale)].Rules
	if text, ok := rules[ruleID]; ok {
		return text
	}
	family, rest, _ := strings.Cut(ruleID, ".")
	if text, ok := rules[numberFamily(family)+"."+rest]; ok {
		return text
	}
	if text, ok := rules[family+".*"]; ok {
		return text
	}
	return rules["*"]
}

// numberFamily lets int32.gte, uint64.gte and their like share one text.
func numberFamily(family string) string {
	switch family {
	case "int32", "int64", "uint32", "uint64", "sint32", "sint64",
		"fixed32", "fixed64", "sfixed32", "sfixed64", "float", "double":
		return "number"
	default:
		return family
	}
}

// mustRead panics on a broken embedded file: the build's fault, which the
// tests meet first.
func mustRead(lang string) catalogue {
	data, err := files.ReadFile("texts_" + lang + ".json")
	if err != nil {
		panic(fmt.Sprintf("reading the texts of %s: %v", lang, err))
	}
	var out catalogue
	if err := json.Unmarshal(data, &out); err != nil {
		panic(fmt.Sprintf("reading the texts of %s: %v", lang, err))
	}
	return out
}
