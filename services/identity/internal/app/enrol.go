package app

import (
	"context"
	"crypto/rand"
	"time"

	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/identity/internal/postgres"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// Enrolled is a new factor and the session that goes on with it.
type Enrolled struct {
	Opened
	Factor domain.Factor
	// RecoveryCodes come with a person's first factor, seen this once.
	RecoveryCodes []string
}

// enrol tells of a factor that was just stored, makes the first recovery codes,
// and lets the session go on as one that has proven it.
func enrol(ctx context.Context, tx pg.Tx, s domain.Session, f domain.Factor) (Enrolled, error) {
	out := Enrolled{Factor: f}
	fact := &identityv1.UserFactorAdded{UserId: s.UserID.Text("usr"), Kind: KindToProto(f.Kind)}
	if err := tell(ctx, tx, s.UserID, fact); err != nil {
		return Enrolled{}, err
	}
	left, err := postgres.CountRecoveryCodes(ctx, tx, s.UserID)
	if err != nil {
		return Enrolled{}, err
	}
	if left == 0 {
		if out.RecoveryCodes, err = makeRecoveryCodes(ctx, tx, s.UserID, f.CreateTime); err != nil {
			return Enrolled{}, err
		}
	}
	out.Opened, err = replace(ctx, tx, s, s.Prove(id.New(), domain.MethodsOf(f.Kind), f.CreateTime))
	return out, err
}

// makeRecoveryCodes voids all earlier ones.
func makeRecoveryCodes(ctx context.Context, tx pg.Tx, user id.ID, now time.Time) ([]string, error) {
	codes := make([]string, domain.RecoveryCodes)
	hashes := make([][]byte, len(codes))
	for i := range codes {
		var secret [domain.RecoveryLen]byte
		_, _ = rand.Read(secret[:]) // never fails: the runtime ends the process instead
		codes[i] = domain.RecoveryCodeText(secret)
		hashes[i], _ = domain.HashRecoveryCode(user, codes[i])
	}
	return codes, postgres.ReplaceRecoveryCodes(ctx, tx, user, hashes, now)
}

// KindToProto gives a kind's word in the contract.
func KindToProto(kind domain.FactorKind) identityv1.FactorKind {
	return identityv1.FactorKind(identityv1.FactorKind_value["FACTOR_KIND_"+string(kind)])
}
