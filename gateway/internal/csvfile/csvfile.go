// Package csvfile is what all our CSV files have in common: how they are named
// to a browser, and cells that no spreadsheet takes for a formula.
package csvfile

import (
	"net/http"
	"strings"
)

// Headers says that the answer is a file of this name, which nobody keeps.
func Headers(w http.ResponseWriter, name string) {
	header := w.Header()
	header.Set("Content-Type", "text/csv; charset=utf-8; header=present")
	header.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	header.Set("Cache-Control", "no-store")
}

// Harmless puts an apostrophe before what a spreadsheet would run, and before
// another apostrophe, so that Plain knows which were put.
func Harmless(cell string) string {
	if strings.ContainsAny(cell[:min(1, len(cell))], "'=+-@\t\r\n") {
		return "'" + cell
	}
	return cell
}

// Plain takes back what Harmless did.
func Plain(cell string) string { return strings.TrimPrefix(cell, "'") }
