package pages

import (
	"fmt"

	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
)

func forgotTask() task {
	return task{name: "forgot", bare: true, fields: []taskField{{"email", "email", "username"}}}
}

func forgotPage(c *call) error { return c.showTask(forgotTask(), form{}) }

// forgotPassword says the same whoever's address it is, and nobody's.
func forgotPassword(c *call) error {
	return c.do(forgotTask(), func(f form) error {
		_, err := c.Clients.Recovery.RequestPasswordReset(c.linkCtx(), &identityv1.RequestPasswordResetRequest{Email: f.Value("email")})
		if err != nil {
			return fmt.Errorf("asking for a new password: %w", err)
		}
		c.say(notice{Text: c.text("account.forgot.sent")})
		return c.redirect("/sign-in")
	})
}

func resetTask() task {
	return task{name: "reset", bare: true, fields: []taskField{password("new_password")}}
}

// resetPage asks nobody anything: opening the link changes nothing, and tells
// nothing.
func resetPage(c *call) error { return c.showTask(resetTask(), form{}) }

func resetPassword(c *call) error {
	return c.do(resetTask(), func(f form) error {
		_, err := c.Clients.Recovery.ResetPassword(c.linkCtx(), &identityv1.ResetPasswordRequest{
			Token: c.r.PathValue("token"), NewPassword: f.Value("new_password"),
		})
		if err != nil {
			return fmt.Errorf("setting the new password: %w", err)
		}
		return c.startAgain("account.reset.done")
	})
}

// startAgain leads to sign-in: all sessions of the account are over.
func (c *call) startAgain(done string) error {
	if c.signedIn {
		c.Sessions.Forget(c.r)
		c.Sessions.Clear(c.w)
	}
	c.say(notice{Text: c.text(done)})
	return c.redirect("/sign-in")
}

// lookedUp is a link's task with what the link says of itself.
func (c *call) lookedUp(t task) (task, error) {
	change, err := c.Clients.EmailChanges.LookupEmailChange(c.linkCtx(), &identityv1.LookupEmailChangeRequest{Token: c.r.PathValue("token")})
	if err != nil {
		return t, fmt.Errorf("looking the change of address up: %w", err)
	}
	if change.GetUndo() != (t.name == "undo_email") {
		return t, errNoPage
	}
	t.facts = []taskFact{{c.text("account.email.before"), change.GetOldEmail()}}
	if change.GetNewEmail() != "" {
		t.facts = append(t.facts, taskFact{c.text("account.email.after"), change.GetNewEmail()})
	}
	if change.GetPasswordRequired() {
		t.fields = append(t.fields, password("password"))
	}
	return t, nil
}

func confirmEmailPage(c *call) error { return c.showLink("confirm_email") }

func undoEmailPage(c *call) error { return c.showLink("undo_email") }

func (c *call) showLink(name string) error {
	t, err := c.lookedUp(task{name: name, bare: true})
	if err != nil {
		return err
	}
	return c.showTask(t, form{})
}

func confirmEmail(c *call) error {
	t, err := c.lookedUp(task{name: "confirm_email", bare: true})
	if err != nil {
		return err
	}
	return c.do(t, func(f form) error {
		_, err := c.Clients.EmailChanges.ConfirmEmailChange(c.linkCtx(), &identityv1.ConfirmEmailChangeRequest{
			Token: c.r.PathValue("token"), Password: f.Value("password"),
		})
		if err != nil {
			return fmt.Errorf("confirming the new address: %w", err)
		}
		return c.startAgain("account.confirm_email.done")
	})
}

// undoEmail leads on to the new password.
func undoEmail(c *call) error {
	t, err := c.lookedUp(task{name: "undo_email", bare: true})
	if err != nil {
		return err
	}
	return c.do(t, func(form) error {
		answer, err := c.Clients.EmailChanges.UndoEmailChange(c.linkCtx(), &identityv1.UndoEmailChangeRequest{Token: c.r.PathValue("token")})
		if err != nil {
			return fmt.Errorf("undoing the change of address: %w", err)
		}
		if c.signedIn {
			c.Sessions.Forget(c.r)
			c.Sessions.Clear(c.w)
		}
		c.say(notice{Text: c.undone(int(answer.GetFactorsRemoved()))})
		return c.redirect("/reset-password/" + answer.GetResetToken())
	})
}

// undone says what the way back changed.
func (c *call) undone(factors int) string {
	done := c.text("account.undo_email.done")
	if factors == 0 {
		return done
	}
	return c.count("account.undo_email.factors", factors) + " " + done
}
