package app

import (
	"context"
	"errors"
	"time"

	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/identity/internal/postgres"
	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/token"
)

// resetAsked is how long a request for a new password waits for its mail.
const resetAsked = 24 * time.Hour

// PrepareMail says what identity's facts call for by mail. Links are minted
// here, and their hashes stored.
type PrepareMail struct {
	DB    *pg.DB
	Clock clock.Clock
}

// Letter names a mail.
type Letter string

// The mails.
const (
	PasswordReset     Letter = "password_reset"
	PasswordChanged   Letter = "password_changed"
	EmailChangeProof  Letter = "email_change_proof"
	EmailChanged      Letter = "email_changed"
	EmailChangeUndone Letter = "email_change_undone"
	EmailRestored     Letter = "email_restored"
)

// Mail is one mail to one person. The zero Mail is none.
type Mail struct {
	Letter Letter
	User   domain.User
	// Address is where it goes: not always the person's own.
	Address string
	// Link is zero where the mail only tells.
	Link   token.Token
	Change domain.EmailChange
	Factor FactorChange
	// FactorsRemoved counts those that an undone change took with it.
	FactorsRemoved int32
}

// Reset prepares the mail of a request for a new password; none when the
// address is nobody's.
func (u PrepareMail) Reset(ctx context.Context, request id.ID) (Mail, error) {
	return u.prepare(ctx, func(ctx context.Context, tx pg.Tx) (Mail, error) {
		account, err := postgres.FindReset(ctx, tx, request, u.Clock.Now().Add(-resetAsked))
		if err != nil {
			return Mail{}, err
		}
		link, err := mintReset(ctx, tx, account)
		return Mail{Letter: PasswordReset, User: account.User, Address: account.User.Email, Link: link}, err
	})
}

// Password prepares the notice that a password changed.
func (u PrepareMail) Password(ctx context.Context, user id.ID) (Mail, error) {
	return u.prepare(ctx, func(ctx context.Context, tx pg.Tx) (Mail, error) {
		account, err := postgres.FindOwnAccount(ctx, tx, user)
		return Mail{Letter: PasswordChanged, User: account.User, Address: account.User.Email}, err
	})
}

// Proof prepares the mail to the new address of a change that is pending.
func (u PrepareMail) Proof(ctx context.Context, change id.ID) (Mail, error) {
	return u.ofChange(ctx, change, func(c domain.EmailChange) Mail {
		return Mail{Letter: EmailChangeProof, Address: c.NewEmail, Link: token.New(token.EmailProof)}
	})
}

// Changed prepares the notice to the old address, with the way back.
func (u PrepareMail) Changed(ctx context.Context, change id.ID) (Mail, error) {
	return u.ofChange(ctx, change, func(c domain.EmailChange) Mail {
		return Mail{Letter: EmailChanged, Address: c.OldEmail, Link: token.New(token.EmailUndo)}
	})
}

// Undone prepares the notices of a change that was taken back: to the address
// that was given up again, and to the one that was given back.
func (u PrepareMail) Undone(ctx context.Context, change id.ID, factors int32) ([]Mail, error) {
	told, err := u.prepare(ctx, func(ctx context.Context, tx pg.Tx) (Mail, error) {
		c, user, err := readChange(ctx, tx, change)
		return Mail{Letter: EmailChangeUndone, User: user, Address: c.NewEmail, Change: c, FactorsRemoved: factors}, err
	})
	if err != nil || told.Letter == "" {
		return nil, err
	}
	back := told
	back.Letter, back.Address = EmailRestored, told.Change.OldEmail
	return []Mail{told, back}, nil
}

// ofChange prepares a mail with a link, while the change is in the state that
// the link leads on from.
func (u PrepareMail) ofChange(ctx context.Context, change id.ID, mail func(domain.EmailChange) Mail) (Mail, error) {
	return u.prepare(ctx, func(ctx context.Context, tx pg.Tx) (Mail, error) {
		c, user, err := readChange(ctx, tx, change)
		if err != nil {
			return Mail{}, err
		}
		m := mail(c)
		left := c.Left(u.Clock.Now())
		if left <= 0 || c.State != stateFor(m.Link.Kind()) {
			return Mail{}, nil
		}
		m.User, m.Change = user, c
		_, err = postgres.InsertCode(ctx, tx, postgres.Code{ID: id.New(), Kind: m.Link.Kind(), Subject: c.ID, Life: left}, m.Link.Hash())
		return m, err
	})
}

func readChange(ctx context.Context, tx pg.Tx, change id.ID) (domain.EmailChange, domain.User, error) {
	c, err := postgres.FindEmailChange(ctx, tx, change)
	if err != nil {
		return c, domain.User{}, err
	}
	account, err := postgres.FindOwnAccount(ctx, tx, c.UserID)
	return c, account.User, err
}

// prepare gives no mail for what is not there any more.
func (u PrepareMail) prepare(ctx context.Context, work pg.Work[Mail]) (Mail, error) {
	mail, err := pg.InApp(ctx, u.DB, work)
	if errors.Is(err, pg.ErrNoRows) {
		return Mail{}, nil
	}
	return mail, err
}
