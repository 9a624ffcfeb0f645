package archtest

import (
	"fmt"
	"go/ast"
	"go/token"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
)

const reasons = module + "proto/gen/aval/reason/v1"

// later are reasons of the registry that nothing produces yet, and why they
// stand there already.
func later() map[string]string {
	return map[string]string{
		"REASON_SCRIPTED_ANSWER": "nothing is preselected, so a form as it stood lacks its duration and gets DURATION_REQUIRED; grouped pages need it",
		"REASON_TOKEN_INVALID":   "a bad token is UNAUTHENTICATED everywhere; introspection and exchange of other tokens will name it",
		"REASON_PRODUCT_UNKNOWN": "a stranger's certificate gets CODE_INVALID like any wrong code; a product's own settings page will name it",
	}
}

func TestEveryReasonIsProduced(t *testing.T) {
	t.Parallel()
	none(t, unproduced(load(t), registry(), later()))
}

func TestReasonsGuardFires(t *testing.T) {
	t.Parallel()
	const name = "REASON_LAST_OWNER"
	head := "import (\n\treasonv1 \"" + reasons + "\"\n\t\"" + module + "services/kit/fault\"\n)\n"
	for _, only := range []string{
		"func f(err error) bool { return fault.Is(err, reasonv1.Reason_REASON_LAST_OWNER) }",
		"func f(r reasonv1.Reason) bool { return r == reasonv1.Reason_REASON_LAST_OWNER }",
		"func f(r reasonv1.Reason) { switch r { case reasonv1.Reason_REASON_LAST_OWNER: } }",
		"var titles = map[reasonv1.Reason]string{reasonv1.Reason_REASON_LAST_OWNER: \"x\"}",
	} {
		planted := plantAll(t, map[string]string{"services/membership/internal/rpc/a.go": head + only})
		require.Len(t, unproduced(planted, []string{name}, nil), 1, "%s: a reason read is not produced", only)
	}
	makes := head + "func f() error { return fault.New(reasonv1.Reason_REASON_LAST_OWNER) }"
	require.Empty(t, unproduced(plantAll(t, map[string]string{"services/membership/internal/rpc/a.go": makes}), []string{name}, nil))
	require.Len(t, unproduced(plantAll(t, map[string]string{"services/membership/internal/rpc/a_test.go": makes}), []string{name}, nil), 1)
	says := map[string]string{"services/membership/internal/domain/a.go": `const LastOwner = "LAST_OWNER"`}
	require.Empty(t, unproduced(plantAll(t, says), []string{name}, nil))
	require.Len(t, unproduced(plantAll(t, map[string]string{"services/membership/internal/rpc/a.go": makes}), []string{name}, map[string]string{name: "why"}), 1,
		"a stale exception")
}

// registry lists the names of all reasons but the unspecified.
func registry() []string {
	var out []string
	values := reasonv1.Reason(0).Descriptor().Values()
	for i := range values.Len() {
		if values.Get(i).Number() != 0 {
			out = append(out, string(values.Get(i).Name()))
		}
	}
	return out
}

func unproduced(tree []source, names []string, excused map[string]string) []finding {
	known, produced := map[string]bool{}, map[string]bool{}
	for _, name := range names {
		known[name] = true
	}
	for _, s := range tree {
		if s.test() || !s.under("services/", "gateway/") {
			continue
		}
		for _, name := range append(produces(s), saysReason(s, known)...) {
			produced[name] = true
		}
	}
	var out []finding
	used := map[string]bool{}
	for _, name := range names {
		if produced[name] {
			continue
		}
		used[name] = true
		if _, ok := excused[name]; !ok {
			out = append(out, finding(fmt.Sprintf("%s: nothing answers it", name)))
		}
	}
	return append(out, stale(excused, used)...)
}

// produces lists the reasons that a file names to answer them, and not only to
// recognise them.
func produces(s source) []string {
	read := map[ast.Expr]bool{}
	var out []string
	ast.Inspect(s.File, func(n ast.Node) bool {
		for _, e := range readOnly(s, n) {
			read[e] = true
		}
		sel, ok := n.(*ast.SelectorExpr)
		if !ok || read[sel] || s.packageOf(sel) != reasons {
			return true
		}
		if name, ok := strings.CutPrefix(sel.Sel.Name, "Reason_"); ok {
			out = append(out, name)
		}
		return true
	})
	return out
}

// saysReason lists the reasons that a context names as text: its domain refuses
// with the registry's words and does not know the registry.
func saysReason(s source, known map[string]bool) []string {
	if s.context() == "" {
		return nil
	}
	var out []string
	ast.Inspect(s.File, func(n ast.Node) bool {
		if text, ok := n.(*ast.BasicLit); ok && text.Kind == token.STRING {
			if name := "REASON_" + strings.Trim(text.Value, "\"`"); known[name] {
				out = append(out, name)
			}
		}
		return true
	})
	return out
}

// readOnly lists the expressions under a node that only recognise a reason.
func readOnly(s source, n ast.Node) []ast.Expr {
	switch n := n.(type) {
	case *ast.CaseClause:
		return n.List
	case *ast.KeyValueExpr:
		return []ast.Expr{n.Key}
	case *ast.BinaryExpr:
		if n.Op == token.EQL || n.Op == token.NEQ {
			return []ast.Expr{n.X, n.Y}
		}
	case *ast.CallExpr:
		if sel, ok := n.Fun.(*ast.SelectorExpr); ok && sel.Sel.Name == "Is" && s.packageOf(sel) == module+"services/kit/fault" {
			return n.Args
		}
	}
	return nil
}
