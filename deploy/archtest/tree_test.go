package archtest

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "github.com/aval-access/aval/"

// source is one Go file; Path is relative to the top of the tree.
type source struct {
	Path      string
	Lines     int
	Generated bool
	File      *ast.File

	positions *token.FileSet
	imports   map[string]string // local name → import path
}

// finding is one violation: "path:line: what".
type finding string

func parse(path string, text []byte) (source, error) {
	positions := token.NewFileSet()
	file, err := parser.ParseFile(positions, path, text, parser.ParseComments)
	if err != nil {
		return source{}, fmt.Errorf("parsing: %w", err)
	}
	s := source{
		Path: path, Lines: strings.Count(string(text), "\n"), Generated: ast.IsGenerated(file),
		File: file, positions: positions, imports: map[string]string{},
	}
	for _, spec := range file.Imports {
		s.imports[localName(spec)] = importPath(spec)
	}
	return s, nil
}

// load gives every Go file of the modules that people write.
func load(t *testing.T) []source {
	t.Helper()
	all, err := readTree()
	require.NoError(t, err)
	require.Greater(t, len(all), 100, "the tree was not found")
	return all
}

var readTree = sync.OnceValues(func() ([]source, error) {
	top, err := root()
	if err != nil {
		return nil, err
	}
	var all []source
	for _, dir := range []string{"services", "gateway", "deploy"} {
		err := filepath.WalkDir(filepath.Join(top, dir), func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || filepath.Ext(path) != ".go" {
				return skipOf(entry, err)
			}
			s, err := read(top, path)
			all = append(all, s)
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", dir, err)
		}
	}
	return all, nil
})

func read(top, path string) (source, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return source{}, err
	}
	relative, err := filepath.Rel(top, path)
	if err != nil {
		return source{}, err
	}
	return parse(filepath.ToSlash(relative), text)
}

func skipOf(entry fs.DirEntry, err error) error {
	if err == nil && entry.IsDir() && slices.Contains([]string{"testdata", "node_modules"}, entry.Name()) {
		return fs.SkipDir
	}
	return err
}

// root is the folder of go.work, above the test's.
func root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.work")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("no go.work above the test")
		}
		dir = parent
	}
}

func (s source) test() bool { return strings.HasSuffix(s.Path, "_test.go") }

func (s source) under(dirs ...string) bool {
	return slices.ContainsFunc(dirs, func(dir string) bool { return strings.HasPrefix(s.Path, dir) })
}

// dir is the folder of the file's package.
func (s source) dir() string { return filepath.ToSlash(filepath.Dir(s.Path)) }

// context is the bounded context that the file belongs to, or empty.
func (s source) context() string {
	parts := strings.Split(s.Path, "/")
	if len(parts) < 3 || parts[0] != "services" || slices.Contains([]string{"kit", "peer", "ledger", "accessclient"}, parts[1]) {
		return ""
	}
	return parts[1]
}

func (s source) domain() bool {
	return s.context() != "" && strings.Contains(s.Path, "/internal/domain/")
}

func (s source) found(at token.Pos, format string, args ...any) finding {
	return finding(fmt.Sprintf("%s:%d: ", s.Path, s.positions.Position(at).Line) + fmt.Sprintf(format, args...))
}

// ours lists the imports within the tree, without the module's prefix.
func (s source) ours() map[string]token.Pos {
	out := map[string]token.Pos{}
	for _, spec := range s.File.Imports {
		if rest, ok := strings.CutPrefix(importPath(spec), module); ok {
			out[rest] = spec.Pos()
		}
	}
	return out
}

// uses lists where the file names something that a package exports.
func (s source) uses(path string, names ...string) []*ast.SelectorExpr {
	var out []*ast.SelectorExpr
	ast.Inspect(s.File, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok && s.packageOf(sel) == path && slices.Contains(names, sel.Sel.Name) {
			out = append(out, sel)
		}
		return true
	})
	return out
}

// packageOf is the import path that a selector's left side stands for.
func (s source) packageOf(sel *ast.SelectorExpr) string {
	name, ok := sel.X.(*ast.Ident)
	if !ok || name.Obj != nil {
		return ""
	}
	return s.imports[name.Name]
}

func importPath(spec *ast.ImportSpec) string { return strings.Trim(spec.Path.Value, `"`) }

func localName(spec *ast.ImportSpec) string {
	if spec.Name != nil {
		return spec.Name.Name
	}
	parts := strings.Split(importPath(spec), "/")
	last := len(parts) - 1
	if last > 0 && regexp.MustCompile(`^v[0-9]+$`).MatchString(parts[last]) {
		last--
	}
	return parts[last]
}

// stale lists the lines of a table of exceptions that excuse nothing.
func stale(table map[string]string, used map[string]bool) []finding {
	var out []finding
	for line, why := range table {
		if !used[line] {
			out = append(out, finding(fmt.Sprintf("the exception %q excuses nothing any more: delete it", line)))
		}
		if strings.TrimSpace(why) == "" {
			out = append(out, finding(fmt.Sprintf("the exception %q has no reason", line)))
		}
	}
	slices.Sort(out)
	return out
}
