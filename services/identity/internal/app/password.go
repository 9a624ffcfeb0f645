package app

import (
	"context"
	"errors"

	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/identity/internal/postgres"
	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/token"
)

// refuseWeak judges a new password that stands in a field.
func refuseWeak(rules domain.PasswordRules, c domain.Candidate, field string) error {
	if weakness := rules.Check(c); weakness != "" {
		return fault.New(reasonv1.Reason_REASON_PASSWORD_TOO_WEAK, fault.Field(field, string(weakness)))
	}
	return nil
}

// OwnPassword judges the new password of a person who is known.
type OwnPassword struct {
	DB         *pg.DB
	Rules      domain.PasswordRules
	Membership Membership
}

func (o OwnPassword) refuseWeak(ctx context.Context, a postgres.Account, text string) error {
	enrolled, err := hasFactor(ctx, o.DB, a.User.ID)
	if err != nil {
		return err
	}
	names, err := o.Membership.NamesOf(ctx, a.User.ID)
	if err != nil {
		return err
	}
	return refuseWeak(o.Rules, domain.Candidate{
		Password: text, Address: a.User.Email, Names: names, SecondFactor: enrolled,
	}, "new_password")
}

// replacePassword stores a password for a person whose row is locked. Links
// that would set another one are worth nothing from now on, and a change of
// address that was begun under the old one is dropped: whoever else knew it
// would come back through that.
func replacePassword(ctx context.Context, tx pg.Tx, p postgres.Password) error {
	if err := postgres.ReplacePassword(ctx, tx, p); err != nil {
		return err
	}
	if err := postgres.CancelEmailChanges(ctx, tx, p.UserID); err != nil {
		return err
	}
	if err := postgres.RevokeCodes(ctx, tx, token.Reset, p.UserID); err != nil {
		return err
	}
	return tell(ctx, tx, p.UserID, &identityv1.UserPasswordChanged{UserId: p.UserID.Text("usr")})
}

// ChangePassword replaces a password by who knows the old one.
type ChangePassword struct {
	DB    *pg.DB
	Clock clock.Clock
	Check CheckPassword
	Own   OwnPassword
}

// PasswordChange says whose, and what was typed.
type PasswordChange struct {
	SessionID, UserID id.ID
	Old, New          string
	Origin            domain.Origin
}

// ChangedPassword is the session that goes on, and how many others ended.
type ChangedPassword struct {
	Opened
	Ended int64
}

// Do ends every other session of the person. What is wrong with the new
// password is said before the old one is looked at.
func (u ChangePassword) Do(ctx context.Context, in PasswordChange) (ChangedPassword, error) {
	account, err := ownAccount(ctx, u.DB, in.UserID)
	if err != nil {
		return ChangedPassword{}, err
	}
	if err := u.Own.refuseWeak(ctx, account, in.New); err != nil {
		return ChangedPassword{}, err
	}
	proven, err := u.Check.Do(ctx, Try{Key: keyOf(account.User.Email), Account: account, Password: in.Old, Origin: in.Origin})
	if err != nil {
		return ChangedPassword{}, err
	}
	hash, err := u.Check.Hasher.Hash(ctx, in.New)
	if err != nil {
		return ChangedPassword{}, err
	}
	return pg.InApp(ctx, u.DB, func(ctx context.Context, tx pg.Tx) (ChangedPassword, error) {
		if err := u.Check.Forgive(ctx, tx, proven); err != nil {
			return ChangedPassword{}, err
		}
		return u.change(ctx, tx, in, postgres.Password{UserID: in.UserID, Hash: hash, Now: u.Clock.Now()})
	})
}

func (u ChangePassword) change(ctx context.Context, tx pg.Tx, in PasswordChange, p postgres.Password) (ChangedPassword, error) {
	opened, err := retype(ctx, tx, Holder{SessionID: in.SessionID, UserID: in.UserID}, p.Now)
	if err != nil {
		return ChangedPassword{}, err
	}
	if err := replacePassword(ctx, tx, p); err != nil {
		return ChangedPassword{}, err
	}
	end := postgres.End{Reason: domain.PasswordChanged, Now: p.Now}
	ended, err := postgres.EndOtherSessions(ctx, tx, in.UserID, opened.Session.ID, end)
	return ChangedPassword{Opened: opened, Ended: ended}, err
}

// ownAccount gives the account of who is signed in.
func ownAccount(ctx context.Context, db *pg.DB, user id.ID) (postgres.Account, error) {
	account, err := pg.InApp(ctx, db, func(ctx context.Context, tx pg.Tx) (postgres.Account, error) {
		return postgres.FindOwnAccount(ctx, tx, user)
	})
	if errors.Is(err, pg.ErrNoRows) {
		return account, over(err)
	}
	return account, err
}
