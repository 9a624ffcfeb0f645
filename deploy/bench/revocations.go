package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/aval-access/aval/deploy/demodata"
	"github.com/aval-access/aval/deploy/stack"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/kit/id"
)

const (
	revoked  = 300
	checkers = 8
)

// revocations gives access and takes it away again, while others ask: how long
// each takes until the decision says so, and how often it said yes after a
// revoking call had returned.
func revocations(ctx context.Context, out io.Writer, s *stack.Stack, d *demodata.Data, questions []*membershipv1.CheckAccessRequest) error {
	r, err := newRevoker(s, d)
	if err != nil {
		return err
	}
	defer r.close()
	loaded, stop := context.WithCancel(ctx)
	var load sync.WaitGroup
	for worker := range checkers {
		load.Go(func() {
			for n := worker; loaded.Err() == nil; n += checkers {
				_, _ = r.product.CheckAccess(loaded, questions[n%len(questions)]) // the figures are others'
			}
		})
	}
	for range revoked {
		if err = r.cycle(ctx); err != nil {
			break
		}
	}
	stop()
	load.Wait()
	if err != nil {
		return err
	}
	figure(out, "grant_visible_p99_ms", p99(r.gives), "ms")
	figure(out, "revoke_p99_ms", p99(r.takes), "ms")
	figure(out, "stale_allows", float64(r.stale), "answers")
	return nil
}

// revoker plays consent, partner support and a product.
type revoker struct {
	collaborator     pair
	consent, support membershipv1.AccessServiceClient
	product          membershipv1.AccessServiceClient
	closers          []io.Closer
	gives, takes     []time.Duration
	stale            int
}

func newRevoker(s *stack.Stack, d *demodata.Data) (*revoker, error) {
	r := &revoker{collaborator: pair{subject: d.Account("karim").UserID, partner: d.Organization("lumen").ID}}
	for workload, client := range map[string]*membershipv1.AccessServiceClient{
		"consent": &r.consent, "partnersupport": &r.support, stack.DemoProduct: &r.product,
	} {
		conn, err := s.Dial(workload, "membership")
		if err != nil {
			return nil, errors.Join(err, r.close())
		}
		r.closers = append(r.closers, conn)
		*client = membershipv1.NewAccessServiceClient(conn)
	}
	return r, nil
}

func (r *revoker) close() (err error) {
	for _, c := range r.closers {
		err = errors.Join(err, c.Close())
	}
	return err
}

// cycle gives a right, sees it, takes it away, and sees that it is gone.
func (r *revoker) cycle(ctx context.Context) error {
	account := id.New().Text("org")
	question := r.collaborator.question(account)
	question.SupportSessionId = id.New().Text("sup")
	began := time.Now()
	grant, err := r.collaborator.grantOne(ctx, r.consent, account)
	if err != nil {
		return err
	}
	_, err = r.support.OpenSupportSession(ctx, &membershipv1.OpenSupportSessionRequest{
		SupportSessionId: question.GetSupportSessionId(), SubjectId: r.collaborator.subject, AccountId: account,
		PartnerId: r.collaborator.partner, ExpireTime: timestamppb.New(began.Add(time.Hour)),
	})
	if err != nil {
		return fmt.Errorf("opening a visit: %w", err)
	}
	answer, err := r.product.CheckAccess(ctx, question)
	if err != nil || !answer.GetAllowed() {
		return fmt.Errorf("what was given is not there: %s, %w", answer.GetDenyReason(), err)
	}
	r.gives = append(r.gives, time.Since(began))
	began = time.Now()
	_, err = r.consent.EndGrants(ctx, &membershipv1.EndGrantsRequest{Ends: []*membershipv1.GrantEnd{
		{GrantId: grant, AccountId: account, Version: 2},
	}})
	if err != nil {
		return fmt.Errorf("ending a grant: %w", err)
	}
	r.takes = append(r.takes, time.Since(began))
	answer, err = r.product.CheckAccess(ctx, question)
	if answer.GetAllowed() {
		r.stale++
	}
	return err
}
