package app

import (
	"bytes"
	"context"
	"errors"
	"time"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/consent/internal/postgres"
	"github.com/aval-access/aval/services/consent/internal/sibling"
	"github.com/aval-access/aval/services/kit/email"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/outbox"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/token"
)

// CallByNumber takes a number and the address of who wants to answer. What it
// answers, and how long that takes, does not depend on whose address it is: the
// partner, who knows the number, must not learn who answers for the client.
type CallByNumber struct{ Deps }

// Dialled is what was typed, on which device and from which network.
type Dialled struct {
	Number  string
	Address email.Address
	Source  string
	Device  token.Token
}

// Do counts first, then looks. Whether the address is an approver's is looked at
// by whoever prepares the mail.
func (u CallByNumber) Do(ctx context.Context, in Dialled) (domain.Call, error) {
	if u.Terms.Proof == domain.BySession {
		return domain.Call{}, domain.SignInRequired
	}
	call, err := u.count(ctx, in)
	if err != nil {
		return domain.Call{}, err
	}
	number, ok, err := u.find(ctx, call)
	if err != nil || !ok {
		return call, err
	}
	return call, u.DB.InTenant(ctx, number.ClientID, func(ctx context.Context, tx pg.Tx) error {
		r, err := u.consents.Lock(ctx, tx, number.ClientID, number.ConsentID)
		if err != nil || r.StateAt(u.Clock.Now()) != domain.Requested {
			return err
		}
		return u.lead(ctx, tx, call, r)
	})
}

// count commits the call before anything is looked up, so that of calls at once
// none is overlooked.
func (u CallByNumber) count(ctx context.Context, in Dialled) (domain.Call, error) {
	call := domain.NewCall(domain.Call{
		Code: domain.Code{ID: id.New(), Device: in.Device.Hash()}, Number: in.Number,
		Address: u.Digits.Hide(in.Address.Key()), Source: u.Digits.Hide(in.Source),
	}, u.Clock.Now())
	err := u.DB.InApp(ctx, func(ctx context.Context, tx pg.Tx) error {
		return u.numbers.InsertCall(ctx, tx, call)
	})
	return call, err
}

func (u CallByNumber) find(ctx context.Context, call domain.Call) (number domain.Number, ok bool, err error) {
	err = u.DB.InApp(ctx, func(ctx context.Context, tx pg.Tx) error {
		counts, err := u.numbers.CountCalls(ctx, tx, call)
		if err != nil {
			return err
		}
		if err := counts.Check(u.Terms.CodesPerNetwork); err != nil {
			return err
		}
		number, ok, err = u.numbers.Find(ctx, tx, call.Number, call.CreateTime)
		return err
	})
	return number, ok, err
}

func (u CallByNumber) lead(ctx context.Context, tx pg.Tx, call domain.Call, r domain.Record) error {
	call.ClientID, call.ConsentID = r.ClientID, r.ID
	if err := u.numbers.LeadCall(ctx, tx, call); err != nil {
		return err
	}
	return outbox.Append(ctx, tx, outbox.Event{
		AggregateType: "consent_code", AggregateID: call.ID, Version: 1, Tenant: r.ClientID,
		Message: &consentv1.ConsentCodeSent{Consent: refOf(r, id.ID{}), CodeId: call.ID.Text("cod")},
	})
}

// AnswerCall takes the digits of a call, and gives the link that a mail would
// have brought.
type AnswerCall struct{ Deps }

// Keyed is a code as it came back.
type Keyed struct {
	Number, Digits string
	Device         token.Token
}

// Answered is the link, and until when the device is remembered; zero: for this
// request alone.
type Answered struct {
	Link     token.Token
	Remember time.Time
}

// Do finds out who answers once the digits are right. A wrong try counts
// although it is refused.
func (u AnswerCall) Do(ctx context.Context, in Keyed) (Answered, error) {
	call, err := u.try(ctx, in)
	if err != nil {
		return Answered{}, err
	}
	r, err := u.read(ctx, call.ClientID, call.ConsentID)
	if err != nil {
		return Answered{}, err
	}
	who, err := u.callerOf(ctx, r, call)
	if err != nil {
		return Answered{}, err
	}
	if who.UserID.IsZero() {
		return Answered{}, domain.CodeRefused
	}
	return u.admit(ctx, call, r, who)
}

func (u AnswerCall) try(ctx context.Context, in Keyed) (domain.Call, error) {
	var call domain.Call
	var refusal error
	err := u.DB.InApp(ctx, func(ctx context.Context, tx pg.Tx) (err error) {
		if call, err = u.numbers.LockCall(ctx, tx, in.Number, in.Device.Hash()); err != nil {
			return err
		}
		right := !call.ConsentID.IsZero() && u.Digits.Right(call.ID, in.Digits)
		call.Code, refusal = call.Try(right, u.Clock.Now())
		return u.numbers.CountTry(ctx, tx, call)
	})
	return call, errors.Join(err, refusal)
}

// callerOf finds the approver whose address was typed; nobody when there is none.
func (d Deps) callerOf(ctx context.Context, r domain.Record, call domain.Call) (sibling.Person, error) {
	approvers, err := d.Siblings.Approvers(ctx, r.ClientID, r.PartnerID)
	if err != nil {
		return sibling.Person{}, err
	}
	for _, p := range approvers {
		address, err := email.Parse(p.Address)
		if err == nil && bytes.Equal(d.Digits.Hide(address.Key()), call.Address) {
			return p, nil
		}
	}
	return sibling.Person{}, nil
}

// admit makes the link, and knows the device on which the digits were typed.
func (u AnswerCall) admit(ctx context.Context, call domain.Call, r domain.Record, who sibling.Person) (out Answered, err error) {
	code := call.Code
	code.ID, code.RecipientID = id.New(), who.UserID
	if u.Terms.Device > 0 {
		out.Remember = code.ConfirmTime.Add(u.Terms.Device)
	}
	out.Link = token.New(token.Consent)
	link := postgres.Link{
		Hash: out.Link.Hash(), ClientID: r.ClientID, ConsentID: r.ID, RecipientID: who.UserID,
		GivenName: who.GivenName, Locale: localeOf(who, r), CreateTime: code.ConfirmTime, ExpireTime: r.RequestExpireTime,
	}
	return out, u.DB.InTenant(ctx, r.ClientID, func(ctx context.Context, tx pg.Tx) error {
		if err := u.links.Insert(ctx, tx, []postgres.Link{link}); err != nil {
			return err
		}
		if err := u.codes.Insert(ctx, tx, code); err != nil {
			return err
		}
		if err := u.codes.Update(ctx, tx, code); err != nil || out.Remember.IsZero() {
			return err
		}
		return u.codes.Remember(ctx, tx, code, out.Remember)
	})
}
