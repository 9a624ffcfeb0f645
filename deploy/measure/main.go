// Command measure prints how long functions and files are and how many
// parameters functions take, per part of the tree: a mirror and not a fence.
// Generated code is left out; tests count as lines alone.
package main

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	root := "."
	if len(os.Args) > 1 {
		root = os.Args[1]
	}
	if err := run(os.DirFS(root), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(tree fs.FS, out io.Writer) error {
	parts := map[string]*part{}
	err := fs.WalkDir(tree, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.Contains(path, "/gen/") {
			return err
		}
		text, err := fs.ReadFile(tree, path)
		if err != nil {
			return err
		}
		return errors.Join(at(parts, partOf(path)).add(path, text), at(parts, "everything").add(path, text))
	})
	for _, name := range slices.Sorted(maps.Keys(parts)) {
		fmt.Fprintf(out, "%-24s %s\n", name, parts[name])
	}
	return err
}

// partOf is the context, or the folder at the root.
func partOf(path string) string {
	names := strings.Split(filepath.ToSlash(path), "/")
	if names[0] == "services" && len(names) > 2 {
		return names[0] + "/" + names[1]
	}
	return names[0]
}

func at(parts map[string]*part, name string) *part {
	if parts[name] == nil {
		parts[name] = &part{}
	}
	return parts[name]
}

// part collects lengths in lines.
type part struct {
	functions, parameters, files []int
	code, tests                  int
}

func (p *part) add(path string, text []byte) error {
	lines := strings.Count(string(text), "\n")
	if strings.HasSuffix(path, "_test.go") {
		p.tests += lines
		return nil
	}
	p.code += lines
	p.files = append(p.files, lines)
	places := token.NewFileSet()
	file, err := parser.ParseFile(places, path, text, parser.SkipObjectResolution)
	if err != nil {
		return fmt.Errorf("reading %s: %w", path, err)
	}
	for _, decl := range file.Decls {
		if f, ok := decl.(*ast.FuncDecl); ok {
			p.functions = append(p.functions, places.Position(f.End()).Line-places.Position(f.Pos()).Line+1)
			p.parameters = append(p.parameters, f.Type.Params.NumFields())
		}
	}
	return nil
}

// String gives median, 90th percentile and maximum.
func (p *part) String() string {
	return fmt.Sprintf("code %6d  tests %6d  functions %s  files %s  parameters %s",
		p.code, p.tests, spread(p.functions), spread(p.files), spread(p.parameters))
}

func spread(lengths []int) string {
	if len(lengths) == 0 {
		return "none"
	}
	sorted := slices.Sorted(slices.Values(lengths))
	last := len(sorted) - 1
	return fmt.Sprintf("%4d: %d %d %d", len(sorted), sorted[last/2], sorted[last*9/10], sorted[last])
}
