package app

import (
	"context"
	"errors"
	"time"

	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/identity/internal/credential"
	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/identity/internal/passkey"
	"github.com/aval-access/aval/services/identity/internal/postgres"
	"github.com/aval-access/aval/services/identity/internal/totp"
	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// ProveFactor checks what a person proves a factor with. A code is counted
// before, together with passwords; a passkey cannot be guessed, and is not.
type ProveFactor struct {
	DB    *pg.DB
	Clock clock.Clock
	Check CheckPassword
	Vault credential.Vault
	Party *passkey.Party
}

// FactorProof is one proof; exactly one field is set.
type FactorProof struct {
	Code, RecoveryCode string
	Passkey            *PasskeyAnswer
}

// PasskeyAnswer is what a browser answered, and to which question.
type PasskeyAnswer struct {
	ChallengeID id.ID
	Answer      []byte
}

// Proving is who proves what, from where.
type Proving struct {
	Holder
	Proof  FactorProof
	Origin domain.Origin
}

// then makes the next session out of the one that proved.
type then func(s domain.Session, by []domain.Method, now time.Time) domain.Session

// Do checks the proof and goes on under a new session, in one transaction: of
// one code used twice at once, one counts. REASON_FACTOR_REFUSED changes
// nothing but the count.
func (u ProveFactor) Do(ctx context.Context, in Proving, next then) (Opened, error) {
	proven, err := u.reserve(ctx, in)
	if err != nil {
		return Opened{}, err
	}
	opened, err := pg.InApp(ctx, u.DB, func(ctx context.Context, tx pg.Tx) (Opened, error) {
		now := u.Clock.Now()
		s, err := lockHolder(ctx, tx, in.Holder, now)
		if err != nil {
			return Opened{}, err
		}
		kind, err := u.check(ctx, tx, in, now)
		if err != nil {
			return Opened{}, err
		}
		if err := u.Check.Forgive(ctx, tx, proven); err != nil {
			return Opened{}, err
		}
		return replace(ctx, tx, s, next(s, domain.MethodsOf(kind), now))
	})
	if err != nil {
		return Opened{}, err
	}
	opened.DeviceToken, err = u.Check.Known(in.UserID, proven)
	return opened, err
}

// reserve counts a code under the person's address, or their device; the
// network was counted with the password.
func (u ProveFactor) reserve(ctx context.Context, in Proving) (Proven, error) {
	user, err := pg.InApp(ctx, u.DB, func(ctx context.Context, tx pg.Tx) (domain.User, error) {
		return postgres.FindUser(ctx, tx, in.UserID)
	})
	if errors.Is(err, pg.ErrNoRows) {
		return Proven{}, over(err)
	}
	if err != nil {
		return Proven{}, err
	}
	proven := u.Check.identify(Try{
		Key: keyOf(user.Email), Account: postgres.Account{User: user}, Origin: domain.Origin{DeviceToken: in.Origin.DeviceToken},
	})
	if in.Proof.Passkey != nil {
		return proven, nil
	}
	return proven, u.Check.reserve(ctx, proven)
}

func (u ProveFactor) check(ctx context.Context, tx pg.Tx, in Proving, now time.Time) (domain.FactorKind, error) {
	switch {
	case in.Proof.Passkey != nil:
		return domain.Passkey, u.checkPasskey(ctx, tx, in, now)
	case in.Proof.RecoveryCode != "":
		return domain.RecoveryCode, u.spendRecoveryCode(ctx, tx, in, now)
	default:
		return domain.Totp, u.spendCode(ctx, tx, in, now)
	}
}

// spendCode lets each step of an app count once, whoever saw its code.
func (u ProveFactor) spendCode(ctx context.Context, tx pg.Tx, in Proving, now time.Time) error {
	app, err := postgres.FindTotp(ctx, tx, in.UserID)
	if errors.Is(err, pg.ErrNoRows) {
		return factorRefused(err)
	}
	if err != nil {
		return err
	}
	secret, err := u.Vault.Open(app.Sealed, in.UserID[:])
	if err != nil {
		return err
	}
	step, ok, err := totp.Find(secret, in.Proof.Code, app.Step, now)
	if err == nil && ok {
		ok, err = postgres.SpendStep(ctx, tx, app.FactorID, step, now)
	}
	if err == nil && !ok {
		err = factorRefused(nil)
	}
	return err
}

func (u ProveFactor) spendRecoveryCode(ctx context.Context, tx pg.Tx, in Proving, now time.Time) error {
	hash, ok := domain.HashRecoveryCode(in.UserID, in.Proof.RecoveryCode)
	if !ok {
		return factorRefused(nil)
	}
	spent, err := postgres.SpendRecoveryCode(ctx, tx, in.UserID, hash, now)
	if err == nil && !spent {
		err = factorRefused(nil)
	}
	if err != nil {
		return err
	}
	left, err := postgres.CountRecoveryCodes(ctx, tx, in.UserID)
	if err != nil {
		return err
	}
	return tell(ctx, tx, in.UserID, &identityv1.UserRecoveryCodeUsed{UserId: in.UserID.Text("usr"), Left: int32(left)})
}

func (u ProveFactor) checkPasskey(ctx context.Context, tx pg.Tx, in Proving, now time.Time) error {
	return u.answer(ctx, tx, answered{
		asked:  postgres.Challenge{ID: in.Proof.Passkey.ChallengeID, Purpose: postgres.ToVerify, UserID: in.UserID},
		answer: in.Proof.Passkey.Answer, user: in.UserID, now: now,
	})
}

// answered is what a person's passkey answered to which question.
type answered struct {
	asked  postgres.Challenge
	answer []byte
	user   id.ID
	now    time.Time
}

// answer checks an answer to a question, which is used up with it.
func (u ProveFactor) answer(ctx context.Context, tx pg.Tx, a answered) error {
	state, err := takeChallenge(ctx, tx, a.asked, a.now)
	if err != nil {
		return err
	}
	who, err := passkeysOf(ctx, tx, a.user)
	if err != nil {
		return err
	}
	key, err := u.Party.Check(who, state, a.answer)
	if errors.Is(err, passkey.ErrRefused) {
		return factorRefused(err)
	}
	if err != nil {
		return err
	}
	return postgres.UsePasskey(ctx, tx, key.ID, key.Stored, a.now)
}

func takeChallenge(ctx context.Context, tx pg.Tx, asked postgres.Challenge, now time.Time) ([]byte, error) {
	state, err := postgres.TakeChallenge(ctx, tx, asked, now)
	if errors.Is(err, pg.ErrNoRows) {
		err = fault.New(reasonv1.Reason_REASON_CHALLENGE_EXPIRED, fault.Cause(err))
	}
	return state, err
}

// passkeysOf gives a person with their passkeys, of whom there may be none.
func passkeysOf(ctx context.Context, tx pg.Tx, user id.ID) (passkey.Person, error) {
	found, err := postgres.FindUser(ctx, tx, user)
	if err != nil {
		return passkey.Person{}, err
	}
	who := passkey.Person{Email: found.Email}
	who.Handle, err = postgres.FindHandle(ctx, tx, user)
	if err != nil && !errors.Is(err, pg.ErrNoRows) {
		return passkey.Person{}, err
	}
	stored, err := postgres.ListPasskeys(ctx, tx, user)
	for _, p := range stored {
		who.Keys = append(who.Keys, passkey.Key{ID: p.CredentialID, Stored: p.Stored})
	}
	return who, err
}

func factorRefused(cause error) error {
	return fault.New(reasonv1.Reason_REASON_FACTOR_REFUSED, fault.Cause(cause))
}
