package demoproduct

import (
	"bytes"
	_ "embed" // the page and its style
	"html/template"
	"net/http"
	"time"
	_ "time/tzdata" // the zone is there on every machine
)

//go:embed web/page.html
var pageText string

//go:embed web/style.css
var styleText []byte

// view is what a page shows.
type view struct {
	Title string
	// Kind is home, screen, closed, over or unavailable.
	Kind  string
	Path  string
	Visit *visit
	Rows  []row
	// Partner is where to go back to.
	Partner string
}

type row struct{ What, Who, Amount string }

// invented is what the product shows; no account has anything else.
var invented = map[string][]row{
	"/invoices": {{"F-2026-031", "Mairie d'Exempleville", "1 240,00 €"}, {"F-2026-030", "Café des Exemples", "86,50 €"}, {"F-2026-029", "École des Exemples", "412,00 €"}},
	"/contacts": {{"Mairie d'Exempleville", "mairie@exempleville.example", ""}, {"Café des Exemples", "cafe@exemples.example", ""}},
	"/entries":  {{"411000", "Vente F-2026-031", "1 240,00 €"}, {"445710", "TVA collectée", "206,67 €"}, {"707000", "Ventes de marchandises", "1 033,33 €"}},
	"/bank":     {{"FR76 0000 0000 0000", "Banque des Exemples", ""}},
}

var tabs = []struct{ Path, Title string }{
	{"/invoices", "Factures"}, {"/contacts", "Contacts"}, {"/entries", "Écritures"}, {"/bank", "Banque"},
}

var page = template.Must(template.New("page").Funcs(template.FuncMap{
	"tabs":  func() any { return tabs },
	"clock": clock,
}).Parse(pageText))

// clock is the time of day in Paris, where this product's people are.
func clock(t time.Time) string {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		return t.UTC().Format("15:04 MST")
	}
	return t.In(paris).Format("15:04")
}

func (p *product) render(w http.ResponseWriter, status int, v view) {
	v.Partner = p.config.PartnerURL + "/partner/dossiers"
	var out bytes.Buffer
	if err := page.Execute(&out, v); err != nil {
		http.Error(w, "page", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = out.WriteTo(w)
}

func style(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	_, _ = w.Write(styleText)
}

func secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; form-action 'self' http: https:; frame-ancestors 'none'; base-uri 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}
