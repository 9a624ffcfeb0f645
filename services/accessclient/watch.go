package accessclient

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"time"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/proto/typeid"
)

// Watched is an account, to watch who reaches it, or a subject, to watch what
// they reach: one of the two.
type Watched struct{ Account, Subject string }

// Reach is one person's access to one account, whatever it opens there.
type Reach struct {
	Account, Subject string
	// Source is ByGrant where there are grants alone.
	Source Source
	// ValidUntil is when the last of it ends by itself, by Aval's clock; zero:
	// no end.
	ValidUntil time.Time
}

// Change is what a watch tells.
type Change struct {
	// Whole: Holding is everything, and what was told before is void.
	Whole bool
	// Holding is new or otherwise than before (its rights may be), Ended is no
	// more.
	Holding, Ended []Reach
}

// Watch tells what holds and then each change, up to a second late, until ctx
// ends or the loop is left. An error says that the watch was lost: what was told
// may be wrong from then on, until the next Whole change, which comes once the
// server answers again. It is for showing; what may be done is what Check says.
func (c *Client) Watch(ctx context.Context, w Watched) iter.Seq2[Change, error] {
	return func(yield func(Change, error) bool) {
		request, err := w.request()
		if err != nil {
			yield(Change{}, err)
			return
		}
		for {
			again, err := c.watch(ctx, request, yield)
			if !again || ctx.Err() != nil || !yield(Change{}, unavailable(err)) {
				return
			}
			select {
			case <-time.After(retryPause/2 + rand.N(retryPause)):
			case <-ctx.Done():
				return
			case <-c.ended:
				return
			}
		}
	}
}

func (w Watched) request() (*membershipv1.WatchAccessRequest, error) {
	if w.Subject == "" {
		if _, err := typeid.Parse("org", w.Account); err != nil {
			return nil, fmt.Errorf("reading the account's id: %w", err)
		}
		return &membershipv1.WatchAccessRequest{Of: &membershipv1.WatchAccessRequest_AccountId{AccountId: w.Account}}, nil
	}
	if _, err := typeid.Parse("usr", w.Subject); err != nil || w.Account != "" {
		return nil, fmt.Errorf("reading the subject's id, which stands alone: %w", typeid.ErrMalformed)
	}
	return &membershipv1.WatchAccessRequest{Of: &membershipv1.WatchAccessRequest_SubjectId{SubjectId: w.Subject}}, nil
}

// watch tells what one stream does; again: it was lost.
func (c *Client) watch(
	ctx context.Context, request *membershipv1.WatchAccessRequest, yield func(Change, error) bool,
) (again bool, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := c.access.WatchAccess(ctx, request)
	if err != nil {
		return true, err
	}
	for change := (Change{Whole: true}); ; {
		part, err := stream.Recv()
		if err != nil {
			return true, err
		}
		change.add(part)
		if part.GetMore() {
			continue
		}
		if !yield(change, nil) {
			return false, nil
		}
		change = Change{}
	}
}

func (c *Change) add(part *membershipv1.WatchAccessResponse) {
	for _, r := range part.GetHolding() {
		c.Holding = append(c.Holding, reachFromProto(r))
	}
	for _, r := range part.GetEnded() {
		c.Ended = append(c.Ended, reachFromProto(r))
	}
}

func reachFromProto(r *membershipv1.Reach) Reach {
	out := Reach{Account: r.GetAccountId(), Subject: r.GetSubjectId(), Source: r.GetSource()}
	if r.GetValidUntil() != nil {
		out.ValidUntil = r.GetValidUntil().AsTime()
	}
	return out
}
