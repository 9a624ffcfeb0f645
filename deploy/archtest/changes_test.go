package archtest

import (
	"go/ast"
	"go/token"
	"strings"
)

// changedGlobals names, as "folder.Name", every package variable that some file
// assigns to, takes the address of, or hands to a function that changes it.
func changedGlobals(tree []source) map[string]bool {
	out := map[string]bool{}
	for _, s := range tree {
		ast.Inspect(s.File, func(n ast.Node) bool {
			for _, target := range targets(s, n) {
				if name := s.globalAt(target); name != "" {
					out[name] = true
				}
			}
			return true
		})
	}
	return out
}

// targets lists what one node of the syntax changes.
func targets(s source, n ast.Node) []ast.Expr {
	switch n := n.(type) {
	case *ast.AssignStmt:
		if n.Tok != token.DEFINE {
			return n.Lhs
		}
	case *ast.IncDecStmt:
		return []ast.Expr{n.X}
	case *ast.UnaryExpr:
		if n.Op == token.AND {
			return []ast.Expr{n.X}
		}
	case *ast.RangeStmt:
		if n.Tok == token.ASSIGN {
			return []ast.Expr{n.Key, n.Value}
		}
	case *ast.CallExpr:
		if changesArgument(s, n.Fun) && len(n.Args) > 0 {
			return n.Args[:1]
		}
	}
	return nil
}

func changesArgument(s source, fun ast.Expr) bool {
	switch f := fun.(type) {
	case *ast.Ident:
		return f.Name == "delete" || f.Name == "clear" || f.Name == "copy"
	case *ast.SelectorExpr:
		switch s.packageOf(f) {
		case "sort":
			return true
		case "slices":
			return f.Sel.Name == "Reverse" || (strings.HasPrefix(f.Sel.Name, "Sort") && !strings.HasPrefix(f.Sel.Name, "Sorted"))
		case "maps":
			return f.Sel.Name == "Copy" || f.Sel.Name == "DeleteFunc"
		}
	}
	return false
}

// globalAt names the package variable at the root of an expression, or gives
// nothing where that is a local name.
func (s source) globalAt(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		if e.Obj == nil || s.File.Scope.Lookup(e.Name) == e.Obj {
			return s.dir() + "." + e.Name
		}
	case *ast.SelectorExpr:
		if path, ok := strings.CutPrefix(s.packageOf(e), module); ok {
			return path + "." + e.Sel.Name
		}
		return s.globalAt(e.X)
	case *ast.IndexExpr:
		return s.globalAt(e.X)
	case *ast.SliceExpr:
		return s.globalAt(e.X)
	case *ast.ParenExpr:
		return s.globalAt(e.X)
	case *ast.StarExpr:
		return s.globalAt(e.X)
	}
	return ""
}
