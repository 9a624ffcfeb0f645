package faults

import (
	"context"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	"github.com/aval-access/aval/deploy/house"
	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/kit/id"
)

// end is a call of the partner's that ends accesses, with the places where it
// stops: every one of them is a row.
type end struct {
	name string
	// call makes it, under a request_id.
	call func(context.Context, *ending) (proto.Message, error)
	// begins is the row that it takes first, noted the one in which it writes down
	// what the siblings have done.
	begins, noted boundary
	// siblings are the parts that others do, in their order.
	siblings []boundary
	// goesOn: somebody finishes it whose caller has gone.
	goesOn bool
}

func ends() []end {
	consents := boundary{name: "consents", service: "consent", sql: "SELECT id FROM consent WHERE id = $1 FOR UPDATE",
		of: func(t *testing.T, o open) any { return key(t, "cns", o.consent) }}
	visits := boundary{name: "visits", service: "membership", sql: "SELECT id FROM support_session WHERE id = $1 FOR UPDATE",
		of: func(t *testing.T, o open) any { return key(t, "sup", o.session) }}
	assignment := boundary{service: "partnersupport", sql: "SELECT id FROM assignment WHERE id = $1 FOR UPDATE",
		of: func(t *testing.T, o open) any { return assignmentOf(t, o) }}
	dossier := boundary{service: "partnersupport", sql: "SELECT id FROM dossier_ending WHERE dossier_id = $1 FOR UPDATE",
		of: func(t *testing.T, o open) any { return key(t, "dos", o.Dossier) }}
	return []end{
		{name: "EndDossier", call: endDossier, begins: assignment, siblings: []boundary{visits, consents}, noted: dossier, goesOn: true},
		{name: "DetachAssignment", call: detach, begins: assignment, siblings: []boundary{consents}, noted: assignment},
		{name: "BatchDetachAssignments", call: detachMany, begins: assignment, siblings: []boundary{consents}, noted: assignment},
	}
}

func endDossier(ctx context.Context, e *ending) (proto.Message, error) {
	return partnersupportv1.NewDossierEndServiceClient(e.Partner.Owner).EndDossier(ctx, &partnersupportv1.EndDossierRequest{
		PartnerId: e.Partner.ID, DossierId: e.Dossier, Confirm: "REMOVE", RequestId: e.request,
	})
}

func detach(ctx context.Context, e *ending) (proto.Message, error) {
	return partnersupportv1.NewAssignmentServiceClient(e.Partner.Owner).DetachAssignment(ctx, &partnersupportv1.DetachAssignmentRequest{
		PartnerId: e.Partner.ID, AssignmentId: e.assignment.Text("asg"), Confirm: "REMOVE", RequestId: e.request,
	})
}

// detachMany is about two people.
func detachMany(ctx context.Context, e *ending) (proto.Message, error) {
	return partnersupportv1.NewAssignmentServiceClient(e.Partner.Owner).BatchDetachAssignments(ctx, &partnersupportv1.BatchDetachAssignmentsRequest{
		PartnerId: e.Partner.ID, AssignmentIds: []string{e.assignment.Text("asg"), e.beside.Text("asg")}, Confirm: "REMOVE", RequestId: e.request,
	})
}

// ending is one on its way.
type ending struct {
	open
	end     end
	at      boundary
	request string
	// assignment is the one that the lock is about, beside another of the call.
	assignment, beside id.ID
	held               lock
	answer             chan struct{}
	reply              proto.Message
	err                error
}

// endings are a row for each place of each end, with people and clients of their
// own.
func endings(t *testing.T) (out []*ending) {
	t.Helper()
	for _, one := range ends() {
		places := []boundary{one.begins}
		places[0].name = "before it begins"
		for _, sibling := range one.siblings {
			sibling.name = "before " + sibling.name
			places = append(places, sibling)
		}
		last := one.siblings[len(one.siblings)-1]
		last.name, last.saving = "after "+last.name, true
		for _, place := range append(places, last) {
			e := &ending{end: one, at: place, request: unique(), answer: make(chan struct{})}
			prepare(t, func(c house.Case) {
				e.open = another(t, c)
				e.assignment = assignmentOf(t, e.open)
				e.beside = assignmentOf(t, another(t, c))
			})
			out = append(out, e)
		}
	}
	return out
}

func assignmentOf(t *testing.T, o open) (out id.ID) {
	t.Helper()
	consent := key(t, "cns", o.consent)
	reading(t, "consent", func(conn *pgx.Conn) error {
		return conn.QueryRow(t.Context(), "SELECT assignment_id FROM consent WHERE id = $1", consent).Scan(&out)
	})
	return out
}

// T-03, R35, R81: partner support is killed at every place of a detachment, of
// one or of several, and of the end of a link. What was answered is over; what
// was not is over once the same request is repeated, and counted once.
func TestAnEndKilledAtAnyPlaceComesToItsEnd(t *testing.T) {
	t.Parallel()
	all := endings(t)
	heal := strike(t)
	for _, e := range all {
		e.begin(t)
	}
	for _, e := range all {
		e.held.awaited(t)
		e.pass(t)
	}
	for _, e := range all {
		e.held.awaited(t)
		select {
		case <-e.answer:
			t.Errorf("%s, %s: it was answered before all was done: %v", e.end.name, e.at.name, e.err)
		default:
		}
	}
	require.NoError(t, shared.house.Signal(t.Context(), "partnersupport", syscall.SIGKILL))
	for _, e := range all {
		e.held.release(t)
	}
	heal()
	for _, e := range all {
		t.Run(e.end.name+" "+e.at.name, func(t *testing.T) { e.requireDone(t) })
	}
}

func (e *ending) begin(t *testing.T) {
	t.Helper()
	e.held = holding(t, e.at.service, e.at.sql, e.at.of(t, e.open))
	ctx := patient(t)
	go func() {
		defer close(e.answer)
		e.reply, e.err = e.end.call(ctx, e)
	}()
}

// pass lets the sibling do its part where it is to stand behind that.
func (e *ending) pass(t *testing.T) {
	t.Helper()
	if !e.at.saving {
		return
	}
	sibling := e.held
	e.held = holding(t, e.end.noted.service, e.end.noted.sql, e.end.noted.of(t, e.open))
	sibling.release(t)
}

// requireDone looks for the end without a caller where somebody goes on, and
// then asks as one.
func (e *ending) requireDone(t *testing.T) {
	<-e.answer
	if e.err != nil {
		if e.end.goesOn && e.at.name != "before it begins" {
			eventually(t, "somebody finishes it", func() bool {
				return count(t, "partnersupport", "SELECT count(*) FROM dossier_ending WHERE dossier_id = $1 AND complete_time IS NOT NULL", key(t, "dos", e.Dossier)) == 1
			})
		}
		e.insist(t)
	}
	e.requireRefused(t)
	for _, assignment := range []id.ID{e.assignment, e.beside}[:e.rows()] {
		require.Equal(t, 1, count(t, "partnersupport",
			"SELECT count(*) FROM outbox WHERE subject = 'aval.partnersupport.v1.assignment.ended' AND aggregate_id = $1", assignment))
	}
	again, err := e.end.call(patient(t), e)
	require.NoError(t, err)
	require.True(t, proto.Equal(e.reply, again), "the same request gets the same answer")
}

// rows is how many assignments the call is about.
func (e *ending) rows() int {
	if e.end.name == "DetachAssignment" {
		return 1
	}
	return 2
}

// insist repeats the request until it is answered in full: a row of several may
// still have to wait.
func (e *ending) insist(t *testing.T) {
	t.Helper()
	eventually(t, "the same request is answered", func() bool {
		e.reply, e.err = e.end.call(patient(t), e)
		rows, several := e.reply.(*partnersupportv1.BatchDetachAssignmentsResponse)
		if !several || e.err != nil {
			return e.err == nil
		}
		for _, row := range rows.GetResults() {
			if row.GetErrorReason() != "" {
				return false
			}
		}
		return true
	})
}
