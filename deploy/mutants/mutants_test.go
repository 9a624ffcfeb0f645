package main

import (
	"bytes"
	"go/format"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A mutant that no longer fits the tree guards nothing: whoever changes the
// code it breaks changes it too.
func TestEveryMutantFitsTheTree(t *testing.T) {
	t.Parallel()
	root, err := treeAbove()
	require.NoError(t, err)
	ids := map[string]bool{}
	for _, m := range all() {
		t.Run(m.id, func(t *testing.T) {
			t.Parallel()
			changed, err := m.changed(root)
			require.NoError(t, err)
			require.NotEmpty(t, changed)
			for file, text := range changed {
				if filepath.Ext(file) == ".go" {
					_, err := format.Source([]byte(text))
					require.NoError(t, err, file)
				}
			}
			require.NotEmpty(t, m.breaks)
			require.True(t, testExists(t, filepath.Join(root, m.pkg), m.test), "%s has no test %s", m.pkg, m.test)
		})
		require.False(t, ids[m.id], "%s stands twice", m.id)
		ids[m.id] = true
	}
}

func testExists(t *testing.T, dir, test string) bool {
	t.Helper()
	top, _, _ := strings.Cut(test, "/")
	wanted := regexp.MustCompile(top)
	files, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
	require.NoError(t, err)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, found := range regexp.MustCompile(`(?m)^func (Test\w+)\(t `).FindAllSubmatch(text, -1) {
			if wanted.Match(found[1]) {
				return true
			}
		}
	}
	return false
}

func TestAnEditStandsOnce(t *testing.T) {
	t.Parallel()
	e := edit{file: "a.go", old: "b", new: "c"}
	changed, err := e.apply("abd")
	require.NoError(t, err)
	require.Equal(t, "acd", changed)
	for _, text := range []string{"ad", "abbd"} {
		_, err := e.apply(text)
		require.ErrorIs(t, err, errStale)
	}
}

func TestIDsChoose(t *testing.T) {
	t.Parallel()
	from := []mutant{{id: "m1"}, {id: "m1-x"}, {id: "m10"}}
	chosen, err := choose(from, []string{"m1"})
	require.NoError(t, err)
	require.Equal(t, from[:2], chosen)
	_, err = choose(from, []string{"m2"})
	require.ErrorContains(t, err, "no mutant")
}

// sample is a module with one defence, and tests of several minds about it.
func sample(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":      "module sample\n\ngo 1.26\n",
		"x/limit.sql": "10\n",
		"x/x.go": `package x

import _ "embed"

//go:embed limit.sql
var limit string

func Allowed(n int) bool { return n < 10 && limit == "10\n" }
`,
		"x/x_test.go": `package x

import ("os"; "os/exec"; "strings"; "testing")

func TestGuards(t *testing.T) {
	t.Run("nine", func(t *testing.T) { if !Allowed(9) || Allowed(10) { t.Fatal("not guarded") } })
}
func TestLooksAway(t *testing.T) { Allowed(9) }
func TestIsRed(t *testing.T)     { t.Fatal("always") }
func TestIsSkipped(t *testing.T) { t.Skip("needs what is not here") }
func TestEnds(t *testing.T)      { if Allowed(10) { os.Exit(1) } }
func TestBuildsItsOwn(t *testing.T) {
	said, err := exec.Command("go", "run", "./tell").CombinedOutput()
	if err != nil || strings.TrimSpace(string(said)) != "false" { t.Fatal(string(said), err) }
}
`,
		"x/tell/main.go": "package main\n\nimport \"sample/x\"\n\nfunc main() { println(x.Allowed(10)) }\n",
	} {
		path := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	}
	return dir
}

func TestVerdicts(t *testing.T) {
	t.Parallel()
	l, err := newLab(t.Context(), sample(t), 1)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.close()) })
	broken := []edit{{"x/x.go", "n < 10", "n < 11"}}
	for _, c := range []struct {
		name string
		mutant
		want string
	}{
		{"a test that guards", mutant{edits: broken, test: "^TestGuards$/^nine$"}, "caught 5/5"},
		{"a file that is embedded", mutant{edits: []edit{{"x/limit.sql", "10", "11"}}, test: "^TestGuards$"}, "caught 5/5"},
		{"a program that the test builds", mutant{edits: broken, test: "^TestBuildsItsOwn$"}, "caught 5/5"},
		{"a test that looks away", mutant{edits: broken, test: "^TestLooksAway$"}, "ESCAPED, caught 0/5"},
		{"a test that is always red", mutant{edits: broken, test: "^TestIsRed$"}, errNotGreen.Error()},
		{"a test that is skipped", mutant{edits: broken, test: "^TestIsSkipped$"}, errNotGreen.Error()},
		{"a test that there is not", mutant{edits: broken, test: "^TestGone$"}, errNotGreen.Error()},
		{"a subtest that there is not", mutant{edits: broken, test: "^TestGuards$/^ten$"}, errNotGreen.Error()},
		{"a process that ends without a word", mutant{edits: broken, test: "^TestEnds$"}, errNeither.Error()},
		{"an edit that does not compile", mutant{edits: []edit{{"x/x.go", "n < 10", "n < "}}, test: "^TestGuards$"}, errBuild.Error()},
		{"an edit that is stale", mutant{edits: []edit{{"x/x.go", "n > 10", ""}}, test: "^TestGuards$"}, errStale.Error()},
	} {
		c.id, c.pkg, c.breaks = "m0", "x", "the limit"
		var said bytes.Buffer
		caught := l.judge(t.Context(), &said, c.mutant)
		require.Contains(t, said.String(), c.want, c.name)
		require.Equal(t, strings.HasPrefix(c.want, "caught"), caught, c.name)
	}
}
