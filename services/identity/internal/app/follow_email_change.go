package app

import (
	"context"
	"errors"

	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/identity/internal/postgres"
	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/email"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/token"
)

// FollowEmailChange is what the links of a change of address do: the one sent
// to the new address, and the way back sent to the old one.
type FollowEmailChange struct {
	DB    *pg.DB
	Clock clock.Clock
	Check CheckPassword
}

// Followed is a link with its change and the person.
type Followed struct {
	secret  token.Token
	held    postgres.Held
	Change  domain.EmailChange
	Account postgres.Account
}

// Look says what a link is for, and changes nothing.
func (u FollowEmailChange) Look(ctx context.Context, text string) (Followed, error) {
	kind := token.EmailProof
	if _, err := token.Parse(token.EmailUndo, text); err == nil {
		kind = token.EmailUndo
	}
	return u.look(ctx, kind, text)
}

// Get gives a change that took place, and the person as they are now.
func (u FollowEmailChange) Get(ctx context.Context, change id.ID) (c domain.EmailChange, user domain.User, err error) {
	err = u.DB.InApp(ctx, func(ctx context.Context, tx pg.Tx) error {
		if c, user, err = readChange(ctx, tx, change); err != nil {
			return absent(err)
		}
		if c.ConfirmTime.IsZero() {
			return fault.NotFound()
		}
		return nil
	})
	return c, user, err
}

// Undoes tells whether it is the way back.
func (f Followed) Undoes() bool { return f.secret.Kind() == token.EmailUndo }

func (u FollowEmailChange) look(ctx context.Context, kind token.Kind, text string) (Followed, error) {
	f := Followed{}
	var err error
	if f.secret, f.held, err = look(ctx, u.DB, kind, text); err != nil {
		return Followed{}, err
	}
	err = u.DB.InApp(ctx, func(ctx context.Context, tx pg.Tx) (err error) {
		if f.Change, err = postgres.FindEmailChange(ctx, tx, f.held.Subject); err != nil {
			return err
		}
		f.Account, err = postgres.FindOwnAccount(ctx, tx, f.Change.UserID)
		return err
	})
	if errors.Is(err, pg.ErrNoRows) || err == nil && f.Change.State != stateFor(kind) {
		return Followed{}, linkInvalid(err)
	}
	return f, err
}

// stateFor is the state that a link leads on from.
func stateFor(kind token.Kind) domain.EmailChangeState {
	if kind == token.EmailUndo {
		return domain.EmailConfirmed
	}
	return domain.EmailPending
}

// EmailProof is what was typed on the page behind the link to the new address.
type EmailProof struct {
	Token, Password string
	Origin          domain.Origin
}

// Confirm moves the person to the address that the link proves. All sessions
// end. REASON_ADDRESS_IN_USE when it is another person's: only who reads that
// mailbox learns it. A change that somebody else began needs the password too,
// or an administrator could make any account their own.
func (u FollowEmailChange) Confirm(ctx context.Context, in EmailProof) error {
	f, err := u.look(ctx, token.EmailProof, in.Token)
	if err != nil {
		return err
	}
	var proven Proven
	if f.Change.NeedsPassword() {
		try := Try{Key: keyOf(f.Account.User.Email), Account: f.Account, Password: in.Password, Origin: in.Origin}
		if proven, err = u.Check.Do(ctx, try); err != nil {
			return err
		}
	}
	return u.DB.InApp(ctx, func(ctx context.Context, tx pg.Tx) error {
		if f.Change.NeedsPassword() {
			if err := u.Check.Forgive(ctx, tx, proven); err != nil {
				return err
			}
		}
		return u.confirm(ctx, tx, f)
	})
}

func (u FollowEmailChange) confirm(ctx context.Context, tx pg.Tx, f Followed) error {
	c, err := lockFollowed(ctx, tx, f)
	if err != nil {
		return err
	}
	if err := moveTo(ctx, tx, c, c.NewEmail); err != nil {
		return err
	}
	now := u.Clock.Now()
	if err := postgres.ConfirmEmailChange(ctx, tx, c.ID, now); err != nil {
		return err
	}
	if _, err := postgres.EndSessions(ctx, tx, c.UserID, nil, postgres.End{Reason: domain.EmailChanged, Now: now}); err != nil {
		return err
	}
	return tell(ctx, tx, c.UserID, &identityv1.UserEmailChanged{UserId: c.UserID.Text("usr"), ChangeId: c.ID.Text("ech")})
}

// Undone is what the way back left behind.
type Undone struct {
	// Reset sets a new password.
	Reset token.Token
	// FactorsRemoved counts those enrolled since the change was begun.
	FactorsRemoved int64
}

// Undo gives the old address back, whatever the address became since. All
// sessions end, second factors enrolled since the change was begun go, and the
// password counts no more: whoever took the mailbox, or the account, keeps
// nothing.
func (u FollowEmailChange) Undo(ctx context.Context, text string) (Undone, error) {
	f, err := u.look(ctx, token.EmailUndo, text)
	if err != nil {
		return Undone{}, err
	}
	return pg.InApp(ctx, u.DB, func(ctx context.Context, tx pg.Tx) (Undone, error) {
		return u.undo(ctx, tx, f)
	})
}

func (u FollowEmailChange) undo(ctx context.Context, tx pg.Tx, f Followed) (Undone, error) {
	c, err := lockFollowed(ctx, tx, f)
	if err != nil {
		return Undone{}, err
	}
	if err := moveTo(ctx, tx, c, c.OldEmail); err != nil {
		return Undone{}, err
	}
	if err := postgres.UndoEmailChanges(ctx, tx, c); err != nil {
		return Undone{}, err
	}
	removed, err := u.disarm(ctx, tx, c)
	if err != nil {
		return Undone{}, err
	}
	err = tell(ctx, tx, c.UserID, &identityv1.UserEmailChanged{
		UserId: c.UserID.Text("usr"), ChangeId: c.ID.Text("ech"), Undone: true, FactorsRemoved: int32(removed),
	})
	if err != nil {
		return Undone{}, err
	}
	account, err := postgres.FindOwnAccount(ctx, tx, c.UserID)
	if err != nil {
		return Undone{}, err
	}
	reset, err := mintReset(ctx, tx, account)
	return Undone{Reset: reset, FactorsRemoved: removed}, err
}

// disarm takes away all that somebody could have come to since the change was
// begun: the password, sessions and factors. It gives how many factors went.
func (u FollowEmailChange) disarm(ctx context.Context, tx pg.Tx, c domain.EmailChange) (int64, error) {
	now := u.Clock.Now()
	if err := postgres.ReplacePassword(ctx, tx, postgres.Password{UserID: c.UserID, Now: now}); err != nil {
		return 0, err
	}
	if _, err := postgres.EndSessions(ctx, tx, c.UserID, nil, postgres.End{Reason: domain.EmailChanged, Now: now}); err != nil {
		return 0, err
	}
	return postgres.DeleteFactorsSince(ctx, tx, c.UserID, c.CreateTime)
}

// lockFollowed uses the link up and gives its change as it is now, with the
// person's row locked.
func lockFollowed(ctx context.Context, tx pg.Tx, f Followed) (domain.EmailChange, error) {
	if err := postgres.LockUser(ctx, tx, f.Change.UserID); err != nil {
		return domain.EmailChange{}, err
	}
	if err := follow(ctx, tx, f.secret, f.held); err != nil {
		return domain.EmailChange{}, err
	}
	c, err := postgres.LockEmailChange(ctx, tx, f.Change.ID)
	if err == nil && c.State != stateFor(f.secret.Kind()) {
		err = linkInvalid(nil)
	}
	return c, err
}

// moveTo changes the address. Links that were mailed to the one before are
// worth nothing from now on.
func moveTo(ctx context.Context, tx pg.Tx, c domain.EmailChange, address string) error {
	parsed, err := email.Parse(address)
	if err != nil {
		return err
	}
	err = postgres.ChangeEmail(ctx, tx, c.UserID, parsed)
	if errors.Is(err, postgres.ErrTaken) {
		return fault.New(reasonv1.Reason_REASON_ADDRESS_IN_USE, fault.Cause(err))
	}
	if err != nil {
		return err
	}
	if err := postgres.RevokeCodes(ctx, tx, token.Reset, c.UserID); err != nil {
		return err
	}
	if c.State == domain.EmailConfirmed { // on the way back, what was begun since is dropped
		return postgres.CancelEmailChanges(ctx, tx, c.UserID)
	}
	return nil
}
