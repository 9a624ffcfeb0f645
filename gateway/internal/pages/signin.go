package pages

import (
	"fmt"
	"strings"

	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
)

func signInPage(c *call) error {
	if c.signedIn && !c.session.Intermediate {
		return c.redirect(c.next())
	}
	return c.showSignIn(form{})
}

func (c *call) showSignIn(f form) error {
	return c.show(page{name: "sign_in", title: "signin.title", form: f, data: c.r.FormValue("next"), bare: true})
}

// signIn opens a session. With one place to go it goes there at once; with
// several, or with an invitation waiting, the picker follows (R95).
func signIn(c *call) error {
	f := c.typed()
	if f.need(c, "email", "password"); len(f.Problems) > 0 {
		return c.showSignIn(f)
	}
	_, err := c.requestID("sign-in")
	if err == nil {
		err = c.openSession(f.Value("email"), f.Value("password"))
	}
	if err != nil {
		if f, err = c.refused(f, err); err != nil {
			return err
		}
		return c.showSignIn(f)
	}
	return c.settle()
}

// openSession checks a password and gives the browser its intermediate
// session.
func (c *call) openSession(email, password string) error {
	answer, err := c.Clients.Auth.SignIn(c.linkCtx(), &identityv1.SignInRequest{
		Email: strings.TrimSpace(email), Password: password,
	})
	if err != nil {
		return fmt.Errorf("signing in: %w", err)
	}
	if known := answer.GetDeviceToken(); known != "" {
		c.Sessions.SetDevice(c.w, known)
	}
	return c.hold(answer.GetSessionToken(), answer.GetSession())
}

// hold puts a new session into the browser and into this call.
func (c *call) hold(token string, held *identityv1.Session) error {
	c.Sessions.Set(c.w, token, held.GetExpireTime().AsTime())
	return c.become(token)
}

// settle leads on from an intermediate session.
func (c *call) settle() error {
	if len(c.session.FactorsDue) > 0 {
		return c.redirect("/sign-in/factor" + nextQuery(c.wanted()))
	}
	if err := c.loadContexts(); err != nil {
		return err
	}
	waiting, err := c.Clients.Invitations.ListMyInvitations(c.ctx(), &membershipv1.ListMyInvitationsRequest{})
	if err != nil {
		return fmt.Errorf("listing my invitations: %w", err)
	}
	if len(c.contexts) != 1 || len(waiting.GetInvitations()) > 0 {
		return c.redirect("/organizations" + nextQuery(ownPath(c.r.FormValue("next"))))
	}
	if err := c.choose(c.contexts[0].GetOrganization().GetId()); err != nil {
		return err
	}
	return c.redirect(c.next())
}

// choose opens the session for one organisation, without a password.
func (c *call) choose(organization string) error {
	answer, err := c.Clients.Auth.SelectContext(c.ctx(), &identityv1.SelectContextRequest{OrganizationId: organization})
	if err != nil {
		return fmt.Errorf("choosing the organisation: %w", err)
	}
	return c.hold(answer.GetSessionToken(), answer.GetSession())
}

// next is where the person wanted to go, inside this site.
func (c *call) next() string {
	if path := ownPath(c.r.FormValue("next")); path != "" {
		return path
	}
	return "/"
}

// signOut ends the session; one that is over already is no error.
func signOut(c *call) error {
	if c.signedIn {
		if _, err := c.requestID("sign-out"); err != nil {
			return err
		}
		if _, err := c.Clients.Auth.SignOut(c.ctx(), &identityv1.SignOutRequest{}); err != nil {
			return fmt.Errorf("signing out: %w", err)
		}
		c.Sessions.Forget(c.r)
	}
	c.Sessions.Clear(c.w)
	c.say(notice{Text: c.text("signin.left")})
	return c.redirect("/sign-in")
}

// home leads to the interface of the role held in the chosen organisation
// (R97).
func home(c *call) error {
	if c.session.Intermediate {
		return c.redirect("/organizations")
	}
	if err := c.loadContexts(); err != nil {
		return err
	}
	if c.contact() {
		return c.redirect("/firm")
	}
	switch c.current.GetOrganization().GetKind() {
	case membershipv1.OrganizationKind_ORGANIZATION_KIND_PARTNER:
		return c.redirect("/partner/dossiers")
	case membershipv1.OrganizationKind_ORGANIZATION_KIND_CLIENT:
		return c.redirect("/assistance")
	case membershipv1.OrganizationKind_ORGANIZATION_KIND_PLATFORM:
		return c.redirect("/members")
	default:
		return c.redirect("/organizations")
	}
}
