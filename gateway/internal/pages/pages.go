// Package pages is what people see in a browser: sign-in, invitations, the
// consent page, the company space and the partner space, in French and
// English. Pages are made on the server and work without JavaScript. A GET
// changes nothing; a POST carries a sealed nonce whose id is the request_id,
// and answers 303, or the form again with what was typed. Which host and
// which network a request comes from is the edge's duty.
package pages

import (
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"time"
	_ "time/tzdata" // ends are shown as local time, on machines without a zone database too

	"github.com/aval-access/aval/gateway/internal/clients"
	"github.com/aval-access/aval/gateway/internal/ledgerfile"
	"github.com/aval-access/aval/gateway/internal/observe"
	"github.com/aval-access/aval/gateway/internal/session"
	"github.com/aval-access/aval/services/kit/clock"
)

// Options are what the pages stand on. All are required but HelpLinks.
type Options struct {
	Clients  *clients.Clients
	Sessions *session.Manager
	Nonces   *session.Nonces
	Clock    clock.Clock
	Log      *slog.Logger
	// PublicURL is the only base of addresses that people pass on.
	PublicURL string
	// HelpLinks are addresses outside Aval by their name.
	HelpLinks map[string]string
}

// HelpLinks names the pages of help outside Aval that people may be led to
// (R47), in the order in which they are shown.
func HelpLinks() []string {
	return []string{"partner_space", "white_label", "become_partner", "customer_service"}
}

// site is the set of pages with what they need.
type site struct {
	Options
	templates map[string]*template.Template
	words     map[string]catalogue
	style     asset
	script    asset
	zone      *time.Location
	origins   *http.CrossOriginProtection
}

// New makes the handler of every page.
func New(o Options) (http.Handler, error) {
	if o.Clients == nil || o.Sessions == nil || o.Nonces == nil || o.Clock == nil || o.Log == nil {
		return nil, errors.New("pages need clients, sessions, nonces, a clock and a log")
	}
	s, err := newSite(o)
	if err != nil {
		return nil, err
	}
	return s.routes(), nil
}

func newSite(o Options) (*site, error) {
	words, err := readCatalogues()
	if err != nil {
		return nil, err
	}
	templates, err := readTemplates()
	if err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		return nil, fmt.Errorf("loading the time zone: %w", err)
	}
	return &site{
		Options: o, templates: templates, words: words, style: readStyle(), script: readScript(), zone: zone,
		origins: http.NewCrossOriginProtection(),
	}, nil
}

// handler answers one page. An error becomes the page that explains it.
type handler func(*call) error

func (s *site) routes() http.Handler {
	mux := http.NewServeMux()
	on := func(pattern string, h handler) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			observe.SetRoute(r.Context(), pattern)
			s.serve(w, r, h)
		})
	}
	s.assets(mux)
	s.everybody(on)
	s.account(on)
	s.inviting(on)
	s.company(on)
	s.partner(on)
	on("/", func(*call) error { return errNoPage })
	return mux
}

func (s *site) everybody(on func(string, handler)) {
	on("GET /{$}", signed(home))
	on("GET /sign-in", signInPage)
	on("POST /sign-in", signIn)
	on("POST /sign-out", signOut)
	s.proving(on)
	on("GET /organizations", signed(pickerPage))
	on("POST /organizations/select", signed(pick))
	on("POST /organizations/invitations/{id}", signed(acceptPending))
	on("GET /i/{token}", invitationPage)
	on("POST /i/{token}", answerInvitation)
	on("GET /c/{token}", linkPage)
	on("POST /c/{token}", answerByLink)
	on("GET /brand/{partner}/{version}/brand.css", brandStyle)
	on("GET /brand/{partner}/{version}/logo.png", brandLogo)
	on("GET /g/{token}", groupPage)
	on("POST /g/{token}", answerGroup)
	on("GET /g/{token}/{consent}", linkPage)
	on("POST /g/{token}/{consent}", answerByLink)
	on("GET /s/{token}", stopLinkPage)
	on("POST /s/{token}", stopByLink)
	on("GET /n", numberPage)
	on("POST /n", dial)
	on("GET /n/code", numberCodePage)
	on("POST /n/code", confirmNumber)
}

func (s *site) proving(on func(string, handler)) {
	on("POST /sign-in/passkey", askToSignIn)
	on("POST /sign-in/passkey/answer", signInWithPasskey)
	on("GET /sign-in/factor", secondStep(secondStepPage))
	on("POST /sign-in/factor", secondStep(verifyFactor))
	on("POST /sign-in/factor/passkey", secondStep(askToProve("factor.verify.title", "/sign-in/factor")))
	on("GET /account/confirm", signed(confirmPage))
	on("POST /account/confirm", signed(confirm))
	on("POST /account/confirm/passkey", signed(askToProve("confirm.title", "/account/confirm")))
	on("GET /account/factors", signed(factorsPage))
	on("POST /account/factors/totp", signed(startTotp))
	on("POST /account/factors/{id}/confirm", signed(confirmTotp))
	on("POST /account/factors/passkey", signed(startPasskey))
	on("POST /account/factors/passkey/answer", signed(addPasskey))
	on("POST /account/factors/codes", signed(newCodes))
	on("POST /account/factors/{id}/name", signed(renameFactor))
	on("POST /account/factors/{id}/remove", signed(removeFactor))
}

func (s *site) company(on func(string, handler)) {
	on("GET /assistance", inside(assistancePage))
	on("GET /assistance/partners", inside(linksPage))
	on("GET /assistance/partners/{id}/end", inside(endLinkPage))
	on("POST /assistance/partners/{id}/end", inside(endLink))
	on("POST /assistance/partners/{id}/reopen", inside(reopenLink))
	on("GET /assistance/partners/{id}/give", inside(offerPage))
	on("POST /assistance/partners/{id}/give", inside(offerAccess))
	on("POST /assistance/{id}/again", inside(giveAgain))
	on("GET /assistance/{id}/receipt", inside(receiptPage((*call).clientReceipt, "menu.company", "menu.assistance")))
	on("GET /assistance/{id}/receipt.json", inside(receiptFile((*call).clientReceipt)))
	on("POST /assistance/partners/{id}/accept", inside(acceptLink))
	on("POST /assistance/partners/{id}/decline", inside(declineLink))
	on("POST /assistance/code", inside(renewCode))
	on("POST /assistance/visits/{id}/end", inside(endVisitor))
	on("POST /assistance/partners/{id}/unblock", inside(unblock))
	on("GET /assistance/all/stop", inside(stopAllPage))
	on("POST /assistance/all/stop", inside(stopAll))
	on("GET /assistance/policy", inside(policyPage))
	on("POST /assistance/policy", inside(savePolicy))
	on("GET /assistance/{id}", inside(consentPage))
	on("POST /assistance/{id}/confirm", inside(confirmAccess))
	on("POST /assistance/{id}", inside(answerConsent))
	on("GET /assistance/{id}/narrow", inside(narrowPage))
	on("POST /assistance/{id}/narrow", inside(narrow))
	on("GET /assistance/{id}/stop", inside(stopPage))
	on("POST /assistance/{id}/stop", inside(stop))
	on("GET /members", inside(membersPage))
	on("GET /members/new", inside(newMemberPage))
	on("POST /members/new", inside(addMember))
	on("GET /members/{id}", inside(sheetPage))
	on("POST /members/{id}", inside(saveSheet))
	on("POST /members/{id}/email", inside(moveMember))
	on("POST /members/{id}/suspend", inside(suspendMember))
	on("POST /members/{id}/restore", inside(restoreMember))
	on("POST /members/{id}/remove", inside(removeMember))
	on("POST /members/invitations/{id}/cancel", inside(cancelInvitation))
	on("POST /members/invitations/{id}/renew", inside(renewInvitation))
	on("GET /history", inside(historyPage))
	on("GET /history.csv", inside(historyFile))
	on("GET /history.json", inside(ledgerFile(ledgerfile.JSON())))
	on("GET /history/proofs.csv", inside(ledgerFile(ledgerfile.CSV())))
	on("GET /firm", inside(firmPage))
}

func (s *site) partner(on func(string, handler)) {
	on("GET /partner/collaborators", partner(collaboratorsPage))
	on("GET /partner/collaborators/new", partner(newCollaboratorPage))
	on("POST /partner/collaborators/new", partner(addCollaborator))
	on("GET /partner/collaborators/{id}", partner(collaboratorPage))
	on("POST /partner/collaborators/{id}/tag", partner(saveTag))
	on("POST /partner/collaborators/{id}/suspend", partner(suspendCollaborator))
	on("POST /partner/collaborators/{id}/restore", partner(restoreCollaborator))
	on("GET /partner/consents/{id}/receipt", partner(receiptPage((*call).partnerReceipt, partnerCrumbs("menu.dossiers")...)))
	on("GET /partner/consents/{id}/receipt.json", partner(receiptFile((*call).partnerReceipt)))
	on("GET /partner/collaborators/{id}/handover", partner(handOverPage))
	on("POST /partner/collaborators/{id}/handover", partner(handOver))
	on("GET /partner/collaborators/{id}/remove", partner(removePage))
	on("POST /partner/collaborators/{id}/remove", partner(remove))
	on("GET /partner/contacts", partner(contactsPage))
	on("POST /partner/contacts", partner(addContact))
	on("POST /partner/contacts/{id}/remove", partner(removeContact))
	on("GET /partner/dossiers", partner(dossiersPage))
	on("GET /partner/dossiers/new", partner(newDossierPage))
	on("POST /partner/dossiers/request", partner(requestDossier))
	on("POST /partner/dossiers/create", partner(createClient))
	on("GET /partner/dossiers/detach", partner(detachManyPage))
	on("POST /partner/dossiers/detach", partner(detachMany))
	on("GET /partner/dossiers/assign", partner(assignPage))
	on("POST /partner/dossiers/assign", partner(assign))
	on("GET /partner/dossiers/{dossier}/detach/{id}", partner(detachPage))
	on("POST /partner/dossiers/{dossier}/detach/{id}", partner(detach))
	on("GET /partner/dossiers/{dossier}/end", partner(endDossierPage))
	on("POST /partner/dossiers/{dossier}/end", partner(endDossier))
	on("GET /partner/dossiers/{dossier}/enter", partner(enterPage))
	on("POST /partner/dossiers/{dossier}/enter", partner(enter))
	on("GET /partner/dossiers/{dossier}/number", partner(clientNumberPage))
	on("POST /partner/dossiers/{dossier}/number", partner(issueNumber))
	on("GET /partner/brand", partner(brandPage))
	on("POST /partner/brand", partner(saveBrand))
	on("GET /partner/credits", partner(creditsPage))
	on("GET /partner/credits.csv", partner(creditsFile))
	on("GET /partner/conflicts", partner(conflictsPage))
	on("POST /partner/conflicts/{id}/release", partner(requestRelease))
	on("POST /partner/conflicts/{id}/keep", partner(keepAssignment))
	on("GET /partner/sessions", partner(visitsPage))
	on("POST /partner/sessions/{id}/end", partner(endVisit))
}
