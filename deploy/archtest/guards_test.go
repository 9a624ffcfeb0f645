package archtest

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// guard is a rule that a file keeps or breaks by itself.
type guard struct {
	rule  string
	check func(source) []finding
	// fires and quiet are planted files, by path, that break and keep it.
	fires, quiet map[string]string
}

func guards() []guard { return slices.Concat(importGuards(), domainGuards(), habitGuards()) }

func TestTree(t *testing.T) {
	t.Parallel()
	tree := load(t)
	for _, g := range guards() {
		t.Run(g.rule, func(t *testing.T) {
			t.Parallel()
			var all []finding
			for _, s := range tree {
				all = append(all, g.check(s)...)
			}
			none(t, all)
		})
	}
}

func TestEveryGuardFires(t *testing.T) {
	t.Parallel()
	for _, g := range guards() {
		t.Run(g.rule, func(t *testing.T) {
			t.Parallel()
			require.NotEmpty(t, g.fires)
			for path, text := range g.fires {
				require.NotEmpty(t, g.check(plant(t, path, text)), "%s: %s", path, text)
			}
			for path, text := range g.quiet {
				require.Empty(t, g.check(plant(t, path, text)), "%s: %s", path, text)
			}
		})
	}
}

// none fails with one line per finding.
func none(t *testing.T, all []finding) {
	t.Helper()
	for _, f := range all {
		t.Error(f)
	}
}

// plant makes a file of the tree out of text.
func plant(t *testing.T, path, text string) source {
	t.Helper()
	if !strings.Contains(text, "package ") {
		text = "package planted\n" + text
	}
	s, err := parse(path, []byte(text))
	require.NoError(t, err)
	return s
}

func plantAll(t *testing.T, files map[string]string) []source {
	t.Helper()
	var out []source
	for _, path := range slices.Sorted(maps.Keys(files)) {
		out = append(out, plant(t, path, files[path]))
	}
	return out
}
