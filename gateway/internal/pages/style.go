package pages

import (
	"crypto/sha256"
	_ "embed" // the stylesheet
	"encoding/hex"
	"net/http"
)

//go:embed aval.css
var styleFile []byte

// asset is what a page loads beside itself. Its name changes with its content,
// so browsers may keep it for ever.
type asset struct {
	path, kind string
	body       []byte
}

func newAsset(name, extension, kind string, body []byte) asset {
	sum := sha256.Sum256(body)
	return asset{path: "/assets/" + name + "-" + hex.EncodeToString(sum[:6]) + "." + extension, kind: kind, body: body}
}

// readStyle gives the one stylesheet of all pages.
func readStyle() asset { return newAsset("aval", "css", "text/css; charset=utf-8", styleFile) }

func (a asset) serve(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", a.kind)
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(a.body) // the browser may have left
}
