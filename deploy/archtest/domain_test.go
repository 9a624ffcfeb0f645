package archtest

import (
	"slices"
	"strings"
)

func domainGuards() []guard {
	return []guard{
		{
			rule:  "a domain imports neither contracts, stores, brokers, telemetry nor the rest of its context",
			check: domainImports,
			fires: map[string]string{
				"services/consent/internal/domain/a.go": `import _ "github.com/jackc/pgx/v5"`,
				"services/consent/internal/domain/b.go": `import _ "github.com/aval-access/aval/services/kit/pg"`,
				"services/consent/internal/domain/c.go": `import _ "github.com/aval-access/aval/proto/gen/aval/consent/v1"`,
				"services/consent/internal/domain/d.go": `import _ "github.com/aval-access/aval/services/consent/internal/sibling"`,
				"services/consent/internal/domain/e.go": `import _ "go.opentelemetry.io/otel/trace"`,
				"services/consent/internal/domain/f.go": `import _ "math/rand/v2"`,
			},
			quiet: map[string]string{
				"services/consent/internal/domain/a.go":      "import (\n\t\"time\"\n\t_ \"github.com/aval-access/aval/services/kit/id\"\n)\nvar _ time.Time",
				"services/consent/internal/domain/a_test.go": `import _ "github.com/stretchr/testify/require"`,
				"services/consent/internal/app/a.go":         `import _ "github.com/jackc/pgx/v5"`,
			},
		},
		{
			rule:  "a domain is told the time and its ids",
			check: domainCalls,
			fires: map[string]string{
				"services/consent/internal/domain/a.go": "import \"time\"\nfunc f() { _ = time.Now() }",
				"services/consent/internal/domain/b.go": "import clocks \"time\"\nfunc f(t clocks.Time) { _ = clocks.Since(t) }",
				"services/consent/internal/domain/c.go": "import \"github.com/aval-access/aval/services/kit/id\"\nfunc f() { g(id.New) }",
				"services/consent/internal/domain/d.go": "import \"github.com/aval-access/aval/services/kit/clock\"\nfunc f() { _ = clock.System{} }",
			},
			quiet: map[string]string{
				"services/consent/internal/domain/a.go": "import \"time\"\nfunc f(now time.Time) { _ = now.Add(time.Hour) }",
				"services/consent/internal/app/a.go":    "import \"time\"\nfunc f() { _ = time.Now() }",
			},
		},
	}
}

func domainImports(s source) []finding {
	if !s.domain() || s.test() {
		return nil
	}
	var out []finding
	for _, spec := range s.File.Imports {
		if path := importPath(spec); !fitForDomain(path, s.context()) {
			out = append(out, s.found(spec.Pos(), "imports %s", path))
		}
	}
	return out
}

// fitForDomain holds for what only computes: the standard library without its
// doors to the outside, x/text, and the two kit packages of plain values.
func fitForDomain(path, context string) bool {
	if rest, ok := strings.CutPrefix(path, module); ok {
		return within(rest, []string{"services/kit/id", "services/kit/email", "services/" + context + "/internal/domain"})
	}
	if first, _, _ := strings.Cut(path, "/"); strings.Contains(first, ".") {
		return within(path, []string{"golang.org/x/text"})
	}
	outside := []string{"database", "net/http", "net/rpc", "math/rand", "crypto/rand", "os", "log", "embed", "syscall", "unsafe"}
	return !within(path, outside)
}

func domainCalls(s source) []finding {
	if !s.domain() || s.test() {
		return nil
	}
	sel := slices.Concat(
		s.uses("time", "Now", "Since", "Until", "After", "NewTimer", "NewTicker", "Tick", "AfterFunc"),
		s.uses(module+"services/kit/id", "New"),
		s.uses(module+"services/kit/clock", "System"),
	)
	var out []finding
	for _, use := range sel {
		out = append(out, s.found(use.Pos(), "names %s: it is passed in", use.Sel.Name))
	}
	return out
}
