package letter

import (
	"bytes"
	"fmt"
	"regexp"

	"github.com/aval-access/aval/services/kit/contrast"
)

// ours is the colour of a button without a brand.
const ours = "#1d4ed8"

// Brand is what a partner sets of a mail's looks (R8): a name, a colour and a
// picture, never words or layout.
type Brand struct {
	Name string
	// Color is "#rrggbb"; empty: ours.
	Color string
	// Logo is a PNG; empty: none.
	Logo []byte
}

var hexColor = regexp.MustCompile(`^(#[0-9a-f]{6})?$`)

// check refuses what could be more than it says, whoever let it through.
func (b Brand) check() error {
	switch {
	case unsafeText(b.Name):
		return fmt.Errorf("%w: brand's name", ErrUnsafe)
	case !hexColor.MatchString(b.Color):
		return fmt.Errorf("%w: brand's colour", ErrUnsafe)
	case len(b.Logo) > 0 && !bytes.HasPrefix(b.Logo, []byte("\x89PNG\r\n\x1a\n")):
		return fmt.Errorf("%w: brand's logo", ErrUnsafe)
	default:
		return nil
	}
}

// Any tells whether there is something to show above the mail.
func (b Brand) Any() bool { return b.Name != "" || len(b.Logo) > 0 }

// Paint is the colour of the button.
func (b Brand) Paint() string {
	if b.Color == "" {
		return ours
	}
	return b.Color
}

// Ink is black or white, whichever is read better on the colour.
func (b Brand) Ink() string { return contrast.Ink(b.Paint()) }
