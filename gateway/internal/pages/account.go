package pages

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
)

// account are the pages about the signed-in person, and those that a mail about
// their account leads to.
func (s *site) account(on func(string, handler)) {
	on("GET /account", own(accountPage))
	on("POST /account/language", own(changeLanguage))
	on("GET /account/password", own(passwordPage))
	on("POST /account/password", own(changePassword))
	on("GET /account/email", twice(emailPage))
	on("POST /account/email", twice(changeEmail))
	on("GET /account/sessions", own(sessionsPage))
	on("POST /account/sessions/others", own(endOtherSessions))
	on("POST /account/sessions/{id}", own(endSession))
	on("GET /account/export", twice(exportPage))
	on("POST /account/export", twice(exportData))
	on("GET /account/erase", twice(erasePage))
	on("POST /account/erase", twice(eraseAccount))
	on("GET /forgot-password", forgotPage)
	on("POST /forgot-password", forgotPassword)
	on("GET /reset-password/{token}", resetPage)
	on("POST /reset-password/{token}", resetPassword)
	on("GET /confirm-email/{token}", confirmEmailPage)
	on("POST /confirm-email/{token}", confirmEmail)
	on("GET /undo-email/{token}", undoEmailPage)
	on("POST /undo-email/{token}", undoEmail)
}

// own lets in who is signed in, before an organisation is chosen too.
func own(next handler) handler {
	return signed(func(c *call) error {
		if !c.session.Intermediate {
			if err := c.loadContexts(); err != nil {
				return err
			}
		}
		return next(c)
	})
}

// twice lets in who has just taken a second look, and asks for it first: by the
// password, or by a second factor where the person has one.
func twice(next handler) handler {
	return own(func(c *call) error {
		if c.Clock.Now().Before(c.session.StepUpExpireTime) {
			return next(c)
		}
		if c.r.Method != http.MethodGet { // what was typed is lost
			c.say(notice{Text: c.text("confirm.first")})
		}
		return c.redirect("/account/confirm" + nextQuery(c.r.URL.Path))
	})
}

func accountPage(c *call) error {
	return c.show(page{name: "account", title: "account.title", data: c.session.Locale})
}

func changeLanguage(c *call) error {
	requestID, err := c.requestID("language")
	if err != nil {
		return err
	}
	locale := c.r.PostForm.Get("locale")
	_, err = c.Clients.Accounts.UpdateMe(c.ctx(), &identityv1.UpdateMeRequest{
		UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"locale"}}, Locale: locale, RequestId: requestID,
	})
	if err != nil {
		return fmt.Errorf("changing the language: %w", err)
	}
	c.Sessions.Forget(c.r)
	http.SetCookie(c.w, cookieFor(langCookie, locale, langAge))
	c.lang = locale
	c.say(notice{Text: c.text("account.language.done")})
	return c.redirect("/account")
}

func passwordTask() task {
	return task{name: "password", fields: []taskField{password("old_password"), password("new_password")}}
}

func passwordPage(c *call) error { return c.showTask(passwordTask(), form{}) }

func changePassword(c *call) error {
	return c.do(passwordTask(), func(f form) error {
		answer, err := c.Clients.Accounts.ChangePassword(c.ctx(), &identityv1.ChangePasswordRequest{
			OldPassword: f.Value("old_password"), NewPassword: f.Value("new_password"),
		})
		if err != nil {
			return fmt.Errorf("changing the password: %w", err)
		}
		if err := c.hold(answer.GetSessionToken(), answer.GetSession()); err != nil {
			return err
		}
		c.say(notice{Text: c.text("account.password.done")})
		return c.redirect("/account")
	})
}

func emailTask(c *call) task {
	return task{
		name:   "email",
		fields: []taskField{{"new_email", "email", "email"}},
		facts:  []taskFact{{c.text("account.email.now"), c.session.Email}},
	}
}

func emailPage(c *call) error { return c.showTask(emailTask(c), form{}) }

func changeEmail(c *call) error {
	return c.do(emailTask(c), func(f form) error {
		address := strings.TrimSpace(f.Value("new_email"))
		_, err := c.Clients.EmailChanges.StartEmailChange(c.ctx(), &identityv1.StartEmailChangeRequest{NewEmail: address})
		if err != nil {
			return fmt.Errorf("beginning the change of address: %w", err)
		}
		c.say(notice{Text: c.text("account.email.sent", "email", address)})
		return c.redirect("/account")
	})
}

// ownSession is one row of the list of sessions.
type ownSession struct {
	ID, Device, Network string
	Since, Used         time.Time
	Current             bool
}

func sessionsPage(c *call) error {
	answer, err := c.Clients.Logins.ListMySessions(c.ctx(), &identityv1.ListMySessionsRequest{PageSize: 200})
	if err != nil {
		return fmt.Errorf("listing the sessions: %w", err)
	}
	var rows []ownSession
	for _, one := range answer.GetSessions() {
		row := ownSession{
			ID: one.GetId(), Device: one.GetDevice(), Network: one.GetNetwork(), Current: one.GetCurrent(),
			Since: one.GetAuthTime().AsTime(), Used: one.GetUseTime().AsTime(),
		}
		if row.Device == "" {
			row.Device = c.text("account.sessions.unknown")
		}
		rows = append(rows, row)
	}
	return c.show(page{name: "sessions", title: "account.sessions.title", data: rows})
}

func endSession(c *call) error {
	if _, err := c.requestID("session"); err != nil {
		return err
	}
	_, err := c.Clients.Logins.RevokeMySession(c.ctx(), &identityv1.RevokeMySessionRequest{SessionId: c.r.PathValue("id")})
	if err != nil {
		return fmt.Errorf("ending a session: %w", err)
	}
	c.say(notice{Text: c.text("account.sessions.done")})
	return c.redirect("/account/sessions")
}

func endOtherSessions(c *call) error {
	if _, err := c.requestID("session"); err != nil {
		return err
	}
	answer, err := c.Clients.Logins.RevokeMyOtherSessions(c.ctx(), &identityv1.RevokeMyOtherSessionsRequest{})
	if err != nil {
		return fmt.Errorf("ending the other sessions: %w", err)
	}
	c.say(notice{Text: c.count("account.sessions.others_done", int(answer.GetEnded()))})
	return c.redirect("/account/sessions")
}

func exportTask() task { return task{name: "export"} }

func exportPage(c *call) error { return c.showTask(exportTask(), form{}) }

// exportData gives the person's data as a file.
func exportData(c *call) error {
	return c.do(exportTask(), func(form) error {
		answer, err := c.Clients.Accounts.ExportMe(c.ctx(), &identityv1.ExportMeRequest{})
		if err != nil {
			return fmt.Errorf("exporting the person's data: %w", err)
		}
		packed, err := protojson.Marshal(answer)
		if err != nil {
			return fmt.Errorf("writing the person's data: %w", err)
		}
		// Indented by the other library: the first one's spaces differ from run
		// to run.
		var text strings.Builder
		encoder := json.NewEncoder(&text)
		encoder.SetIndent("", "  ")
		if err := encoder.Encode(json.RawMessage(packed)); err != nil {
			return fmt.Errorf("writing the person's data: %w", err)
		}
		c.headers(page{})
		c.w.Header().Set("Content-Type", "application/json")
		c.w.Header().Set("Content-Disposition", `attachment; filename="aval.json"`)
		_, _ = c.w.Write([]byte(text.String())) // the browser may have left
		return nil
	})
}

func eraseTask() task {
	return task{name: "erase", danger: true, fields: []taskField{{"confirm", "text", "off"}}}
}

func erasePage(c *call) error { return c.showTask(eraseTask(), form{}) }

func eraseAccount(c *call) error {
	return c.do(eraseTask(), func(f form) error {
		_, err := c.Clients.Accounts.RequestErasure(c.ctx(), &identityv1.RequestErasureRequest{Confirm: strings.TrimSpace(f.Value("confirm"))})
		if err != nil {
			return fmt.Errorf("asking for erasure: %w", err)
		}
		c.Sessions.Clear(c.w)
		c.say(notice{Text: c.text("account.erase.done")})
		return c.redirect("/sign-in")
	})
}
