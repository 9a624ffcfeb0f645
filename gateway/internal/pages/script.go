package pages

import (
	_ "embed" // the script
	"net/http"
)

//go:embed passkey.js
var scriptFile []byte

// readScript gives the only script: browsers speak to passkeys through one.
// Pages without a passkey load none.
func readScript() asset {
	return newAsset("passkey", "js", "text/javascript; charset=utf-8", scriptFile)
}

// withScript lets this page load it.
func (c *call) withScript() { c.scripted = true }

// scriptPolicy is what the page's policy says of scripts.
func (c *call) scriptPolicy() string {
	if c.scripted {
		return "script-src 'self'; "
	}
	return ""
}

func (s *site) assets(mux *http.ServeMux) {
	for _, one := range []asset{s.style, s.script} {
		mux.HandleFunc("GET "+one.path, one.serve)
	}
}
