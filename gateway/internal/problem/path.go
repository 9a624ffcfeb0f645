package problem

import (
	"strings"

	"github.com/aval-access/aval/services/kit/fault"
)

// shownPath is how a field is named to the caller: a field that does not exist
// has the name that was sent.
func shownPath(v fault.Violation) string {
	if v.Rule == "unknown_field" {
		return v.Field
	}
	return jsonPath(v.Field)
}

// jsonPath turns a path of proto names into one of JSON names. A header's name
// stays as it is.
func jsonPath(path string) string {
	var out strings.Builder
	upper := false
	for _, c := range path {
		switch {
		case c == '_':
			upper = true
		case upper:
			out.WriteString(strings.ToUpper(string(c)))
			upper = false
		default:
			out.WriteRune(c)
		}
	}
	return out.String()
}
