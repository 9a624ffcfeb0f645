package faults

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/deploy/journey"
	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

// T-02, T-06: what was answered before Postgres was killed is there afterwards,
// a revocation above all.
func TestNothingAnsweredIsLostWithPostgres(t *testing.T) {
	t.Parallel()
	c := prepare(t)
	heal := strike(t)
	o, err := opened(patient(t), c)
	require.NoError(t, err)
	l := startLoad(t)
	l.await(t)
	_, err = shared.world.Withdraw(patient(t), o.Client.Owner, o.consent)
	require.NoError(t, err)
	require.NoError(t, shared.house.Database.Kill())
	require.NoError(t, shared.house.Database.Start(t.Context()))
	l.await(t)
	answered := l.stop()
	heal()
	for _, organization := range answered {
		require.Equal(t, 1, count(t, "membership", "SELECT count(*) FROM organization WHERE id = $1", key(t, "org", organization)))
	}
	o.requireRefused(t)
	kept, err := consentv1.NewConsentServiceClient(o.Client.Owner).GetConsent(patient(t), &consentv1.GetConsentRequest{ConsentId: o.consent})
	require.NoError(t, err)
	require.Equal(t, consentv1.ConsentState_CONSENT_STATE_WITHDRAWN, kept.GetConsent().GetState())
}

// load founds organisations and remembers each that was answered; it insists
// on none.
type load struct {
	stop func() (answered []string)

	mu       sync.Mutex
	answered []string
}

func startLoad(t *testing.T) *load {
	t.Helper()
	conn, err := shared.house.Stack.Dial("operator", "membership")
	require.NoError(t, err)
	l := &load{}
	ctx, cancel := context.WithCancel(t.Context())
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for ctx.Err() == nil {
				name := unique()
				answer, err := membershipv1.NewOrganizationServiceClient(conn).CreateOrganization(ctx, &membershipv1.CreateOrganizationRequest{
					Kind: membershipv1.OrganizationKind_ORGANIZATION_KIND_CLIENT, OwnerEmail: name + "@house.example",
					Identification: &membershipv1.Identification{LegalName: name},
				})
				if err == nil {
					l.note(answer.GetOrganization().GetId())
				}
			}
		})
	}
	l.stop = sync.OnceValue(func() []string {
		cancel()
		group.Wait()
		_ = conn.Close()
		return l.answered
	})
	t.Cleanup(func() { l.stop() })
	return l
}

func (l *load) note(organization string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.answered = append(l.answered, organization)
}

// await waits for ten more answers.
func (l *load) await(t *testing.T) {
	t.Helper()
	have := func() int {
		l.mu.Lock()
		defer l.mu.Unlock()
		return len(l.answered)
	}
	enough := have() + 10
	eventually(t, "calls are answered", func() bool { return have() >= enough })
}

const (
	// hurry is the deadline of calls to and through a paused service.
	hurry = 3 * time.Second
	// late is what an answer may be late by, on a busy machine.
	late = 2 * time.Second
)

// T-05: whoever needs a paused service says so in time, and nobody is let in
// meanwhile.
func TestAPausedDecisionLetsNobodyIn(t *testing.T) {
	t.Parallel()
	c := prepare(t)
	heal := strike(t)
	o, err := opened(patient(t), c)
	require.NoError(t, err)
	direct := directly(t)
	owner, err := direct.SignIn(patient(t), c.Client.Owner, c.Client.ID)
	require.NoError(t, err)
	karim, err := direct.SignIn(patient(t), c.Person, c.Partner.ID)
	require.NoError(t, err)
	resume := paused(t, "membership")
	var group sync.WaitGroup
	unanswered(t, &group, "the decision", func(ctx context.Context) error {
		answer, err := direct.Check(ctx, o.Person.UserID, o.Client.ID, o.session, feature)
		if answer.GetAllowed() {
			return errors.New("it was an allow")
		}
		return err
	})
	unanswered(t, &group, "entering", func(ctx context.Context) error {
		_, err := direct.EnterDossier(ctx, karim, c.Partner.ID, c.Dossier)
		return err
	})
	unanswered(t, &group, "withdrawing", func(ctx context.Context) error {
		_, err := direct.Withdraw(ctx, owner, o.consent)
		return err
	})
	group.Wait()
	resume()
	_, err = shared.world.Withdraw(patient(t), c.Client.Owner, o.consent)
	require.NoError(t, err, "once it goes on")
	o.requireRefused(t)
	heal()
}

// T-05: the same of consent, whose yes nobody takes for given.
func TestAPausedConsentGivesNothing(t *testing.T) {
	t.Parallel()
	c := prepare(t)
	heal := strike(t)
	request, err := asked(patient(t), c)
	require.NoError(t, err)
	direct := directly(t)
	owner, err := direct.SignIn(patient(t), c.Client.Owner, c.Client.ID)
	require.NoError(t, err)
	karim, err := direct.SignIn(patient(t), c.Person, c.Partner.ID)
	require.NoError(t, err)
	resume := paused(t, "consent")
	var group sync.WaitGroup
	unanswered(t, &group, "saying yes", func(ctx context.Context) error { return yes(ctx, owner, request.GetId()) })
	unanswered(t, &group, "entering", func(ctx context.Context) error {
		_, err := direct.EnterDossier(ctx, karim, c.Partner.ID, c.Dossier)
		return err
	})
	group.Wait()
	require.Zero(t, liveGrants(t, c))
	resume()
	require.NoError(t, yes(patient(t), c.Client.Owner, request.GetId()), "once it goes on")
	require.Equal(t, 1, liveGrants(t, c))
	heal()
}

// directly are people who insist on nothing.
func directly(t *testing.T) journey.World {
	t.Helper()
	w, err := journey.NewWorld(shared.house.Stack, shared.world.Edge)
	require.NoError(t, err)
	t.Cleanup(w.Close)
	return w
}

// paused stops a service in the middle of whatever it does.
func paused(t *testing.T, service string) (resume func()) {
	t.Helper()
	require.NoError(t, shared.house.Signal(t.Context(), service, syscall.SIGSTOP))
	resume = sync.OnceFunc(func() {
		require.NoError(t, shared.house.Signal(context.Background(), service, syscall.SIGCONT))
	})
	t.Cleanup(resume)
	return resume
}

// unanswered makes a call that must fail, as something that can be tried again
// later, by its deadline.
func unanswered(t *testing.T, group *sync.WaitGroup, what string, call func(context.Context) error) {
	t.Helper()
	group.Go(func() {
		ctx, cancel := context.WithTimeout(t.Context(), hurry)
		defer cancel()
		began := time.Now()
		err := call(ctx)
		if took := time.Since(began); took > hurry+late {
			t.Errorf("%s took %s", what, took)
		}
		if err := mayComeBack(err); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	})
}

func mayComeBack(err error) error {
	switch fault.ReasonOf(fault.FromStatus(err)) {
	case reasonv1.Reason_REASON_UNAVAILABLE, reasonv1.Reason_REASON_DEADLINE_EXCEEDED, reasonv1.Reason_REASON_REVOCATION_PENDING:
		return nil
	default:
		return fmt.Errorf("not what can be tried again: %w", err)
	}
}
