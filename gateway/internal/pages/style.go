package pages

import (
	"crypto/sha256"
	_ "embed" // the stylesheet
	"encoding/hex"
	"net/http"
)

//go:embed aval.css
var styleFile []byte

// stylesheet is the only other thing that a page loads. Its name changes with
// its content, so browsers may keep it for ever.
type stylesheet struct {
	path string
	body []byte
}

func readStyle() stylesheet {
	sum := sha256.Sum256(styleFile)
	return stylesheet{path: "/assets/aval-" + hex.EncodeToString(sum[:6]) + ".css", body: styleFile}
}

func (s stylesheet) serve(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(s.body) // the browser may have left
}
