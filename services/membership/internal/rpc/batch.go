package rpc

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/email"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/idempotency"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/app"
	"github.com/aval-access/aval/services/membership/internal/enum"
	"github.com/aval-access/aval/services/membership/internal/wording"
)

// rowsAtOnce share a transaction: few enough that what is done is soon done for
// good, many enough that the disk is not asked for each.
const rowsAtOnce = 50

// batch is one call with its rows.
type batch struct {
	organization, inviter id.ID
	req                   *membershipv1.BatchCreateInvitationsRequest
	locale                string
	now                   time.Time
	results               []*membershipv1.InvitationRowResult // in the rows' order
}

// BatchCreateInvitations invites many. A row that is refused keeps no other
// out; one that is done is done, whatever becomes of the call.
func (s *Invitations) BatchCreateInvitations(
	ctx context.Context, req *membershipv1.BatchCreateInvitationsRequest,
) (*membershipv1.BatchCreateInvitationsResponse, error) {
	var read fields.Reader
	b := batch{
		organization: read.ID("org", "organization_id", req.GetOrganizationId()), inviter: person(ctx).UserID,
		req: req, locale: authn.FromContext(ctx).Locale, now: s.Many.Clock.Now(),
		results: make([]*membershipv1.InvitationRowResult, len(req.GetRows())),
	}
	if read.Err() != nil {
		return nil, read.Err()
	}
	if err := b.open(); err != nil {
		return nil, err
	}
	for part := range slices.Chunk(b.waiting(), rowsAtOnce) {
		if err := s.inviteRows(ctx, b, part); err != nil {
			return nil, refused(err)
		}
	}
	return &membershipv1.BatchCreateInvitationsResponse{Results: b.results}, nil
}

// open names the rows and refuses whose address stands above already.
func (b batch) open() error {
	keys, addresses := map[string]bool{}, map[string]bool{}
	for n, row := range b.req.GetRows() {
		key := cmp.Or(row.GetKey(), strconv.Itoa(n+1))
		if keys[key] {
			return fault.Invalid("rows["+strconv.Itoa(n)+"].key", "repeated.unique")
		}
		keys[key] = true
		b.results[n] = &membershipv1.InvitationRowResult{Key: key}
		address, err := email.Parse(row.GetEmail())
		if err != nil {
			continue // refused with its reason when its turn comes
		}
		if addresses[address.Key()] {
			b.refuse(n, fault.Invalid("email", "row.repeated"))
		}
		addresses[address.Key()] = true
	}
	return nil
}

// waiting lists the rows to work on in the order of their addresses: two calls
// at once then wait for each other, and never in a circle.
func (b batch) waiting() []int {
	var out []int
	for n, result := range b.results {
		if result.GetOutcome() == membershipv1.InvitationOutcome_INVITATION_OUTCOME_UNSPECIFIED {
			out = append(out, n)
		}
	}
	rows := b.req.GetRows()
	slices.SortStableFunc(out, func(one, other int) int {
		return cmp.Compare(strings.ToLower(rows[one].GetEmail()), strings.ToLower(rows[other].GetEmail()))
	})
	return out
}

func (s *Invitations) inviteRows(ctx context.Context, b batch, rows []int) error {
	return s.DB.InTenant(ctx, b.organization, func(ctx context.Context, tx pg.Tx) error {
		many, err := s.Many.Begin(ctx, tx, b.organization, b.inviter)
		if err != nil {
			return err
		}
		for _, n := range rows {
			if err := b.row(ctx, tx, many, n); err != nil {
				return err
			}
		}
		return nil
	})
}

// row gives one its result. What is no answer to the row ends the call: then
// repeating it goes on from here.
func (b batch) row(ctx context.Context, tx pg.Tx, many app.Many, n int) error {
	key := b.keyOf(ctx, n)
	err := tx.Savepoint(ctx, func(tx pg.Tx) error {
		result, err := idempotency.Do(ctx, tx, key, func() (*membershipv1.InvitationRowResult, error) {
			return b.invite(ctx, tx, many, n)
		})
		if err == nil {
			b.results[n] = result
		}
		return err
	})
	if err = refused(err); err == nil {
		return nil
	}
	switch fault.ReasonOf(err) {
	case reasonv1.Reason_REASON_UNSPECIFIED, reasonv1.Reason_REASON_REQUEST_IN_FLIGHT,
		reasonv1.Reason_REASON_UNAVAILABLE, reasonv1.Reason_REASON_INTERNAL:
		return err
	default:
		b.refuse(n, err)
		return nil
	}
}

// keyOf names a row's effect by the call's request_id and the row's key.
func (b batch) keyOf(ctx context.Context, n int) idempotency.Key {
	key := idempotency.KeyOf(ctx, membershipv1.InvitationService_BatchCreateInvitations_FullMethodName, b.req.GetRows()[n])
	if b.req.GetRequestId() != "" && !b.req.GetValidateOnly() {
		sum := sha256.Sum256([]byte(b.req.GetRequestId() + "\x00" + b.results[n].GetKey()))
		key.RequestID = hex.EncodeToString(sum[:])
	}
	return key
}

func (b batch) invite(ctx context.Context, tx pg.Tx, many app.Many, n int) (*membershipv1.InvitationRowResult, error) {
	wanted, err := wantedFromProto(b.req.GetRows()[n])
	if err != nil {
		return nil, err
	}
	wanted.ValidDays = b.req.GetValidDays()
	act := many.Invite
	if b.req.GetValidateOnly() {
		act = many.Preview
	}
	invited, err := act(ctx, tx, wanted)
	if err != nil {
		return nil, err
	}
	out := &membershipv1.InvitationRowResult{Key: b.results[n].GetKey(), Outcome: enum.Outcome(string(invited.Outcome))}
	switch invited.Outcome {
	case app.Linked:
		out.Message = wording.Linked(b.locale)
		return out, nil
	case app.Unchanged:
		out.Message = wording.Unchanged(b.locale)
	case app.Created, app.Renewed, app.Refused:
	}
	out.Invitation = invitedToProto(ctx, invited)
	return out, nil
}

// refuse says why not: by the field's rule where one is named, else by the
// reason's own words.
func (b batch) refuse(n int, err error) {
	details, _ := fault.Details(err)
	out := b.results[n]
	out.Outcome = membershipv1.InvitationOutcome_INVITATION_OUTCOME_REFUSED
	out.ErrorReason, out.Message = fault.Name(details.Reason()), fault.Text(details.Reason(), b.locale)
	if named := details.Fields(); len(named) > 0 {
		out.ErrorField = named[0].Field
		out.Message = fault.RuleText(named[0].Rule, b.locale)
	}
	if details.Reason() == reasonv1.Reason_REASON_INVITATIONS_EXHAUSTED {
		out.Message = wording.Exhausted(b.locale, b.now.Add(details.RetryAfter()))
	}
}
