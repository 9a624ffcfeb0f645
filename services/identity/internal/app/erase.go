package app

import (
	"context"
	"strings"
	"time"

	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/identity/internal/postgres"
	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/inbox"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/token"
)

// Erasers are the services that confirm that they forgot a person.
func Erasers() []string {
	return []string{"membership", "partnersupport", "consent", "notification"}
}

// RequestErasure begins to forget a person who asks for it.
type RequestErasure struct {
	DB         *pg.DB
	Clock      clock.Clock
	Membership Membership
}

// Do ends memberships, sessions and credentials at once; the siblings hear of it
// by the fact, and a crash in between leaves a person who asks again.
// REASON_LAST_OWNER, naming them, while organisations would be left without an
// owner. Who they are is asked once: with the memberships the session may end.
func (u RequestErasure) Do(ctx context.Context, h Holder) (time.Time, error) {
	now := u.Clock.Now()
	err := u.DB.InApp(ctx, func(ctx context.Context, tx pg.Tx) error {
		_, err := lockSteppedUp(ctx, tx, h, now)
		return err
	})
	if err != nil {
		return time.Time{}, err
	}
	if err := u.leave(ctx, h.UserID); err != nil {
		return time.Time{}, err
	}
	return now, u.DB.InApp(ctx, func(ctx context.Context, tx pg.Tx) error {
		if err := postgres.LockUser(ctx, tx, h.UserID); err != nil {
			return err
		}
		return begin(ctx, tx, h.UserID, now)
	})
}

// leave takes the person out of all organisations before anything of theirs is
// dropped: whoever cannot go keeps what they sign in with. Membership decides it
// under its locks, so that of two owners who go at once one stays.
func (u RequestErasure) leave(ctx context.Context, user id.ID) error {
	err := u.Membership.Leave(ctx, user)
	if !fault.Is(err, reasonv1.Reason_REASON_LAST_OWNER) {
		return err
	}
	alone, namesErr := u.Membership.SoleOwnerships(ctx, user)
	if namesErr != nil {
		return namesErr
	}
	return fault.New(reasonv1.Reason_REASON_LAST_OWNER, fault.Cause(err), fault.Meta("organizations", strings.Join(alone, "; ")))
}

func begin(ctx context.Context, tx pg.Tx, user id.ID, now time.Time) error {
	if first, err := postgres.BeginErasure(ctx, tx, user, now); err != nil || !first {
		return err
	}
	for _, step := range []func() error{
		func() error { return forgetCredentials(ctx, tx, user) },
		func() error { return postgres.CancelEmailChanges(ctx, tx, user) },
		func() error {
			_, err := postgres.EndSessions(ctx, tx, user, nil, postgres.End{Reason: domain.Erased, Now: now})
			return err
		},
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return tell(ctx, tx, user, &identityv1.UserErasureRequested{UserId: user.Text("usr")})
}

// forgetCredentials drops all by which a person signs in; a passkey alone would.
func forgetCredentials(ctx context.Context, tx pg.Tx, user id.ID) error {
	if err := postgres.RevokeCodes(ctx, tx, token.Reset, user); err != nil {
		return err
	}
	if _, err := postgres.DeleteFactors(ctx, tx, user); err != nil {
		return err
	}
	return postgres.DeletePassword(ctx, tx, user)
}

// ConfirmErasure takes a service's word that it forgot a person.
type ConfirmErasure struct {
	DB    *pg.DB
	Clock clock.Clock
}

// Done is a service's word.
type Done struct {
	Consumer string
	EventID  id.ID
	Service  string
	UserID   id.ID
}

// Do closes the account with the last of them: its address and what is left of
// its sessions go, the row stays, so that the id is never given again.
func (u ConfirmErasure) Do(ctx context.Context, in Done) error {
	return u.DB.InApp(ctx, func(ctx context.Context, tx pg.Tx) error {
		first, err := inbox.Once(ctx, tx, in.Consumer, in.EventID)
		if err != nil || !first {
			return err
		}
		if err := postgres.LockUser(ctx, tx, in.UserID); err != nil {
			return err
		}
		now := u.Clock.Now()
		confirmed, err := postgres.ConfirmErasure(ctx, tx, in.UserID, in.Service, now)
		if err != nil || confirmed < len(Erasers()) {
			return err
		}
		return closeAccount(ctx, tx, in.UserID, now)
	})
}

func closeAccount(ctx context.Context, tx pg.Tx, user id.ID, now time.Time) error {
	closed, err := postgres.CloseErasure(ctx, tx, user, now)
	if err != nil || !closed {
		return err
	}
	if err := postgres.ForgetEmailChanges(ctx, tx, user); err != nil {
		return err
	}
	return tell(ctx, tx, user, &identityv1.UserErased{UserId: user.Text("usr")})
}
