package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"google.golang.org/grpc"

	"github.com/aval-access/aval/deploy/demodata"
	"github.com/aval-access/aval/deploy/journey"
	"github.com/aval-access/aval/deploy/stack"
	authzv1 "github.com/aval-access/aval/proto/gen/aval/authz/v1"
	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
)

const (
	// replicas only decide, beside membership itself: those of the figures that
	// carry no number.
	replicas = 3
	// withdrawn is how many clients say yes and take it back: half of them each
	// at their own time, half one after the other, while all that follows from
	// the ones before (events, mails, the history) is still being done.
	withdrawn     = 200
	withdrawEvery = 100 * time.Millisecond
	// checkers ask this often each, together 2,000 times a second: an open load,
	// for one that takes all there is of two processors measures their queue.
	checkers   = 8
	checkEvery = 4 * time.Millisecond
)

// revocations has clients take their consent back while others ask: how long
// the whole call takes, and how often anybody said yes after it had returned. It
// plays on stacks of processes, with replicas.
func revocations(ctx context.Context, out io.Writer, _ *stack.Stack, _ *demodata.Data) error {
	for _, n := range []int{1, replicas, 10} {
		if err := revocationsOf(ctx, out, n); err != nil {
			return err
		}
	}
	return nil
}

func revocationsOf(ctx context.Context, out io.Writer, replicas int) (err error) {
	dir, err := stack.TempDir("revocations")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	s, err := stack.Start(ctx, stack.Options{Dir: dir, Separate: true, Replicas: replicas})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Stop()) }()
	return play(s, overGRPC, func(w journey.World) error {
		if err := w.RegisterProduct(ctx, s); err != nil {
			return err
		}
		r := &revoker{World: w, replicas: replicas}
		if err := r.dial(ctx, s); err != nil {
			return errors.Join(err, r.close())
		}
		defer func() { _ = r.close() }() // the stack goes as well
		return r.measure(ctx, out)
	})
}

// revoker plays the clients, the collaborator and a product.
type revoker struct {
	journey.World
	replicas int
	conns    []*grpc.ClientConn
	// decide are membership and its replicas.
	decide       []membershipv1.AccessServiceClient
	given        []access
	shows        []time.Duration
	takes, inRow []time.Duration
	// commits are two bare ones in a row, between withdrawals: whatever else is
	// quick, a withdrawal makes two, one after the other.
	commits []time.Duration
	disk    *pgx.Conn
	stale   int
}

// access is one that was given and is used.
type access struct {
	client   journey.Organization
	consent  string
	question *membershipv1.CheckAccessRequest
}

func (r *revoker) dial(ctx context.Context, s *stack.Stack) error {
	programs := []string{"membership"}
	for i := range r.replicas {
		programs = append(programs, stack.Replica(i))
	}
	for _, program := range programs {
		conn, err := plainClientOf(s, stack.DemoProduct, program)
		if err != nil {
			return err
		}
		r.conns = append(r.conns, conn)
		r.decide = append(r.decide, membershipv1.NewAccessServiceClient(conn))
	}
	disk, err := pgx.Connect(ctx, s.Database("membership").App)
	r.disk = disk
	return err
}

func (r *revoker) close() (err error) {
	for _, c := range r.conns {
		err = errors.Join(err, c.Close())
	}
	if r.disk != nil {
		err = errors.Join(err, r.disk.Close(context.Background()))
	}
	return err
}

func (r *revoker) measure(ctx context.Context, out io.Writer) error {
	if err := r.give(ctx); err != nil {
		return err
	}
	loaded, stop := context.WithCancel(ctx)
	var load sync.WaitGroup
	for worker := range checkers {
		load.Go(func() { r.load(loaded, worker) })
	}
	err := r.takeAll(ctx)
	stop()
	load.Wait()
	if err != nil {
		return err
	}
	of := ""
	if r.replicas != replicas {
		of = fmt.Sprintf("_%d_replicas", r.replicas)
	}
	figure(out, "grant_visible_p99_ms"+of, p99(r.shows), "ms")
	figure(out, "revoke_p50_ms"+of, p50(r.takes), "ms")
	figure(out, "revoke_p99_ms"+of, p99(r.takes), "ms")
	figure(out, "two_commits_p50_ms"+of, p50(r.commits), "ms")
	figure(out, "two_commits_p99_ms"+of, p99(r.commits), "ms")
	figure(out, "revoke_in_a_row_p50_ms"+of, p50(r.inRow), "ms")
	figure(out, "revoke_in_a_row_p99_ms"+of, p99(r.inRow), "ms")
	figure(out, "stale_allows"+of, float64(r.stale), "answers")
	return nil
}

// load asks all replicas about everything; the figures are others'. The workers
// ask one after the other, as strangers do, not all in the same instant.
func (r *revoker) load(ctx context.Context, worker int) {
	<-time.After(checkEvery * time.Duration(worker) / checkers)
	tick := time.NewTicker(checkEvery)
	defer tick.Stop()
	for n := worker; ctx.Err() == nil; n++ {
		<-tick.C
		_, _ = r.decide[n%len(r.decide)].CheckAccess(ctx, r.given[n%len(r.given)].question)
	}
}

// give has each client say yes to one collaborator, who enters.
func (r *revoker) give(ctx context.Context) error {
	partner, err := r.FoundOrganization(ctx, &membershipv1.CreateOrganizationRequest{
		Kind: membershipv1.OrganizationKind_ORGANIZATION_KIND_PARTNER, Level1Support: true,
		Identification: &membershipv1.Identification{LegalName: "Revoked"}, OwnerEmail: "owner@revoked.example",
	})
	if err != nil {
		return err
	}
	person, collaborator, err := r.AddCollaborator(ctx, partner, journey.Person{Email: "support@revoked.example", GivenName: "Karim", FamilyName: "Renaud"})
	if err != nil {
		return err
	}
	for n := range withdrawn {
		client, err := r.FoundOrganization(ctx, &membershipv1.CreateOrganizationRequest{
			Kind:           membershipv1.OrganizationKind_ORGANIZATION_KIND_CLIENT,
			Identification: &membershipv1.Identification{LegalName: fmt.Sprint("Revoker ", n)}, OwnerEmail: fmt.Sprintf("owner%d@revoked.example", n),
		})
		if err != nil {
			return err
		}
		dossier, err := r.LinkDossier(ctx, partner, client)
		if err != nil {
			return err
		}
		if _, err := r.Assign(ctx, partner, collaborator.GetId(), dossier.GetId()); err != nil {
			return err
		}
		if err := r.agree(ctx, cast{partner: partner, client: client, person: person, dossier: dossier.GetId()}); err != nil {
			return err
		}
	}
	return nil
}

// agree is the yes, after which every replica must know of it, and the visit.
func (r *revoker) agree(ctx context.Context, c cast) error {
	token, err := r.ConsentLink(ctx, c.client.Owner.Email)
	if err != nil {
		return err
	}
	consent, err := r.ApproveByLink(ctx, c.client.Owner.Email, token, consentv1.DurationChoice_DURATION_CHOICE_1_WEEK)
	if err != nil {
		return err
	}
	question := &membershipv1.CheckAccessRequest{
		SubjectId: c.person.UserID, AccountId: c.client.ID, Feature: "management/invoices", Level: authzv1.Level_LEVEL_GUEST,
	}
	if err := r.see(ctx, question); err != nil {
		return err
	}
	visit, err := r.EnterDossier(ctx, c.person, c.partner.ID, c.dossier)
	if err != nil {
		return err
	}
	question.SupportSessionId = visit.GetSupportSession().GetId()
	r.given = append(r.given, access{c.client, consent.GetId(), question})
	return nil
}

// see notes how long after the yes the last replica knows of it: all there
// lacks is the visit.
func (r *revoker) see(ctx context.Context, question *membershipv1.CheckAccessRequest) error {
	began := time.Now()
	for _, replica := range r.decide {
		for {
			answer, err := replica.CheckAccess(ctx, question)
			if err != nil {
				return err
			}
			if answer.GetDenyReason() == membershipv1.DenyReason_DENY_REASON_SUPPORT_SESSION_REQUIRED {
				break
			}
		}
	}
	r.shows = append(r.shows, time.Since(began))
	return nil
}

// takeAll withdraws each at its time, then one after the other.
func (r *revoker) takeAll(ctx context.Context) error {
	apart, inRow := r.given[:withdrawn/2], r.given[withdrawn/2:]
	tick := time.NewTicker(withdrawEvery)
	defer tick.Stop()
	for _, one := range apart {
		<-tick.C
		took, err := r.take(ctx, one)
		if err != nil {
			return err
		}
		r.takes = append(r.takes, took)
		<-tick.C
		if err := r.commitTwice(ctx); err != nil {
			return err
		}
	}
	for _, one := range inRow {
		took, err := r.take(ctx, one)
		if err != nil {
			return err
		}
		r.inRow = append(r.inRow, took)
	}
	return nil
}

// commitTwice writes nothing but the log, which both wait for.
func (r *revoker) commitTwice(ctx context.Context) error {
	began := time.Now()
	for range 2 {
		if _, err := r.disk.Exec(ctx, "SELECT pg_logical_emit_message(true, 'bench', '')"); err != nil {
			return fmt.Errorf("committing: %w", err)
		}
	}
	r.commits = append(r.commits, time.Since(began))
	return nil
}

// take withdraws one and asks everybody at once.
func (r *revoker) take(ctx context.Context, one access) (took time.Duration, err error) {
	began := time.Now()
	if _, err := r.Withdraw(ctx, one.client.Owner, one.consent); err != nil {
		return 0, fmt.Errorf("withdrawing: %w", err)
	}
	took = time.Since(began)
	for _, replica := range r.decide {
		answer, err := replica.CheckAccess(ctx, one.question)
		if err != nil {
			return 0, err
		}
		if answer.GetAllowed() {
			r.stale++
		}
	}
	return took, nil
}
