package rpc_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/kit/config"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/pgtest"
	"github.com/aval-access/aval/services/kit/testsize"
	"github.com/aval-access/aval/services/membership/internal/domain"
	"github.com/aval-access/aval/services/membership/internal/postgres"
	"github.com/aval-access/aval/services/membership/internal/replica"
)

// taken is something that a call takes away.
type taken struct {
	question domain.Question
	// row is locked by whoever takes it away.
	row  string
	call func(context.Context) error
	// repeated: the caller's own connection calls again.
	repeated bool
}

// T-02: an end whose storage fails in whatever way is not answered with OK, and
// the same call again comes to its end: then nobody is let in.
func TestAnEndWhoseStorageFailsIsToldSo(t *testing.T) {
	t.Parallel()
	urls := pgtest.URLs(t, "membership", postgres.Migrations)
	direct, err := pg.Open(t.Context(), pg.Config{AppURL: config.NewSecret(urls.App), SystemURL: config.NewSecret(urls.System)})
	require.NoError(t, err)
	t.Cleanup(direct.Close)
	db, wire := overWire(t, urls)
	b := setupOn(t, db)
	replicas := []*replica.Replica{b.replica(), b.replica()}
	support, account := b.supporting(), b.client()
	faults := map[string]func(taken) error{
		"the commit is lost":       func(w taken) error { wire.next(fate{lost: true}); return w.call(t.Context()) },
		"its answer is lost":       func(w taken) error { wire.next(fate{unanswered: true}); return w.call(t.Context()) },
		"a statement is cancelled": func(w taken) error { return cancelled(t, direct, w) },
	}
	for i := range testsize.Of(t, 12, 700) {
		for name, fails := range faults {
			take := func() taken { return b.grantTaken(support.life(account)) }
			if i%3 == 2 {
				take = b.memberTaken
			}
			what := take()
			for _, r := range replicas {
				require.True(t, b.allows(r, what.question))
			}
			err := fails(what)
			require.True(t, err != nil || what.repeated, name)
			for err != nil {
				toldSo(t, err)
				err = what.call(t.Context())
			}
			for _, r := range replicas {
				require.False(t, b.allows(r, what.question), "%s, and the next call was answered with OK", name)
			}
		}
	}
}

func (b *bundle) grantTaken(l life) taken {
	b.Helper()
	require.NoError(b, l.give(b.Context()))
	return taken{
		question: l.question, call: l.end,
		row: "SELECT id FROM access_entry WHERE account_id = $1 AND subject_id = $2 AND end_time IS NULL FOR UPDATE",
	}
}

// memberTaken is removed under one request_id: the answer that was stored is not
// taken for a yes.
func (b *bundle) memberTaken() taken {
	b.Helper()
	l := b.loser()
	members := membershipv1.NewMemberServiceClient(b.server.Client(b, "gateway"))
	request := &membershipv1.RemoveMemberRequest{
		OrganizationId: l.account.Text("org"), MemberId: l.member, RequestId: id.New().String(),
	}
	return taken{
		repeated: true, question: l.question, row: "SELECT id FROM member WHERE organization_id = $1 AND user_id = $2 FOR UPDATE",
		call: func(context.Context) error {
			_, err := members.RemoveMember(l.owner, request)
			return err
		},
	}
}

// cancelled has the server give up the statement that takes the row, as it does
// after its time.
func cancelled(t *testing.T, direct *pg.DB, what taken) error {
	t.Helper()
	answer := make(chan error, 1)
	require.NoError(t, direct.InSystem(t.Context(), "test", func(ctx context.Context, tx pg.Tx) error {
		if _, err := tx.Exec(ctx, what.row, what.question.AccountID, what.question.SubjectID); err != nil {
			return err
		}
		go func() { answer <- what.call(t.Context()) }()
		for gone := false; !gone; {
			err := tx.QueryRow(ctx, `
SELECT coalesce(bool_or(pg_cancel_backend(pid)), false)
FROM pg_locks
WHERE NOT granted
  AND pg_backend_pid() = ANY(pg_blocking_pids(pid))`).Scan(&gone)
			if err != nil {
				return err
			}
		}
		return nil
	}))
	return <-answer
}
