package replica

import (
	"time"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/accessclient/engine"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/membership/internal/domain"
)

// Accounts gives every account that a subject reaches now, in no order;
// REASON_UNAVAILABLE without a lease: the tables have no such index.
func (r *Replica) Accounts(subject id.ID) ([]domain.Reached, error) {
	return r.list(func(v *engine.View, now int64, yield func(engine.Reach) bool) {
		v.Accounts(engine.ID(subject), now, yield)
	})
}

// Subjects gives everybody who reaches an account now, as Accounts does.
func (r *Replica) Subjects(account id.ID) ([]domain.Reached, error) {
	return r.list(func(v *engine.View, now int64, yield func(engine.Reach) bool) {
		v.Subjects(engine.ID(account), now, yield)
	})
}

func (r *Replica) list(read func(*engine.View, int64, func(engine.Reach) bool)) (out []domain.Reached, err error) {
	now, s := r.Now(), r.standing.Load()
	if !s.Valid(now) {
		return nil, fault.New(reasonv1.Reason_REASON_UNAVAILABLE, fault.RetryAfter(time.Second))
	}
	read(s.View, s.At(now), func(found engine.Reach) bool {
		out = append(out, reachOf(found))
		return true
	})
	return out, nil
}

func reachOf(r engine.Reach) domain.Reached {
	out := domain.Reached{AccountID: id.ID(r.Account), SubjectID: id.ID(r.Subject), Source: domain.FromMembership, Rights: r.Rights}
	if r.ByGrant {
		out.Source = domain.FromGrant
	}
	if r.Until != engine.Forever {
		out.ValidUntil = time.UnixMicro(r.Until).UTC()
	}
	return out
}
