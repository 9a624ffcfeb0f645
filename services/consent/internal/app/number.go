package app

import (
	"context"
	"errors"

	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// Numbers leads clients on the phone to a request that waits.
type Numbers struct{ Deps }

// numberTries bounds how often a number is drawn that somebody has already.
const numberTries = 5

var errNoNumber = errors.New("no number is free")

// Issue gives the number of a request that waits: the one that lives, or a new
// one.
func (u Numbers) Issue(ctx context.Context, partner, consent id.ID) (domain.Number, error) {
	return pg.InTenant(ctx, u.DB, partner, func(ctx context.Context, tx pg.Tx) (domain.Number, error) {
		r, err := u.consents.LockForPartner(ctx, tx, partner, consent)
		if err != nil {
			return domain.Number{}, err
		}
		now := u.Clock.Now()
		if r.StateAt(now) != domain.Requested {
			return domain.Number{}, domain.NotPending
		}
		living, ok, err := u.numbers.Living(ctx, tx, consent, now)
		if err != nil || ok {
			return living, err
		}
		return u.draw(ctx, tx, domain.Number{
			ClientID: r.ClientID, ConsentID: r.ID, CreateTime: now, ExpireTime: now.Add(domain.NumberTerm),
		})
	})
}

// draw takes a number that nobody has.
func (u Numbers) draw(ctx context.Context, tx pg.Tx, n domain.Number) (domain.Number, error) {
	for range numberTries {
		n.Number = u.Digits.Number(id.New())
		free, err := u.numbers.Insert(ctx, tx, n)
		if err != nil || free {
			return n, err
		}
	}
	return domain.Number{}, errNoNumber
}

// Numbered is how far a request has come, with its number while it waits.
type Numbered struct {
	State  domain.State
	Number domain.Number // zero: none lives
}

// Follow reads it for the side that asked.
func (u Numbers) Follow(ctx context.Context, partner, consent id.ID) (Numbered, error) {
	return pg.InTenant(ctx, u.DB, partner, func(ctx context.Context, tx pg.Tx) (out Numbered, err error) {
		r, err := u.consents.OfPartner(ctx, tx, partner, consent)
		if err != nil {
			return out, err
		}
		now := u.Clock.Now()
		if out.State = r.StateAt(now); out.State == domain.Requested {
			out.Number, _, err = u.numbers.Living(ctx, tx, consent, now)
		}
		return out, err
	})
}

// Open finds the request behind a number for who is signed in at its client.
// Anybody else's number leads nowhere.
func (u Numbers) Open(ctx context.Context, client id.ID, number string) (id.ID, error) {
	return pg.InApp(ctx, u.DB, func(ctx context.Context, tx pg.Tx) (id.ID, error) {
		found, ok, err := u.numbers.Find(ctx, tx, number, u.Clock.Now())
		if err == nil && (!ok || found.ClientID != client) {
			err = fault.NotFound()
		}
		return found.ConsentID, err
	})
}
