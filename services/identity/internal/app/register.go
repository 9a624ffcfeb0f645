package app

import (
	"context"
	"errors"

	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/identity/internal/credential"
	"github.com/aval-access/aval/services/identity/internal/device"
	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/identity/internal/postgres"
	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// Register gives a person whose address is proven their first password, and
// signs them in (R16, R17). A person who has none yet may exist already.
type Register struct {
	DB      *pg.DB
	Clock   clock.Clock
	Hasher  *credential.Hasher
	Rules   domain.PasswordRules
	Devices *device.Sealer
}

// Registration is the proof and the wishes.
type Registration struct {
	Proof    Proof
	Password string
	// Locale overrules the organisation's; empty for none.
	Locale string
	Origin domain.Origin
}

// Do makes user, password and session in one transaction.
// REASON_CREDENTIAL_EXISTS when the person has a password: then nothing
// changed, whatever was typed.
func (u Register) Do(ctx context.Context, in Registration) (Opened, error) {
	if err := u.refuseKnown(ctx, in.Proof); err != nil {
		return Opened{}, err
	}
	candidate := domain.Candidate{Password: in.Password, Address: in.Proof.Address.Stored(), Names: in.Proof.Names}
	if err := refuseWeak(u.Rules, candidate, "password"); err != nil {
		return Opened{}, err
	}
	hash, err := u.Hasher.Hash(ctx, in.Password)
	if err != nil {
		return Opened{}, err
	}
	opened, err := pg.InApp(ctx, u.DB, func(ctx context.Context, tx pg.Tx) (Opened, error) {
		return u.register(ctx, tx, in, hash)
	})
	if err != nil {
		return Opened{}, err
	}
	opened.DeviceToken, err = u.Devices.Make(opened.Session.UserID, id.New())
	return opened, err
}

// refuseKnown spares the hashing; what counts is decided under the row's lock.
func (u Register) refuseKnown(ctx context.Context, proof Proof) error {
	return u.DB.InApp(ctx, func(ctx context.Context, tx pg.Tx) error {
		account, err := postgres.FindAccount(ctx, tx, proof.Address.Key())
		if errors.Is(err, pg.ErrNoRows) {
			return nil
		}
		if err == nil && account.Hash != "" {
			err = fault.New(reasonv1.Reason_REASON_CREDENTIAL_EXISTS)
		}
		return err
	})
}

func (u Register) register(ctx context.Context, tx pg.Tx, in Registration, hash string) (Opened, error) {
	now := u.Clock.Now()
	user, err := postgres.EnsureUser(ctx, tx, domain.User{
		ID:         id.New(),
		Email:      in.Proof.Address.Stored(),
		Locale:     domain.Locale(in.Locale, in.Proof.Locale),
		CreateTime: now,
	}, in.Proof.Address.Key())
	if err != nil {
		return Opened{}, err
	}
	first, err := postgres.InsertPassword(ctx, tx, postgres.Password{UserID: user.ID, Hash: hash, Now: now})
	if err != nil {
		return Opened{}, err
	}
	if !first {
		return Opened{}, fault.New(reasonv1.Reason_REASON_CREDENTIAL_EXISTS)
	}
	if err := tell(ctx, tx, user.ID, &identityv1.UserRegistered{UserId: user.ID.Text("usr")}); err != nil {
		return Opened{}, err
	}
	return open(ctx, tx, domain.SignedIn{UserID: user.ID, Origin: in.Origin, Now: now})
}

// RegisterWithInvitation takes the proof from an invitation's link.
type RegisterWithInvitation struct {
	Membership Membership
	Register   Register
}

// LinkRegistration is what stands on the page behind the link.
type LinkRegistration struct {
	Token, Password, Locale string
	Origin                  domain.Origin
}

// Do asks membership first: a dead link answers before any password is judged.
func (u RegisterWithInvitation) Do(ctx context.Context, in LinkRegistration) (Opened, error) {
	proof, err := u.Membership.ProveInvitation(ctx, in.Token)
	if err != nil {
		return Opened{}, err
	}
	return u.Register.Do(ctx, Registration{Proof: proof, Password: in.Password, Locale: in.Locale, Origin: in.Origin})
}
