package app

import (
	"errors"

	"golang.org/x/sync/errgroup"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/partnersupport/internal/contract"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
)

// rowsAtOnce is how many rows of a batch wait for the decision at the same
// time.
const rowsAtOnce = 8

// row does one row of a batch.
type row[T any] func(id.ID) (T, error)

// each does every row for itself, in the order asked. What refuses a row stands
// in it; an error without a reason fails them all. settled tells that asking
// again would change nothing.
func each[T any](ids []id.ID, do row[T], refused func(id.ID, reasonv1.Reason) T) (out []T, settled bool, err error) {
	out = make([]T, len(ids))
	errs := make([]error, len(ids))
	var group errgroup.Group
	group.SetLimit(rowsAtOnce)
	for i, one := range ids {
		group.Go(func() error {
			out[i], errs[i] = do(one)
			return nil
		})
	}
	_ = group.Wait() // the rows hold their own errors
	settled = true
	for i, err := range errs {
		if err == nil {
			continue
		}
		reason := reasonOf(err)
		if reason == reasonv1.Reason_REASON_UNSPECIFIED {
			return nil, false, err
		}
		settled = settled && !passing(reason)
		out[i] = refused(ids[i], reason)
	}
	return out, settled, nil
}

// reasonOf gives the reason of a refusal, ours or a sibling's.
func reasonOf(err error) reasonv1.Reason {
	var refusal domain.Refusal
	if errors.As(err, &refusal) {
		return contract.Reason(refusal)
	}
	return fault.ReasonOf(err)
}

// passing tells the refusals that asking again may overcome.
func passing(reason reasonv1.Reason) bool {
	switch reason {
	case reasonv1.Reason_REASON_UNAVAILABLE, reasonv1.Reason_REASON_REVOCATION_PENDING,
		reasonv1.Reason_REASON_REQUEST_IN_FLIGHT, reasonv1.Reason_REASON_INTERNAL:
		return true
	default:
		return false
	}
}
