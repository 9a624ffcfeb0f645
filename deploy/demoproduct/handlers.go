package demoproduct

import (
	"errors"
	"log/slog"
	"net/http"
	"time"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/accessclient"
)

// screens are the product's pages by path.
var screens = map[string]screen{
	"/invoices": {Title: "Factures", Feature: "management/invoices", Action: "invoices.opened"},
	"/contacts": {Title: "Contacts", Feature: "management/contacts", Action: "contacts.opened"},
	"/entries":  {Title: "Écritures comptables", Feature: "accounting/entries", Action: "entries.opened"},
	"/bank":     {Title: "Coordonnées bancaires", Feature: "accounting/bank", Action: "bank_details.opened"},
}

type screen struct{ Title, Feature, Action string }

func (p *product) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", p.home)
	mux.HandleFunc("GET /enter", p.enter)
	mux.HandleFunc("POST /stop", p.stop)
	mux.HandleFunc("GET /style.css", style)
	for path, s := range screens {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) { p.show(w, r, path, s) })
	}
	return secured(http.NewCrossOriginProtection().Handler(mux))
}

func (p *product) home(w http.ResponseWriter, r *http.Request) {
	if _, _, ok := p.visits.of(r); ok {
		http.Redirect(w, r, "/invoices", http.StatusSeeOther)
		return
	}
	p.render(w, http.StatusOK, view{Title: "Bienvenue", Kind: "home"})
}

// enter redeems the code. The address with the code in it is left at once.
func (p *product) enter(w http.ResponseWriter, r *http.Request) {
	one, err := p.tokens.redeem(r.Context(), r.URL.Query().Get("code"))
	if err != nil {
		p.refuse(w, err)
		return
	}
	p.visits.start(w, one)
	http.Redirect(w, r, "/invoices", http.StatusSeeOther)
}

// show asks the decision, shows the page or locks the person out, and records
// which of the two it was.
func (p *product) show(w http.ResponseWriter, r *http.Request, path string, s screen) {
	key, one, ok := p.visits.of(r)
	if !ok {
		p.refuse(w, errOver)
		return
	}
	one, err := p.fresh(r, key, one)
	if err != nil {
		p.lockOut(w, key, err)
		return
	}
	decision, err := p.access.Check(r.Context(), accessclient.Question{
		Subject: one.Actor, Account: one.Account, Feature: s.Feature, Level: accessclient.Guest, SupportSession: one.Session,
	})
	if err != nil { // no answer is no
		p.refuse(w, err)
		return
	}
	if err := p.record(r, one, s, decision.Allowed); err != nil {
		p.refuse(w, err)
		return
	}
	p.decide(w, key, view{Title: s.Title, Kind: "screen", Path: path, Visit: &one, Rows: invented[path]}, decision)
}

func (p *product) decide(w http.ResponseWriter, key string, v view, d accessclient.Decision) {
	switch {
	case d.Allowed:
		p.render(w, http.StatusOK, v)
	case d.Reason == accessclient.LevelTooLow, d.Reason == accessclient.Excluded:
		v.Kind, v.Rows = "closed", nil
		p.render(w, http.StatusForbidden, v)
	default:
		p.lockOut(w, key, errOver)
	}
}

// fresh renews the visit's token when it is over.
func (p *product) fresh(r *http.Request, key string, one visit) (visit, error) {
	if time.Now().Before(one.TokenEnds) {
		return one, nil
	}
	next, err := p.tokens.renew(r.Context(), one.Session)
	if err != nil {
		return one, err
	}
	p.visits.put(key, next)
	return next, nil
}

func (p *product) record(r *http.Request, one visit, s screen, allowed bool) error {
	outcome := consentv1.Outcome_OUTCOME_DONE
	if !allowed {
		outcome = consentv1.Outcome_OUTCOME_DENIED
	}
	_, err := p.history.RecordActivity(r.Context(), &consentv1.RecordActivityRequest{Activities: []*consentv1.Activity{{
		AccountId: one.Account, ActorId: one.Actor, SupportSessionId: one.Session,
		Feature: s.Feature, Action: s.Action, Object: s.Title, Outcome: outcome,
	}}})
	return err
}

// stop ends the visit for good.
func (p *product) stop(w http.ResponseWriter, r *http.Request) {
	key, one, ok := p.visits.of(r)
	if ok {
		p.visits.end(key)
		_, err := p.sessions.StopSupportSession(r.Context(), &partnersupportv1.StopSupportSessionRequest{SupportSessionId: one.Session})
		if err != nil {
			p.refuse(w, err)
			return
		}
	}
	http.Redirect(w, r, p.config.PartnerURL+"/partner/dossiers", http.StatusSeeOther)
}

// lockOut forgets the visit: the yes behind it is gone.
func (p *product) lockOut(w http.ResponseWriter, key string, err error) {
	if errors.Is(err, errOver) {
		p.visits.end(key)
	}
	p.refuse(w, err)
}

func (p *product) refuse(w http.ResponseWriter, err error) {
	if errors.Is(err, errOver) {
		p.render(w, http.StatusForbidden, view{Title: "Votre accès est terminé", Kind: "over"})
		return
	}
	p.log.Warn("refused without an answer", slog.Any("error", err))
	p.render(w, http.StatusServiceUnavailable, view{Title: "Un instant", Kind: "unavailable"})
}
