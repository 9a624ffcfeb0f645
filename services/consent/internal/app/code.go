package app

import (
	"cmp"
	"context"
	"errors"
	"time"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/consent/internal/postgres"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/outbox"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/token"
)

// codesWithin is the time over which the codes of a request are counted.
const codesWithin = 24 * time.Hour

// SendCode sends a code to the recipient of a link, who pressed on a device
// that is not known.
type SendCode struct{ Deps }

// Do takes a request that waits for its answer, or a no that can become a yes.
func (u SendCode) Do(ctx context.Context, link postgres.Link, device token.Token) (domain.Code, error) {
	return pg.InTenant(ctx, u.DB, link.ClientID, func(ctx context.Context, tx pg.Tx) (domain.Code, error) {
		r, err := u.consents.Lock(ctx, tx, link.ClientID, link.ConsentID)
		if err != nil {
			return domain.Code{}, err
		}
		if now := u.Clock.Now(); r.StateAt(now) != domain.Requested && !r.CanOverturn(now) {
			return domain.Code{}, domain.NotPending
		}
		asked := codeFor(link, device)
		before, err := u.codes.LockNewest(ctx, tx, asked)
		switch {
		case errors.Is(err, domain.CodeRefused):
			return u.send(ctx, tx, asked, r)
		case err != nil || before.Serves(u.Clock.Now()):
			return before, err
		default:
			return u.send(ctx, tx, asked, r)
		}
	})
}

func (u SendCode) send(ctx context.Context, tx pg.Tx, code domain.Code, r domain.Record) (domain.Code, error) {
	now := u.Clock.Now()
	sent, err := u.codes.Sent(ctx, tx, code, now.Add(-codesWithin))
	if err != nil {
		return domain.Code{}, err
	}
	if code, err = domain.NewCode(code, sent, now); err != nil {
		return domain.Code{}, err
	}
	code.ID = id.New()
	if err := u.codes.Insert(ctx, tx, code); err != nil {
		return domain.Code{}, err
	}
	return code, outbox.Append(ctx, tx, outbox.Event{
		AggregateType: "consent_code", AggregateID: code.ID, Version: 1, Tenant: r.ClientID,
		Message: &consentv1.ConsentCodeSent{
			Consent: refOf(r, id.ID{}), ActorId: code.RecipientID.Text("usr"), CodeId: code.ID.Text("cod"),
		},
	})
}

// ConfirmCode takes what was typed.
type ConfirmCode struct{ Deps }

// Typed is a code as it came back.
type Typed struct {
	Link   postgres.Link
	Device token.Token
	Digits string
}

// Do gives until when the device is remembered; zero when it is known for this
// request alone. A wrong try counts although it is refused.
func (u ConfirmCode) Do(ctx context.Context, typed Typed) (time.Time, error) {
	var until time.Time
	var refusal error
	err := u.DB.InApp(ctx, func(ctx context.Context, tx pg.Tx) error {
		code, err := u.codes.LockNewest(ctx, tx, codeFor(typed.Link, typed.Device))
		if err != nil {
			return err
		}
		now := u.Clock.Now()
		code, refusal = code.Try(u.Digits.Right(code.ID, typed.Digits), now)
		if err := u.codes.Update(ctx, tx, code); err != nil || refusal != nil || u.Terms.Device == 0 {
			return err
		}
		until = now.Add(u.Terms.Device)
		return u.codes.Remember(ctx, tx, code, until)
	})
	return until, errors.Join(err, refusal)
}

func codeFor(link postgres.Link, device token.Token) domain.Code {
	return domain.Code{
		ClientID: link.ClientID, ConsentID: link.Proof(), RecipientID: link.RecipientID, Device: device.Hash(),
	}
}

// Prove gives an answer back with how sure it is, or says what is missing.
func (u Approve) Prove(ctx context.Context, a Answer) (Respond, error) {
	r, err := u.read(ctx, a.ClientID, a.ConsentID)
	if err != nil {
		return Respond{}, err
	}
	err = u.prove(ctx, &a.Respond, r)
	return a.Respond, err
}

// prove raises an answer by link to what the deployment asks for. What is
// answered already needs no proof: the link shows it.
func (d Deps) prove(ctx context.Context, a *Respond, r domain.Record) error {
	open := r.StateAt(d.Clock.Now()) == domain.Requested || a.Overturn && r.State == domain.Refused
	if a.Via != domain.EmailLink || d.Terms.Proof == domain.ByLink || !open {
		return nil
	}
	if d.Terms.Proof == domain.BySession {
		return domain.SignInRequired
	}
	var known bool
	err := d.DB.InApp(ctx, func(ctx context.Context, tx pg.Tx) (err error) {
		known, err = d.codes.Known(ctx, tx, domain.Code{
			ConsentID: cmp.Or(a.DepartureID, a.ConsentID), RecipientID: a.UserID, Device: a.Device,
		}, d.Clock.Now())
		return err
	})
	if err != nil {
		return err
	}
	if !known {
		return domain.CodeRequired
	}
	a.Via = domain.EmailLinkCode
	return nil
}
