package pg

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/id"
)

// Tx is an open transaction. It is a pgx.Tx, so that pgx.CollectRows,
// pgx.NamedArgs and the job queue work with it; whoever received it never
// commits or rolls back: its opener does.
type Tx struct {
	pgx.Tx
	raised *[]string
}

// Signal wakes who waits on DB.Signal of the topic, once the transaction is
// known to be committed.
func (t Tx) Signal(topic string) { *t.raised = append(*t.raised, topic) }

// Savepoint runs fn so that its error takes back what fn did, and no more.
func (t Tx) Savepoint(ctx context.Context, fn func(Tx) error) error {
	inner, err := t.Tx.Begin(ctx)
	if err != nil {
		return fmt.Errorf("setting a savepoint: %w", err)
	}
	part := t
	part.Tx = inner
	if err := fn(part); err != nil {
		return errors.Join(err, inner.Rollback(ctx))
	}
	if err := inner.Commit(ctx); err != nil {
		return fmt.Errorf("releasing a savepoint: %w", err)
	}
	return nil
}

// Func is the work of one transaction. It may run no call to another service.
type Func func(ctx context.Context, tx Tx) error

// InTenant runs fn as the application, seeing one tenant's rows.
func (d *DB) InTenant(ctx context.Context, tenant id.ID, fn Func) error {
	if tenant.IsZero() {
		return errors.New("opening transaction: no tenant given")
	}
	return d.run(ctx, d.app, scope{tenant: tenant, user: userOf(ctx)}, fn)
}

// InUser runs fn as the application for a person across their organisations
// (me/* methods): no tenant's rows but those that a policy opens to the user.
func (d *DB) InUser(ctx context.Context, user id.ID, fn Func) error {
	if user.IsZero() {
		return errors.New("opening transaction: no user given")
	}
	return d.run(ctx, d.app, scope{user: user}, fn)
}

// InApp runs fn as the application with neither tenant nor user: only the
// tables outside row-level security answer.
func (d *DB) InApp(ctx context.Context, fn Func) error {
	return d.run(ctx, d.app, scope{}, fn)
}

// InSystem runs fn over all tenants, for sweepers, replicas, decisions and
// cascades. The reason is shown in the server's activity; its callers are
// listed in archtest.
func (d *DB) InSystem(ctx context.Context, reason string, fn Func) error {
	if d.system == nil {
		return errors.New("opening system transaction: no system url configured")
	}
	if reason == "" {
		return errors.New("opening system transaction: no reason given")
	}
	return d.run(ctx, d.system, scope{reason: reason}, fn)
}

// scope is what a transaction may see.
type scope struct {
	tenant id.ID
	user   id.ID
	reason string
}

// begin fixes the scope in the same round trip as BEGIN. Every transaction
// sets both, so that nothing left in a session can leak into the next.
func (s scope) begin() string {
	return fmt.Sprintf("BEGIN; SELECT set_config('app.tenant', '%s', true), set_config('app.user', '%s', true), set_config('app.reason', %s, true)",
		textOrEmpty(s.tenant), textOrEmpty(s.user), literal(s.reason))
}

func textOrEmpty(i id.ID) string {
	if i.IsZero() {
		return ""
	}
	return i.String()
}

// userOf is the person who asks; behind a support token, the collaborator.
func userOf(ctx context.Context) id.ID {
	person := authn.FromContext(ctx).Person
	switch {
	case person == nil:
		return id.ID{}
	case person.Act != nil:
		return person.Act.UserID
	default:
		return person.UserID
	}
}

func (d *DB) run(ctx context.Context, pool *pgxpool.Pool, s scope, fn Func) (err error) {
	inner, err := pool.BeginTx(ctx, pgx.TxOptions{BeginQuery: s.begin()})
	if err != nil {
		return unavailable("opening transaction", err)
	}
	var raised []string
	done := false
	defer func() {
		if !done {
			// The caller's context may be over; pgx then drops the connection.
			_ = inner.Rollback(ctx)
		}
	}()
	if err := fn(ctx, Tx{Tx: inner, raised: &raised}); err != nil {
		return lostConnection(ctx, inner.Conn(), err)
	}
	done = true
	if err := inner.Commit(ctx); err != nil {
		return commitError(err)
	}
	for _, topic := range raised {
		d.raise(topic)
	}
	return nil
}
