package pages

import (
	"encoding/json"
	"os"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

// R133: console and pages call a thing by the same words. A key that both have
// says the same in both, and the console's languages have the same keys with
// the same gaps to fill.
func TestTheConsoleSpeaksAsThePagesDo(t *testing.T) {
	t.Parallel()
	catalogues, err := readCatalogues()
	require.NoError(t, err)
	words := map[string]catalogue{}
	shared := 0
	for _, lang := range []string{"fr", "en"} {
		raw, err := os.ReadFile("../../console/src/words/" + lang + ".json")
		require.NoError(t, err)
		own := catalogue{}
		require.NoError(t, json.Unmarshal(raw, &own))
		if lang == "fr" {
			keepTogether(own)
		}
		for key, text := range own {
			if known, ok := catalogues[lang][key]; ok {
				require.Equal(t, known, text, "%s in %s", key, lang)
				shared++
			}
		}
		words[lang] = own
	}
	require.Greater(t, shared, 100)
	require.Len(t, words["en"], len(words["fr"]))
	gaps := regexp.MustCompile(`\{\w+\}`)
	for key, text := range words["fr"] {
		require.NotEmpty(t, words["en"][key], key)
		require.ElementsMatch(t, gaps.FindAllString(text, -1), gaps.FindAllString(words["en"][key], -1), key)
	}
}
