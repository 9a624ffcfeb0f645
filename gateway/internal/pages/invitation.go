package pages

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/google/uuid"

	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/email"
	"github.com/aval-access/aval/services/kit/fault"
)

// Ways that an invited person comes in.
const (
	wayRegister = "register"
	waySignIn   = "sign-in"
	wayAccept   = "accept"
	wayOther    = "somebody-else"
	wayClosed   = "closed"
)

// invited is what the page behind an invitation's link shows.
type invited struct {
	Organization, As, Email, GivenName string
	Way                                string
	// State words what an invitation that is not pending became.
	State string
	// Others invite the signed-in person too; Until is when this one ends.
	Others []string
	Until  string
	// Decline is where the person may say no.
	Decline string
}

func invitationPage(c *call) error {
	in, err := c.lookupInvitation()
	if err != nil {
		return err
	}
	data := c.waysIn(in)
	if data.Way == wayAccept {
		if data.Others, err = c.waitingFor(); err != nil {
			return err
		}
		data.Others = slices.DeleteFunc(data.Others, func(name string) bool { return name == data.Organization })
	}
	return c.showInvitation(data, form{})
}

func (c *call) lookupInvitation() (*membershipv1.LookupInvitationResponse, error) {
	ctx, fetched := c.linkCtx(), c.r.Method != http.MethodPost
	if fetched {
		ctx = c.ctx() // who is signed in is a person, and no scanner
	}
	in, err := c.Clients.Invitations.LookupInvitation(ctx, &membershipv1.LookupInvitationRequest{
		Token: c.r.PathValue("token"), Fetched: fetched,
	})
	if err != nil {
		return nil, fmt.Errorf("looking the invitation up: %w", err)
	}
	if !c.signedIn && !c.chosen && c.r.Header.Get("Accept-Language") == "" && known(in.GetLocale()) {
		c.lang = in.GetLocale()
	}
	return in, nil
}

// waysIn finds which of the cases of an open link this is. Nobody but the
// person may learn whether there is a password already, so both ways are
// offered to a stranger.
func (c *call) waysIn(in *membershipv1.LookupInvitationResponse) invited {
	data := invited{
		Organization: in.GetOrganizationName(), Email: in.GetEmail(), GivenName: in.GetGivenName(),
		As: c.standing(in.GetRole(), in.GetPartnerRole()), Way: wayRegister, Until: c.momentOf(moment(in.GetExpireTime())),
	}
	if token := c.r.PathValue("token"); token != "" {
		data.Decline = "/i/" + token + "/decline"
	}
	switch {
	case in.GetState() != membershipv1.InvitationState_INVITATION_STATE_PENDING:
		data.Way, data.State = wayClosed, c.text("invite."+in.GetState().String())
	case c.signedIn && sameAddress(c.session.Email, in.GetEmail()):
		data.Way = wayAccept
	case c.signedIn:
		data.Way = wayOther
	case c.r.FormValue("way") == waySignIn:
		data.Way = waySignIn
	}
	return data
}

func sameAddress(one, other string) bool {
	a, err := email.Parse(one)
	if err != nil {
		return false
	}
	b, err := email.Parse(other)
	return err == nil && a.Key() == b.Key()
}

func (c *call) showInvitation(data invited, f form) error {
	title := c.text("invite.title", "org", data.Organization)
	return c.show(page{name: "invitation", titleText: title, form: f, data: data, bare: true})
}

// answerInvitation lets the person in: by a first password (R17), by the one
// they have, or by the session they are in.
func answerInvitation(c *call) error {
	in, err := c.lookupInvitation()
	if err != nil {
		return err
	}
	data, f := c.waysIn(in), c.typed()
	switch data.Way {
	case wayClosed:
		return c.showInvitation(data, f)
	case wayOther:
		return c.leaveSession()
	}
	organization, err := c.enterBy(data.Way, in.GetEmail(), &f)
	if err == nil && len(f.Problems) > 0 {
		return c.showInvitation(data, f)
	}
	if err != nil {
		return c.invitationAgain(in, f, err)
	}
	if err := c.choose(organization); err != nil {
		return err
	}
	c.say(notice{Text: c.text("invite.welcome", "org", in.GetOrganizationName())})
	return c.afterJoining(f.Value("all") != "")
}

// afterJoining leads on: to everything else that is pending, now that the
// address is proven (R67, R68), or home.
func (c *call) afterJoining(all bool) error {
	if all {
		if _, err := c.acceptAll(uuid.NewString()); err != nil {
			return err
		}
		return c.redirect("/organizations")
	}
	waiting, err := c.waitingFor()
	if err != nil {
		return err
	}
	if len(waiting) > 0 {
		return c.redirect("/organizations")
	}
	return c.redirect("/")
}

// waitingFor lists the organisations whose invitations wait for the person.
func (c *call) waitingFor() ([]string, error) {
	mine, err := c.Clients.Invitations.ListMyInvitations(c.ctx(), &membershipv1.ListMyInvitationsRequest{PageSize: 200})
	if err != nil {
		return nil, fmt.Errorf("listing my invitations: %w", err)
	}
	var out []string
	for _, one := range mine.GetInvitations() {
		out = append(out, one.GetOrganizationName())
	}
	return out, nil
}

// enterBy goes one way in and gives the organisation joined.
func (c *call) enterBy(way, address string, f *form) (string, error) {
	requestID, err := c.requestID("invitation")
	if err != nil {
		return "", err
	}
	switch way {
	case wayAccept:
	case waySignIn:
		if f.need(c, "password"); len(f.Problems) > 0 {
			return "", nil
		}
		err = c.openSession(address, f.Value("password"))
	default:
		if f.need(c, "password"); len(f.Problems) > 0 {
			return "", nil
		}
		err = c.register(f.Value("password"))
		if fault.Is(err, reasonv1.Reason_REASON_CREDENTIAL_EXISTS) && c.openSession(address, f.Value("password")) == nil {
			err = nil // set by another of their invitations, a moment ago in another browser (R68)
		}
	}
	if err != nil {
		return "", err
	}
	return c.acceptByLink(requestID)
}

func (c *call) register(password string) error {
	answer, err := c.Clients.Auth.RegisterWithInvitation(c.linkCtx(), &identityv1.RegisterWithInvitationRequest{
		Token: c.r.PathValue("token"), Password: password, Locale: c.lang,
	})
	if err != nil {
		return fmt.Errorf("registering: %w", err)
	}
	c.Sessions.SetDevice(c.w, answer.GetDeviceToken())
	return c.hold(answer.GetSessionToken(), answer.GetSession())
}

func (c *call) acceptByLink(requestID string) (string, error) {
	answer, err := c.Clients.Invitations.AcceptInvitation(c.ctx(), &membershipv1.AcceptInvitationRequest{
		Token: c.r.PathValue("token"), RequestId: requestID,
	})
	if err != nil {
		return "", fmt.Errorf("accepting the invitation: %w", err)
	}
	return answer.GetMember().GetOrganizationId(), nil
}

// leaveSession ends the session of somebody else, so that the invited person
// can go on with the same link.
func (c *call) leaveSession() error {
	if _, err := c.requestID("invitation"); err != nil {
		return err
	}
	if _, err := c.Clients.Auth.SignOut(c.ctx(), &identityv1.SignOutRequest{}); err != nil {
		return fmt.Errorf("signing out: %w", err)
	}
	c.Sessions.Forget(c.r)
	c.Sessions.Clear(c.w)
	return c.redirect(c.r.URL.Path)
}

// invitationAgain shows the link's page again with what was refused, in the
// case that it is now: a person who has a password is led to sign in.
func (c *call) invitationAgain(in *membershipv1.LookupInvitationResponse, f form, refusal error) error {
	f, err := c.refused(f, refusal)
	if err != nil {
		return err
	}
	for i, p := range f.Problems {
		if p.Field == "email" { // the address is the invitation's own: there is no such field here
			f.Problems[i].Field = "password"
		}
	}
	data := c.waysIn(in)
	if fault.Is(refusal, reasonv1.Reason_REASON_CREDENTIAL_EXISTS) {
		data.Way = waySignIn
	}
	return c.showInvitation(data, f)
}
