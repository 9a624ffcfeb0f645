package archtest

import (
	"go/ast"
	"slices"
	"strings"
)

func importGuards() []guard {
	return []guard{
		{
			rule:  "a context imports of our code only itself, kit, peer, ledger, the client for products and the contracts",
			check: contextImports,
			fires: map[string]string{
				"services/consent/wire.go":                  `import _ "github.com/aval-access/aval/services/membership"`,
				"services/consent/internal/app/app_test.go": `import _ "github.com/aval-access/aval/gateway"`,
			},
			quiet: map[string]string{
				"services/consent/internal/app/app.go": `import (
					_ "github.com/aval-access/aval/proto/gen/aval/membership/v1"
					_ "github.com/aval-access/aval/services/consent/internal/domain"
					_ "github.com/aval-access/aval/services/kit/pg"
					_ "github.com/aval-access/aval/services/peer"
				)`,
			},
		},
		{
			rule:  "the gateway imports no context",
			check: only("gateway/", "gateway", "services/kit", "services/peer", "services/ledger", "services/accessclient", "proto/gen", "proto/openapi"),
			fires: map[string]string{"gateway/wire.go": `import _ "github.com/aval-access/aval/services/consent"`},
			quiet: map[string]string{"gateway/wire.go": `import _ "github.com/aval-access/aval/services/kit/host"`},
		},
		{
			rule:  "kit knows of our contracts only rules, events, reasons and the form of ids",
			check: only("services/kit/", "services/kit", "proto/gen/aval/authz", "proto/gen/aval/event", "proto/gen/aval/reason", "proto/typeid"),
			fires: map[string]string{
				"services/kit/authz/rules.go": `import _ "github.com/aval-access/aval/proto/gen/aval/membership/v1"`,
				"services/kit/host/run.go":    `import _ "github.com/aval-access/aval/services/peer"`,
			},
			quiet: map[string]string{"services/kit/authz/rules.go": `import _ "github.com/aval-access/aval/proto/gen/aval/authz/v1"`},
		},
		{
			rule:  "peer knows no context",
			check: only("services/peer/", "services/peer", "services/kit", "proto/gen"),
			fires: map[string]string{"services/peer/peer.go": `import _ "github.com/aval-access/aval/services/membership"`},
		},
		{
			rule:  "the ledger's verifier knows no context and none of what they stand on",
			check: only("services/ledger/", "services/ledger", "proto/gen"),
			fires: map[string]string{"services/ledger/leaf.go": `import _ "github.com/aval-access/aval/services/kit/pg"`},
		},
		{
			rule:  "the client for products stands on the contracts alone",
			check: only("services/accessclient/", "services/accessclient", "proto"),
			fires: map[string]string{
				"services/accessclient/client.go":        `import _ "github.com/aval-access/aval/services/kit/authn"`,
				"services/accessclient/client_test.go":   `import _ "github.com/aval-access/aval/services/kit/grpctest"`,
				"services/accessclient/engine/engine.go": `import _ "github.com/aval-access/aval/services/membership"`,
			},
			quiet: map[string]string{"services/accessclient/client.go": `import (
				_ "github.com/aval-access/aval/proto/typeid"
				_ "github.com/aval-access/aval/services/accessclient/engine"
			)`},
		},
		{
			rule:  "a context exports Config, Run, Decide and Migrate alone",
			check: contextExports,
			fires: map[string]string{
				"services/consent/consent.go": "type Store struct{}",
				"services/consent/wire.go":    "func Serve() {}\nconst Limit = 3",
			},
			quiet: map[string]string{
				"services/consent/consent.go":          "type Config struct{}\nfunc (Config) Check() {}\nfunc Run() {}\nfunc Migrate() {}",
				"services/consent/internal/app/app.go": "func Do() {}",
			},
		},
	}
}

func contextImports(s source) []finding {
	owner := s.context()
	if owner == "" {
		return nil
	}
	return only("services/"+owner+"/", "services/"+owner, "services/kit", "services/peer", "services/ledger", "services/accessclient", "proto/gen")(s)
}

// only holds the files of one folder to some of our packages.
func only(dir string, allowed ...string) func(source) []finding {
	return func(s source) []finding {
		var out []finding
		if !s.under(dir) {
			return nil
		}
		for path, at := range s.ours() {
			if !within(path, allowed) {
				out = append(out, s.found(at, "imports %s", path))
			}
		}
		return out
	}
}

// within tells whether a package is one of some folders or below it.
func within(path string, dirs []string) bool {
	for _, dir := range dirs {
		if path == dir || strings.HasPrefix(path, dir+"/") {
			return true
		}
	}
	return false
}

func contextExports(s source) []finding {
	if owner := s.context(); owner == "" || s.dir() != "services/"+owner || s.test() {
		return nil
	}
	var out []finding
	for _, name := range exported(s.File) {
		if !slices.Contains([]string{"Config", "Run", "Decide", "Migrate"}, name.Name) {
			out = append(out, s.found(name.Pos(), "exports %s", name.Name))
		}
	}
	return out
}

func exported(file *ast.File) []*ast.Ident {
	var names []*ast.Ident
	for _, decl := range file.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				names = append(names, d.Name)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				names = append(names, namesOf(spec)...)
			}
		}
	}
	var out []*ast.Ident
	for _, name := range names {
		if name.IsExported() {
			out = append(out, name)
		}
	}
	return out
}

func namesOf(spec ast.Spec) []*ast.Ident {
	switch s := spec.(type) {
	case *ast.TypeSpec:
		return []*ast.Ident{s.Name}
	case *ast.ValueSpec:
		return s.Names
	}
	return nil
}
