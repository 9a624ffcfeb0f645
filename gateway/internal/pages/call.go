package pages

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/aval-access/aval/gateway/internal/clients"
	"github.com/aval-access/aval/gateway/internal/session"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/fault"
)

// maxForm bounds what a form may send: 500 ticked rows and their words.
const maxForm = 64 << 10

var errNoPage = fault.NotFound()

// call is one request for a page.
type call struct {
	*site
	w http.ResponseWriter
	r *http.Request
	// lang is the page's language; chosen says that the person asked for it.
	lang   string
	chosen bool
	// session is empty unless signedIn.
	session  session.Session
	signedIn bool
	// contexts are the organisations of the person; current is the one chosen,
	// nil before.
	contexts []*membershipv1.Context
	current  *membershipv1.Context
	// formActions are origins beside ours that a form may lead to.
	formActions []string
	// scripted says that the page loads the script of passkeys.
	scripted bool
}

func (s *site) serve(w http.ResponseWriter, r *http.Request, h handler) {
	c := &call{site: s, w: w, r: r}
	c.chooseLanguage()
	if err := c.prepare(); err != nil {
		c.fail(err)
		return
	}
	if err := h(c); err != nil {
		c.fail(err)
	}
}

// prepare checks where a form comes from and finds who is signed in.
func (c *call) prepare() error {
	if err := c.origins.Check(c.r); err != nil {
		return fault.New(reasonv1.Reason_REASON_CROSS_ORIGIN_REFUSED, fault.Cause(err))
	}
	if err := c.readForm(); err != nil {
		return fault.New(reasonv1.Reason_REASON_INVALID_ARGUMENT, fault.Cause(err))
	}
	found, err := c.Sessions.Resolve(c.r)
	switch {
	case err == nil:
		c.signedIn, c.session = true, found
	case !session.Ended(err):
		return fmt.Errorf("finding the session: %w", err)
	}
	c.speakOwnLanguage()
	return nil
}

// readForm reads what was typed; a list of people may be longer, and a file.
func (c *call) readForm() error {
	if !strings.HasPrefix(c.r.Header.Get("Content-Type"), "multipart/form-data") {
		c.r.Body = http.MaxBytesReader(c.w, c.r.Body, maxForm)
		return c.r.ParseForm()
	}
	c.r.Body = http.MaxBytesReader(c.w, c.r.Body, maxFile+maxForm)
	return c.r.ParseMultipartForm(maxFile + maxForm) // all of it in memory: no file is left behind
}

// ctx is for calls in the person's name, or in nobody's without a session.
func (c *call) ctx() context.Context {
	if !c.signedIn {
		return c.linkCtx()
	}
	return authn.WithLocale(c.Sessions.Outgoing(c.r.Context(), c.session), c.lang)
}

// linkCtx is for calls on the strength of a link alone. Who is signed in goes
// along as evidence, never as a right.
func (c *call) linkCtx() context.Context {
	ctx := authn.WithLocale(c.r.Context(), c.lang)
	if c.signedIn {
		ctx = clients.WithOrganization(ctx, c.session.OrganizationID)
	}
	return ctx
}

// become makes the rest of the call run in a session that just began.
func (c *call) become(token string) error {
	r := c.r.Clone(c.r.Context())
	r.Header.Set("Cookie", session.CookieName+"="+token)
	found, err := c.Sessions.Resolve(r)
	if err != nil {
		return fmt.Errorf("resolving the new session: %w", err)
	}
	c.Sessions.Forget(c.r)
	c.session, c.signedIn = found, true
	return nil
}

// signed lets in who is signed in, with every factor that they have.
func signed(next handler) handler {
	return func(c *call) error {
		if !c.signedIn {
			return c.askSignIn()
		}
		if len(c.session.FactorsDue) > 0 {
			return c.redirect("/sign-in/factor" + nextQuery(c.returnPath()))
		}
		return next(c)
	}
}

// inside lets in who is signed in and has chosen an organisation.
func inside(next handler) handler {
	return signed(func(c *call) error {
		if c.session.Intermediate {
			return c.redirect("/organizations" + nextQuery(c.returnPath()))
		}
		if err := c.loadContexts(); err != nil {
			return err
		}
		if c.current == nil {
			return c.redirect("/organizations")
		}
		return next(c)
	})
}

// partner lets in who acts for a partner; to others the page does not exist.
func partner(next handler) handler {
	return inside(func(c *call) error {
		if c.current.GetOrganization().GetKind() != membershipv1.OrganizationKind_ORGANIZATION_KIND_PARTNER || c.contact() {
			return errNoPage
		}
		return next(c)
	})
}

func (c *call) loadContexts() error {
	answer, err := c.Clients.Members.ListMyContexts(c.ctx(), &membershipv1.ListMyContextsRequest{PageSize: 200})
	if err != nil {
		return fmt.Errorf("listing the organisations: %w", err)
	}
	c.contexts = answer.GetContexts()
	for _, one := range c.contexts {
		if one.GetOrganization().GetId() == c.session.OrganizationID {
			c.current = one
		}
	}
	return nil
}

// org is the id of the organisation chosen.
func (c *call) org() string { return c.session.OrganizationID }

// contact tells whether the person is a client's contact here, and no member:
// theirs is the client interface (R97).
func (c *call) contact() bool { return c.current.GetContactId() != "" }

// administers tells whether the person is an owner or administrator here.
func (c *call) administers() bool {
	role := c.current.GetRole()
	return role == membershipv1.Role_ROLE_OWNER || role == membershipv1.Role_ROLE_ADMIN
}

func (c *call) redirect(to string) error {
	http.Redirect(c.w, c.r, to, http.StatusSeeOther)
	return nil
}

func (c *call) askSignIn() error { return c.redirect("/sign-in" + nextQuery(c.returnPath())) }

// returnPath is the page to come back to: a form's own page for a POST.
func (c *call) returnPath() string {
	if c.r.Method != http.MethodGet || c.r.URL.Path == "/" {
		return ""
	}
	return c.r.URL.RequestURI()
}

func nextQuery(path string) string {
	if path == "" {
		return ""
	}
	return "?next=" + url.QueryEscape(path)
}

// ownPath gives the path when it leads into this site, and else "".
func ownPath(path string) string {
	to, err := url.Parse(path)
	if err != nil || to.IsAbs() || to.Host != "" || to.User != nil || to.Opaque != "" {
		return ""
	}
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n\t") {
		return ""
	}
	return to.RequestURI()
}

// fail shows what went wrong, once: in the log when somebody must look at it,
// and to the person.
func (c *call) fail(err error) {
	if c.signedIn && session.Ended(err) {
		c.Sessions.Forget(c.r)
		c.Sessions.Clear(c.w)
	}
	if session.Ended(err) && c.r.URL.Path != "/sign-in" {
		_ = c.askSignIn()
		return
	}
	if to := c.lead(err); to != "" {
		_ = c.redirect(to)
		return
	}
	if !fault.Expected(err) {
		c.Log.ErrorContext(c.r.Context(), "page failed", "route", c.r.Pattern, "error", err)
	}
	if errors.Is(err, context.Canceled) {
		return
	}
	c.showError(err)
}
