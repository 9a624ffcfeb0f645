package archtest

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// permittedGlobals are package variables of no kind that is allowed by itself.
func permittedGlobals() map[string]string {
	return map[string]string{
		"services/kit/pgtest.shared":                   "one database server per test process, started by the first test that needs it",
		"services/kit/bustest.sampleType":              "an event's type, in the process's registry before any test begins",
		"services/notification/internal/letter.update": "a flag of the test command",
		"deploy/docs.update":                           "a flag of the test command",
		"deploy/e2e.shared":                            "one running tree per test process, started by TestMain",
		"deploy/faults.shared":                         "one house per test process, opened by TestMain",
		"deploy/replicas.shared":                       "one house per test process, opened by TestMain",
	}
}

func TestNoPackageVariableChanges(t *testing.T) {
	t.Parallel()
	none(t, mutableGlobals(load(t), permittedGlobals()))
}

func TestGlobalsGuardFires(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"a counter":           "var n int",
		"a value made at run": "var c = newClient()",
		"a pointer":           "var p = &struct{ n int }{}",
		"an assigned table":   "var table = map[string]int{}\nfunc f() { table[\"a\"] = 1 }",
		"a grown list":        "var list = []int{1}\nfunc f() { list = append(list, 2) }",
		"a counted entry":     "var list = []int{1}\nfunc f() { list[0]++ }",
		"a shared address":    "var list = [1]int{1}\nfunc f() *[1]int { return &list }",
		"an emptied table":    "var table = map[string]int{\"a\": 1}\nfunc f() { clear(table) }",
		"a sorted list":       "import \"slices\"\nvar list = []int{1}\nfunc f() { slices.Sort(list) }",
		"a replaced sentinel": "import \"errors\"\nvar ErrX = errors.New(\"x\")\nfunc f() { ErrX = nil }",
	} {
		planted := plantAll(t, map[string]string{"services/kit/x/x.go": text})
		require.NotEmpty(t, mutableGlobals(planted, nil), name)
	}
	planted := plantAll(t, map[string]string{
		"services/kit/x/x.go": "var Table = map[string]int{\"a\": 1}",
		"services/kit/y/y.go": "import \"github.com/aval-access/aval/services/kit/x\"\nfunc f() { x.Table[\"b\"] = 2 }",
	})
	require.NotEmpty(t, mutableGlobals(planted, nil), "a table assigned from elsewhere")
	require.NotEmpty(t, mutableGlobals(nil, map[string]string{"services/kit/x.gone": "why"}), "a stale exception")
}

func TestGlobalsGuardLeavesConstantsInPeace(t *testing.T) {
	t.Parallel()
	planted := plantAll(t, map[string]string{"services/kit/x/x.go": `
		import ("embed"; "errors"; "regexp"; "sync"; "time"; "html/template")
		//go:embed a.txt
		var files embed.FS
		var (
			//go:embed b.txt
			text string
		)
		var ErrX = errors.New("x")
		var errY = ErrX
		var shape = regexp.MustCompile("a")
		var page = template.Must(template.New("x").Parse(""))
		var once = sync.OnceValue(func() int { return 1 })
		var table = map[string]int{"a": 1}
		var _ error = errY
		type refusal struct{}
		func (*refusal) Error() string { return "no" }
		var refused = &refusal{}
		var start = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		func f(table2 []int) { table2[0] = table["a"]; table := []int{1}; table[0] = 2 }
	`})
	require.Empty(t, mutableGlobals(planted, nil))
}

func mutableGlobals(tree []source, permitted map[string]string) []finding {
	var out []finding
	used := map[string]bool{}
	changed, errorTypes := changedGlobals(tree), typesWithError(tree)
	for _, s := range tree {
		for _, v := range globals(s) {
			key := s.dir() + "." + v.name.Name
			why := ""
			if !v.constant() && !errorTypes[v.literalType()] {
				why = "the package variable %s is of no permitted kind"
			} else if changed[key] {
				why = "the package variable %s is changed or handed out"
			}
			if _, ok := permitted[key]; ok && why != "" {
				used[key] = true
			} else if why != "" {
				out = append(out, s.found(v.name.Pos(), why, v.name.Name))
			}
		}
	}
	return append(out, stale(permitted, used)...)
}

// global is one package variable.
type global struct {
	source   source
	name     *ast.Ident
	value    ast.Expr // nil if none
	embedded bool
}

func globals(s source) []global {
	var out []global
	for _, decl := range s.File.Decls {
		d, ok := decl.(*ast.GenDecl)
		if !ok || d.Tok != token.VAR || s.Generated {
			continue
		}
		for _, spec := range d.Specs {
			v, ok := spec.(*ast.ValueSpec)
			if !ok {
				continue
			}
			for i, name := range v.Names {
				g := global{source: s, name: name, embedded: embeds(d.Doc) || embeds(v.Doc)}
				if i < len(v.Values) {
					g.value = v.Values[i]
				}
				if name.Name != "_" {
					out = append(out, g)
				}
			}
		}
	}
	return out
}

func embeds(doc *ast.CommentGroup) bool {
	return doc != nil && slices.ContainsFunc(doc.List, func(c *ast.Comment) bool { return strings.HasPrefix(c.Text, "//go:embed ") })
}

// constant holds for the kinds that never change once the program runs.
func (g global) constant() bool {
	if g.embedded {
		return true
	}
	switch v := g.value.(type) {
	case nil:
		return false
	case *ast.CompositeLit:
		return true // a lookup table; changedGlobals sees to the rest
	case *ast.CallExpr:
		if sel, ok := v.Fun.(*ast.SelectorExpr); ok && computedOnce(g.source.packageOf(sel), sel.Sel.Name) {
			return true
		}
	}
	return strings.HasPrefix(strings.ToLower(g.name.Name), "err")
}

// literalType names, as "folder.Name", the type of the same package that the
// value is a literal of or a pointer to.
func (g global) literalType() string {
	value := g.value
	if pointer, ok := value.(*ast.UnaryExpr); ok {
		value = pointer.X
	}
	if literal, ok := value.(*ast.CompositeLit); ok {
		if name, ok := literal.Type.(*ast.Ident); ok {
			return g.source.dir() + "." + name.Name
		}
	}
	return ""
}

// typesWithError names the types that are errors, as "folder.Name".
func typesWithError(tree []source) map[string]bool {
	out := map[string]bool{}
	for _, s := range tree {
		for _, decl := range s.File.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok || f.Recv == nil || f.Name.Name != "Error" {
				continue
			}
			receiver := f.Recv.List[0].Type
			if pointer, ok := receiver.(*ast.StarExpr); ok {
				receiver = pointer.X
			}
			if name, ok := receiver.(*ast.Ident); ok {
				out[s.dir()+"."+name.Name] = true
			}
		}
	}
	return out
}

func computedOnce(path, name string) bool {
	switch path {
	case "time":
		return name == "Date"
	case "regexp":
		return name == "MustCompile"
	case "html/template", "text/template":
		return name == "Must"
	case "sync":
		return name == "OnceValue" || name == "OnceValues" || name == "OnceFunc"
	}
	return false
}
