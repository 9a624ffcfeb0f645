package letter

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ErrUnsafe says that a value could forge a header, a line or a link.
var ErrUnsafe = errors.New("unsafe value")

// manyLines names the variables that may hold several lines; they only appear
// among the facts of the body.
func manyLines() []string {
	return []string{"rights", "running", "people", "requests", "activities", "reason", "partner_address", "postal_address", "seal"}
}

// checked gives the variables trimmed. Names of people and organisations come
// from outside: controls and marks that turn the direction of writing are
// refused, not repaired.
func checked(l Letter) (map[string]string, error) {
	out := make(map[string]string, len(l.Variables))
	for key, value := range l.Variables {
		value = strings.TrimSpace(strings.ReplaceAll(value, "\r\n", "\n"))
		plain := value
		if slices.Contains(manyLines(), key) {
			plain = strings.ReplaceAll(value, "\n", " ")
		}
		if unsafeText(plain) {
			return nil, fmt.Errorf("%w: variable %q", ErrUnsafe, key)
		}
		out[key] = value
	}
	if unsafeText(l.Reference) {
		return nil, fmt.Errorf("%w: reference", ErrUnsafe)
	}
	if err := l.Brand.check(); err != nil {
		return nil, err
	}
	return out, checkPath(l.ActionPath)
}

func unsafeText(value string) bool {
	if !utf8.ValidString(value) {
		return true
	}
	return strings.ContainsFunc(value, func(r rune) bool {
		return unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp, unicode.Bidi_Control)
	})
}

// checkPath accepts a path of ours alone: "//host" or "\host" would leave.
func checkPath(path string) error {
	if path == "" {
		return nil
	}
	if path[0] != '/' || strings.HasPrefix(path, "//") || strings.ContainsFunc(path, outsidePath) {
		return fmt.Errorf("%w: action path", ErrUnsafe)
	}
	return nil
}

func outsidePath(r rune) bool {
	return r <= ' ' || r >= 0x7f || strings.ContainsRune(`\"<>`, r)
}
