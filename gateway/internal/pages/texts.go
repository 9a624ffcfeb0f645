package pages

import (
	"embed"
	"encoding/json"
	"fmt"
	"strings"
)

//go:embed texts_*.json
var textFiles embed.FS

// catalogue holds the words of one language by key. "{name}" in a text is
// filled in; a key with ".one" and ".other" is counted.
type catalogue map[string]string

func readCatalogues() (map[string]catalogue, error) {
	out := map[string]catalogue{}
	for _, lang := range []string{"fr", "en"} {
		words := catalogue{}
		for _, part := range []string{"texts_", "texts_invitations_", "texts_partner_", "texts_consent_", "texts_grouping_"} {
			data, err := textFiles.ReadFile(part + lang + ".json")
			if err != nil {
				return nil, fmt.Errorf("reading the words: %w", err)
			}
			if err := json.Unmarshal(data, &words); err != nil {
				return nil, fmt.Errorf("reading the words of %q: %w", lang, err)
			}
		}
		if lang == "fr" {
			keepTogether(words)
		}
		out[lang] = words
	}
	return out, nil
}

// keepTogether puts the spaces that French writes before high punctuation, and
// inside quotation marks, so that no line begins with one.
func keepTogether(words catalogue) {
	spaces := strings.NewReplacer(" :", "\u00a0:", " ;", "\u00a0;", " ?", "\u00a0?", " !", "\u00a0!", "« ", "«\u00a0", " »", "\u00a0»")
	for key, text := range words {
		words[key] = spaces.Replace(text)
	}
}

// text gives the words of a key with pairs of names and values filled in. A
// key that no catalogue has shows itself; a test keeps them complete.
func (c *call) text(key string, pairs ...string) string {
	words, ok := c.words[c.lang][key]
	if !ok {
		return key
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		words = strings.ReplaceAll(words, "{"+pairs[i]+"}", pairs[i+1])
	}
	return words
}

// count gives the words for a number of things; "{n}" is the number. French
// counts zero as one.
func (c *call) count(key string, n int) string {
	form := ".other"
	if n == 1 || (n == 0 && c.lang == "fr") {
		form = ".one"
	}
	return c.text(key+form, "n", fmt.Sprint(n))
}

func (c *call) has(key string) bool {
	_, ok := c.words[c.lang][key]
	return ok
}
