package app

import (
	"context"
	"errors"
	"time"

	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/identity/internal/limit"
	"github.com/aval-access/aval/services/identity/internal/postgres"
	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/email"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/outbox"
	"github.com/aval-access/aval/services/kit/pg"
)

// StartEmailChange begins to move a person to another address (R112): a mail
// goes there, and nothing changes before its link is followed.
type StartEmailChange struct {
	DB     *pg.DB
	Clock  clock.Clock
	Limits limit.Limits
}

// Move is who moves where.
type Move struct {
	UserID   id.ID
	NewEmail string
	// SessionID is the person's own, who has just proved again who they are.
	SessionID id.ID
	// ActorID is set in place of SessionID when an administrator begins it.
	ActorID id.ID
}

// Do gives until when the link must be followed. Whether the new address is
// somebody's already is not told: the mailbox's owner learns it by the link.
func (u StartEmailChange) Do(ctx context.Context, in Move) (time.Time, error) {
	address, err := email.Parse(in.NewEmail)
	if err != nil {
		return time.Time{}, fault.With(err, fault.Field("new_email", "email"))
	}
	if err := u.Limits.Reserve(ctx, limit.Mail, limit.Who{Account: "user " + in.UserID.String()}); err != nil {
		return time.Time{}, err
	}
	now := u.Clock.Now()
	err = u.DB.InApp(ctx, func(ctx context.Context, tx pg.Tx) error {
		return u.start(ctx, tx, in, domain.EmailChange{
			ID: id.New(), UserID: in.UserID, NewEmail: address.Stored(), ActorID: in.ActorID,
			State: domain.EmailPending, CreateTime: now,
		})
	})
	return now.Add(domain.ProofLife), err
}

func (u StartEmailChange) start(ctx context.Context, tx pg.Tx, in Move, c domain.EmailChange) error {
	if err := postgres.LockUser(ctx, tx, c.UserID); err != nil {
		return absent(err)
	}
	if in.ActorID.IsZero() {
		if _, err := lockSteppedUp(ctx, tx, Holder{SessionID: in.SessionID, UserID: in.UserID}, c.CreateTime); err != nil {
			return err
		}
	}
	account, err := postgres.FindOwnAccount(ctx, tx, c.UserID)
	if err != nil {
		return absent(err)
	}
	if c.OldEmail = account.User.Email; c.OldEmail == c.NewEmail {
		return fault.Invalid("new_email", "email.unchanged")
	}
	if err := postgres.InsertEmailChange(ctx, tx, c); err != nil {
		return err
	}
	return outbox.Append(ctx, tx, outbox.Event{
		AggregateType: "email_change", AggregateID: c.ID, Version: 1,
		Message: &identityv1.EmailChangeStarted{ChangeId: c.ID.Text("ech"), UserId: c.UserID.Text("usr")},
	})
}

// absent is REASON_NOT_FOUND for what is not there.
func absent(err error) error {
	if errors.Is(err, pg.ErrNoRows) {
		return fault.NotFound()
	}
	return err
}
