// Package rpc is membership's gRPC surface: convert, call the use case, convert
// back. Who may call is the interceptor's duty; what is allowed is the
// domain's.
package rpc

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/idempotency"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/domain"
)

// call is one request: its method's full name and its message.
type call struct {
	method string
	req    proto.Message
}

// once does the work in the tenant's transaction, and answers a repeated request_id
// with what was answered first.
func once[Resp proto.Message](
	ctx context.Context, db *pg.DB, tenant id.ID, c call, work pg.Work[Resp],
) (Resp, error) {
	return answer(pg.InTenant(ctx, db, tenant, func(ctx context.Context, tx pg.Tx) (Resp, error) {
		key := idempotency.KeyOf(ctx, c.method, c.req)
		return idempotency.Do(ctx, tx, key, func() (Resp, error) { return work(ctx, tx) })
	}))
}

// onceBeyond is once in the system's transaction, for what reaches into other
// tenants; reason says why.
func onceBeyond[Resp proto.Message](
	ctx context.Context, db *pg.DB, reason string, c call, work pg.Work[Resp],
) (Resp, error) {
	return answer(pg.InSystem(ctx, db, reason, func(ctx context.Context, tx pg.Tx) (Resp, error) {
		key := idempotency.KeyOf(ctx, c.method, c.req)
		return idempotency.Do(ctx, tx, key, func() (Resp, error) { return work(ctx, tx) })
	}))
}

// answer gives the use case's answer, or its refusal as a fault.
func answer[T any](out T, err error) (T, error) {
	if err != nil {
		var none T
		return none, refused(err)
	}
	return out, nil
}

// person is who asks; methods for people have one, by their rules.
func person(ctx context.Context) authn.Person {
	if p := authn.FromContext(ctx).Person; p != nil {
		return *p
	}
	return authn.Person{}
}

// refused gives the rules' refusals their reasons of the registry.
func refused(err error) error {
	var field domain.FieldError
	if errors.As(err, &field) {
		return fault.Invalid(field.Field, field.Rule)
	}
	if errors.Is(err, domain.ErrFeatureUnknown) {
		return fault.New(reasonv1.Reason_REASON_FEATURE_UNKNOWN, fault.Field("rights", "feature_unknown"))
	}
	var seats domain.SeatsExhausted
	if errors.As(err, &seats) {
		return fault.New(reasonv1.Reason_REASON_SEATS_EXHAUSTED, fault.Cause(err),
			fault.Meta("members", strconv.Itoa(seats.Members)), fault.Meta("pending", strconv.Itoa(seats.Pending)),
			fault.Meta("limit", strconv.Itoa(seats.Limit)))
	}
	var exhausted domain.InvitationsExhausted
	if errors.As(err, &exhausted) {
		return fault.New(reasonv1.Reason_REASON_INVITATIONS_EXHAUSTED, fault.Cause(err),
			fault.RetryAfter(max(exhausted.Wait, time.Second)), fault.Meta("limit", strconv.Itoa(exhausted.Limit)))
	}
	if errors.Is(err, domain.ErrRightsNeeded) {
		return fault.New(reasonv1.Reason_REASON_PERMISSION_DENIED, fault.Meta("permission", domain.RightsFeature), fault.Cause(err))
	}
	var over domain.NotPendingError
	if errors.As(err, &over) {
		return fault.New(reasonv1.Reason_REASON_INVITATION_NOT_PENDING, fault.Cause(err), fault.Meta("state", string(over.State)))
	}
	var already domain.AlreadyMemberError
	if errors.As(err, &already) {
		return fault.New(reasonv1.Reason_REASON_ALREADY_MEMBER, fault.Cause(err),
			fault.Field("email", "already."+strings.ToLower(string(already.As))), fault.Meta("as", string(already.As)))
	}
	for refusal, reason := range map[error]reasonv1.Reason{
		pg.ErrNoRows:                   reasonv1.Reason_REASON_NOT_FOUND,
		domain.ErrKindWrong:            reasonv1.Reason_REASON_ORGANIZATION_KIND_WRONG,
		domain.ErrRightsExceedYours:    reasonv1.Reason_REASON_RIGHTS_EXCEED_YOURS,
		domain.ErrAlreadyMember:        reasonv1.Reason_REASON_ALREADY_MEMBER,
		domain.ErrInvitationNotPending: reasonv1.Reason_REASON_INVITATION_NOT_PENDING,
		domain.ErrInvitationExpired:    reasonv1.Reason_REASON_LINK_EXPIRED,
		domain.ErrSomebodyElse:         reasonv1.Reason_REASON_INVITATION_FOR_SOMEBODY_ELSE,
		domain.ErrLastOwner:            reasonv1.Reason_REASON_LAST_OWNER,
		domain.ErrChangedMeanwhile:     reasonv1.Reason_REASON_ETAG_MISMATCH,
		domain.ErrNamespaceTaken:       reasonv1.Reason_REASON_NAMESPACE_TAKEN,
		domain.ErrVersionStale:         reasonv1.Reason_REASON_CATALOGUE_VERSION_STALE,
		domain.ErrMeaningChanged:       reasonv1.Reason_REASON_FEATURE_MEANING_CHANGED,
	} {
		if errors.Is(err, refusal) {
			return fault.New(reason, fault.Cause(err))
		}
	}
	return err
}
