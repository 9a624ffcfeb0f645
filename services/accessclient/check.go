package accessclient

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"go.opentelemetry.io/otel/codes"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/proto/typeid"
	"github.com/aval-access/aval/services/accessclient/engine"
)

const (
	// together is how many questions travel in one message at most.
	together = 1000
	// longestFeature is in characters.
	longestFeature = 120
)

var errClosed = errors.New("the client is closed")

// Check asks one question. An error without ErrUnavailable says that the question
// is malformed.
func (c *Client) Check(ctx context.Context, q Question) (Decision, error) {
	all, err := c.CheckAll(ctx, []Question{q})
	return all[0], err
}

// CheckAll asks many questions; decisions are in their order. Up to 1,000 are
// decided at one instant. With an error all decisions are no.
func (c *Client) CheckAll(ctx context.Context, questions []Question) ([]Decision, error) {
	began := time.Now()
	ctx, span := c.signals.tracer.Start(ctx, "accessclient.Check")
	defer span.End()
	decisions := make([]Decision, len(questions))
	err := c.checkAll(ctx, questions, decisions)
	if err != nil {
		clear(decisions)
		span.RecordError(err)
		span.SetStatus(codes.Error, "no decision")
	}
	c.signals.checked(ctx, decisions, err, time.Since(began))
	return decisions, err
}

func (c *Client) checkAll(ctx context.Context, questions []Question, decisions []Decision) error {
	checks := make([]*membershipv1.CheckAccessRequest, len(questions))
	for n, q := range questions {
		var err error
		if checks[n], err = q.request(); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithTimeout(ctx, c.options.Timeout)
	defer cancel()
	var all []*asked
	for part := range slices.Chunk(checks, together) {
		one := &asked{checks: part, gone: ctx.Done(), answered: make(chan answer, 1)}
		all = append(all, one)
		if err := c.ask(ctx, one); err != nil {
			return err
		}
	}
	for _, one := range all {
		found, err := c.await(ctx, one)
		if err != nil {
			return err
		}
		for n, result := range found.results {
			decisions[n] = decisionFromProto(result, found.decided)
		}
		decisions = decisions[len(one.checks):]
	}
	return nil
}

// asked is what one caller asks at once, in one message.
type asked struct {
	checks   []*membershipv1.CheckAccessRequest
	gone     <-chan struct{} // the caller waits no longer
	answered chan answer     // takes one without waiting
	tries    int
}

type answer struct {
	results []*membershipv1.CheckAccessResponse
	decided time.Time // by the server's clock, or before
	err     error
}

func (c *Client) ask(ctx context.Context, one *asked) error {
	select {
	case c.queue <- one:
		return nil
	case <-ctx.Done():
		return unavailable(context.Cause(ctx))
	case <-c.ended:
		return unavailable(errClosed)
	}
}

func (c *Client) await(ctx context.Context, one *asked) (answer, error) {
	select {
	case found := <-one.answered:
		return found, found.err
	case <-ctx.Done():
		return answer{}, unavailable(context.Cause(ctx))
	case <-c.ended:
		return answer{}, unavailable(errClosed)
	}
}

func unavailable(cause error) error { return fmt.Errorf("%w: %w", ErrUnavailable, cause) }

// parse reads the question. What the server would refuse is refused here:
// questions travel with those of others, or not at all.
func (q Question) parse() (out engine.Question, err error) {
	switch {
	case q.Feature == "" || len(q.Feature) > longestFeature && utf8.RuneCountInString(q.Feature) > longestFeature,
		!utf8.ValidString(q.Feature), strings.ContainsRune(q.Feature, 0):
		return out, errors.New("the feature is no path of 1 to 120 characters")
	case q.Level < Guest || q.Level > Approver:
		return out, fmt.Errorf("the level %d cannot be asked for", q.Level)
	}
	out.Feature, out.Level = q.Feature, uint8(q.Level)
	if out.Subject, err = typeid.Parse("usr", q.Subject); err != nil {
		return out, fmt.Errorf("reading the subject's id: %w", err)
	}
	if out.Account, err = typeid.Parse("org", q.Account); err != nil {
		return out, fmt.Errorf("reading the account's id: %w", err)
	}
	if q.SupportSession == "" {
		return out, nil
	}
	if out.Session, err = typeid.Parse("sup", q.SupportSession); err != nil {
		return out, fmt.Errorf("reading the support session's id: %w", err)
	}
	return out, nil
}

// request is the question as the server reads it.
func (q Question) request() (*membershipv1.CheckAccessRequest, error) {
	if _, err := q.parse(); err != nil {
		return nil, err
	}
	return &membershipv1.CheckAccessRequest{
		SubjectId: q.Subject, AccountId: q.Account, Feature: q.Feature, Level: q.Level, SupportSessionId: q.SupportSession,
	}, nil
}

func decisionFromProto(r *membershipv1.CheckAccessResponse, decided time.Time) Decision {
	if !r.GetAllowed() {
		return Decision{Reason: r.GetDenyReason()}
	}
	d := Decision{Allowed: true, Source: r.GetSource(), GrantID: r.GetGrantId(), ConsentID: r.GetConsentId()}
	if r.GetValidUntil() != nil {
		// 0 says that there is no end, which two clocks must not.
		d.ValidFor = max(r.GetValidUntil().AsTime().Sub(decided), 1)
	}
	return d
}
