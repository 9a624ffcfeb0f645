package pages

import (
	"fmt"

	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
)

// asking is the page on which a browser asks for a passkey.
type asking struct {
	// Way is "create" or "get"; Options are the question; Action takes the answer.
	Way, Options, Challenge, Action, Next string
	// Back is the page with the other ways.
	Back string
	// Naming says that the person gives the passkey a name.
	Naming bool
}

func (c *call) ask(title string, data asking, challenge *identityv1.PasskeyChallenge) error {
	data.Options, data.Challenge, data.Next = challenge.GetOptionsJson(), challenge.GetId(), c.wanted()
	c.withScript()
	return c.show(page{name: "passkey", title: title, data: data, bare: true})
}

func (c *call) passkeyAnswer() *identityv1.PasskeyAnswer {
	return &identityv1.PasskeyAnswer{
		ChallengeId: c.r.PostForm.Get("challenge"), CredentialJson: c.r.PostForm.Get("credential"),
	}
}

// askToProve asks for a passkey of the person, or of anybody who signs in.
func askToProve(title, path string) handler {
	return func(c *call) error {
		if _, err := c.requestID("prove"); err != nil {
			return err
		}
		answer, err := c.Clients.SecondFactors.GetPasskeyOptions(c.ctx(), &identityv1.GetPasskeyOptionsRequest{})
		if err != nil {
			return fmt.Errorf("asking for a passkey: %w", err)
		}
		return c.ask(title, asking{Way: "get", Action: path, Back: path}, answer.GetChallenge())
	}
}

// askToSignIn asks for anybody's passkey, whoever is signed in.
func askToSignIn(c *call) error {
	if _, err := c.requestID("sign-in"); err != nil {
		return err
	}
	answer, err := c.Clients.SecondFactors.GetPasskeyOptions(c.linkCtx(), &identityv1.GetPasskeyOptionsRequest{})
	if err != nil {
		return fmt.Errorf("asking for a passkey: %w", err)
	}
	c.signedIn, c.session.UserID = false, ""
	return c.ask("signin.passkey", asking{Way: "get", Action: "/sign-in/passkey/answer", Back: "/sign-in"}, answer.GetChallenge())
}

// signInWithPasskey opens a session without a password.
func signInWithPasskey(c *call) error {
	c.signedIn, c.session.UserID = false, ""
	f := c.typed()
	_, err := c.requestID("prove")
	if err == nil {
		err = c.openByPasskey()
	}
	if err != nil {
		if f, err = c.refused(f, err); err != nil {
			return err
		}
		return c.showSignIn(f)
	}
	return c.settle()
}

func (c *call) openByPasskey() error {
	answer, err := c.Clients.SecondFactors.SignInWithPasskey(c.linkCtx(), &identityv1.SignInWithPasskeyRequest{
		Answer: c.passkeyAnswer(),
	})
	if err != nil {
		return fmt.Errorf("signing in with a passkey: %w", err)
	}
	c.Sessions.SetDevice(c.w, answer.GetDeviceToken())
	return c.hold(answer.GetSessionToken(), answer.GetSession())
}
