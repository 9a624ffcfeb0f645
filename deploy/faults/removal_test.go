package faults

import (
	"context"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	"github.com/aval-access/aval/deploy/house"
	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
)

// remove has the partner's owner remove the case's person, under a request_id.
func remove(ctx context.Context, c house.Case, request string) (*partnersupportv1.RevocationReceipt, error) {
	answer, err := partnersupportv1.NewCollaboratorServiceClient(c.Partner.Owner).RemoveCollaborator(ctx, &partnersupportv1.RemoveCollaboratorRequest{
		PartnerId: c.Partner.ID, CollaboratorId: c.Collaborator, Confirm: "REMOVE", RequestId: request,
	})
	return answer.GetReceipt(), err
}

// boundary is a place where a removal stops: a sibling before it does its part,
// or our own row before it says that the part is done.
type boundary struct {
	name, service, sql string
	// of gives the statement's argument.
	of func(*testing.T, open) any
	// saving stops it behind the sibling's part.
	saving bool
}

func boundaries() []boundary {
	stages := []boundary{
		{name: "visits", service: "membership", sql: "SELECT id FROM support_session WHERE id = $1 FOR UPDATE",
			of: func(t *testing.T, o open) any { return key(t, "sup", o.session) }},
		{name: "consents", service: "consent", sql: "SELECT id FROM consent WHERE id = $1 FOR UPDATE",
			of: func(t *testing.T, o open) any { return key(t, "cns", o.consent) }},
		{name: "membership", service: "membership", sql: "SELECT id FROM member WHERE user_id = $1 FOR UPDATE", of: person},
		{name: "browser sessions", service: "identity", sql: "SELECT id FROM sessions WHERE user_id = $1 AND end_time IS NULL FOR UPDATE", of: person},
	}
	out := []boundary{{name: "before it begins", service: "partnersupport", sql: "SELECT id FROM collaborator WHERE id = $1 FOR UPDATE", of: collaborator}}
	for _, stage := range stages {
		before, after := stage, stage
		before.name, after.name, after.saving = "before "+stage.name, "after "+stage.name, true
		out = append(out, before, after)
	}
	return out
}

func person(t *testing.T, o open) any { return key(t, "usr", o.Person.UserID) }

func collaborator(t *testing.T, o open) any { return key(t, "col", o.Collaborator) }

// removal is one on its way.
type removal struct {
	open
	at      boundary
	request string
	held    lock
	// answer is closed once the call has returned.
	answer  chan struct{}
	receipt *partnersupportv1.RevocationReceipt
	err     error
}

// T-03, R34, R82: partner support is killed at every boundary of a removal at
// once. Each comes to its end, counted right, whether its caller insists or
// has gone.
func TestARemovalKilledAtAnyBoundaryComesToItsEnd(t *testing.T) {
	t.Parallel()
	var all []*removal
	prepare(t, func(c house.Case) {
		for _, at := range boundaries() {
			all = append(all, &removal{open: another(t, c), at: at, request: unique(), answer: make(chan struct{})})
		}
	})
	heal := strike(t)
	gone, leave := context.WithCancel(patient(t))
	for i, r := range all {
		ctx := patient(t)
		if i%2 == 0 && i > 0 { // nobody but the caller can begin one again
			ctx = gone
		}
		r.begin(ctx, t)
	}
	for _, r := range all {
		r.held.awaited(t)
		r.pass(t)
	}
	for _, r := range all {
		r.held.awaited(t)
		select {
		case <-r.answer:
			t.Errorf("%s: it was answered before all was done: %v", r.at.name, r.err)
		default:
		}
	}
	require.NoError(t, shared.house.Signal(t.Context(), "partnersupport", syscall.SIGKILL))
	leave()
	for _, r := range all {
		r.held.release(t)
	}
	heal()
	for _, r := range all {
		t.Run(r.at.name, func(t *testing.T) { r.requireDone(t) })
	}
}

// another person of the partner, with a visit to the client.
func another(t *testing.T, c house.Case) open {
	t.Helper()
	var err error
	c.Person, c.Collaborator, err = shared.world.AddPerson(patient(t), c.Partner, unique())
	require.NoError(t, err)
	o, err := opened(patient(t), c)
	require.NoError(t, err)
	return o
}

// begin has the removal stand before a sibling's part, or before it begins.
func (r *removal) begin(ctx context.Context, t *testing.T) {
	t.Helper()
	r.held = holding(t, r.at.service, r.at.sql, r.at.of(t, r.open))
	go func() {
		defer close(r.answer)
		r.receipt, r.err = remove(ctx, r.Case, r.request)
	}()
}

// pass lets the sibling do its part where it is to stand behind that.
func (r *removal) pass(t *testing.T) {
	t.Helper()
	if !r.at.saving {
		return
	}
	sibling := r.held
	r.held = holding(t, "partnersupport", "SELECT id FROM removal WHERE collaborator_id = $1 FOR UPDATE", collaborator(t, r.open))
	sibling.release(t)
}

// requireDone waits for the end without a caller where there is none any more,
// and then asks as one.
func (r *removal) requireDone(t *testing.T) {
	<-r.answer
	if r.err != nil {
		eventually(t, "somebody finishes it", func() bool {
			return count(t, "partnersupport", "SELECT count(*) FROM removal WHERE collaborator_id = $1 AND stage = 'DONE'", collaborator(t, r.open)) == 1
		})
		var err error
		r.receipt, err = remove(patient(t), r.Case, r.request)
		require.NoError(t, err)
	}
	r.requireRefused(t)
	require.Zero(t, count(t, "identity", "SELECT count(*) FROM sessions WHERE user_id = $1 AND end_time IS NULL", person(t, r.open)))
	require.Zero(t, count(t, "membership", "SELECT count(*) FROM member WHERE user_id = $1 AND end_time IS NULL", person(t, r.open)))
	require.Equal(t, 1, count(t, "partnersupport",
		"SELECT count(*) FROM outbox WHERE subject = 'aval.partnersupport.v1.collaborator.left' AND aggregate_id = $1", collaborator(t, r.open)))
	r.requireReceipt(t)
	again, err := remove(patient(t), r.Case, r.request)
	require.NoError(t, err)
	require.True(t, proto.Equal(r.receipt, again), "the same request gets the same answer")
}

func (r *removal) requireReceipt(t *testing.T) {
	t.Helper()
	want := &partnersupportv1.RevocationReceipt{
		Assignments: 1, Grants: 1, SupportSessions: 1, BrowserSessions: 1, CompleteTime: r.receipt.GetCompleteTime(),
	}
	require.True(t, proto.Equal(want, r.receipt), "%v", r.receipt)
}
