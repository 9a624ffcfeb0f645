package app_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/identity/internal/app"
	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

const newPassword = "sept poules rousses picorent"

func rulesOfTests() domain.PasswordRules {
	return domain.PasswordRules{Known: func(string) bool { return false }, Brand: []string{"aval"}}
}

// belonging stands for membership: it is asked for names here.
type belonging struct {
	app.Membership
	names []string
}

func (m belonging) NamesOf(context.Context, id.ID) ([]string, error) { return m.names, nil }

func (b *bundle) ownPassword(names ...string) app.OwnPassword {
	return app.OwnPassword{DB: b.db, Rules: rulesOfTests(), Membership: belonging{names: names}}
}

func (b *bundle) mails() app.PrepareMail { return app.PrepareMail{DB: b.db, Clock: b.clock} }

func (b *bundle) requestReset() app.RequestPasswordReset {
	return app.RequestPasswordReset{DB: b.db, Clock: b.clock, Limits: b.check.Limits}
}

func (b *bundle) resetPassword() app.ResetPassword {
	return app.ResetPassword{DB: b.db, Clock: b.clock, Hasher: b.check.Hasher, Own: b.ownPassword()}
}

func (b *bundle) changePassword() app.ChangePassword {
	return app.ChangePassword{DB: b.db, Clock: b.clock, Check: b.check, Own: b.ownPassword()}
}

func (b *bundle) startEmail() app.StartEmailChange {
	return app.StartEmailChange{DB: b.db, Clock: b.clock, Limits: b.check.Limits}
}

func (b *bundle) followEmail() app.FollowEmailChange {
	return app.FollowEmailChange{DB: b.db, Clock: b.clock, Check: b.check}
}

// steppedUp is a person who has just typed their password again.
func (b *bundle) steppedUp(t *testing.T, from app.Opened) app.Opened {
	t.Helper()
	confirm := app.ConfirmIdentity{DB: b.db, Clock: b.clock, Check: b.check}
	opened, err := confirm.Do(t.Context(), app.Confirmation{
		SessionID: from.Session.ID, UserID: from.Session.UserID, Password: password,
	})
	require.NoError(t, err)
	return opened
}

// resetLink asks for a new password and gives what the mail would hold; the
// zero mail when none is sent.
func (b *bundle) resetLink(t *testing.T, address string) app.Mail {
	t.Helper()
	require.NoError(t, b.requestReset().Do(t.Context(), address, domain.Origin{}))
	mail, err := b.mails().Reset(t.Context(), b.newest(t, "reset_request"))
	require.NoError(t, err)
	return mail
}

// newest gives the id of the row that came last.
func (b *bundle) newest(t *testing.T, table string) id.ID {
	t.Helper()
	found, err := pg.InApp(t.Context(), b.db, func(ctx context.Context, tx pg.Tx) (id.ID, error) {
		return pg.One(ctx, tx, pg.Statement{Doing: "reading the newest", SQL: "SELECT id FROM " + table + " ORDER BY id DESC LIMIT 1"}, pgx.RowTo[id.ID])
	})
	require.NoError(t, err)
	return found
}

func requireReason(t *testing.T, reason reasonv1.Reason, err error) {
	t.Helper()
	require.True(t, fault.Is(err, reason), "%v", err)
}
