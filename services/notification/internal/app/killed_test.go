package app_test

import (
	"bufio"
	"context"
	"log/slog"
	"math/rand/v2"
	"net/mail"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/metric/noop"

	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/config"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/jobs"
	"github.com/aval-access/aval/services/kit/mailbox"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/pgtest"
	"github.com/aval-access/aval/services/kit/testsize"
	"github.com/aval-access/aval/services/notification/internal/app"
	"github.com/aval-access/aval/services/notification/internal/domain"
	"github.com/aval-access/aval/services/notification/internal/postgres"
	"github.com/aval-access/aval/services/notification/internal/submission"
)

// What a process that is to be killed is told by its environment.
const (
	killedDatabase = "AVAL_TEST_KILLED_DATABASE"
	killedServer   = "AVAL_TEST_KILLED_SERVER"
	killedMoment   = "AVAL_TEST_KILLED_MOMENT"
	killedMails    = "AVAL_TEST_KILLED_MAILS"
)

const (
	// mailsPerLife is how many mails a process has before it.
	mailsPerLife = 8
	// longestLife is how long a process may live after the server has the mail
	// that is waited for.
	longestLife = 10 * time.Millisecond
	// killedPatience bounds the wait for that mail.
	killedPatience = 20 * time.Second
	// killedTries bounds the tries afterwards.
	killedTries = 20
)

// TestMain runs the tests, or is the process that sends until it is killed.
func TestMain(m *testing.M) {
	if os.Getenv(killedDatabase) == "" {
		pgtest.Main(m)
		return
	}
	if err := sendUntilKilled(context.Background()); err != nil {
		slog.Error("sending until killed", "error", err)
		os.Exit(1)
	}
}

func sendUntilKilled(ctx context.Context) error {
	url := config.NewSecret(os.Getenv(killedDatabase))
	db, err := pg.Open(ctx, pg.Config{AppURL: url, SystemURL: url, MaxConns: 2})
	if err != nil {
		return err
	}
	defer db.Close()
	server, err := submission.Parse(os.Getenv(killedServer))
	if err != nil {
		return err
	}
	now, err := time.Parse(time.RFC3339Nano, os.Getenv(killedMoment))
	if err != nil {
		return err
	}
	send := app.Send{
		DB: db, Server: server, From: mail.Address{Name: "Aval", Address: "aval@example.test"},
		Clock: clock.Fixed(now), Log: slog.New(slog.DiscardHandler), Count: noop.Int64Counter{},
	}
	if _, err := os.Stdout.WriteString("sending\n"); err != nil {
		return err
	}
	for _, text := range strings.Fields(os.Getenv(killedMails)) {
		each, err := id.Parse(domain.Prefix, text)
		if err != nil {
			return err
		}
		if _, err := send.Do(ctx, each); err != nil {
			return err
		}
	}
	return nil
}

// T-26: processes killed anywhere around the hand-over of a mail lose none: each
// is accepted once, or, where nobody can know, once more under the same
// Message-ID and told as uncertain.
func TestProcessesKilledWhileTheySendLoseNothing(t *testing.T) {
	t.Parallel()
	urls := pgtest.URLs(t, "notification", postgres.Migrations, jobs.Migrate)
	db, err := pg.Open(t.Context(), pg.Config{AppURL: config.NewSecret(urls.App), SystemURL: config.NewSecret(urls.System)})
	require.NoError(t, err)
	t.Cleanup(db.Close)
	b := setupOn(t, db)
	seen := map[domain.State]int{}
	for range testsize.Of(t, 6, 1000) {
		mails := b.waiting(t)
		b.killOneThatSends(t, urls.System, mails)
		for _, each := range mails {
			seen[b.delivery(t, each).State]++
			b.accepted(t, each)
		}
	}
	t.Logf("how the killed left their mails: %v", seen)
}

// waiting composes what one process has before it.
func (b *bundle) waiting(t *testing.T) (out []id.ID) {
	t.Helper()
	b.owner.says(prepared("usr_1", "ana@client.test"))
	for range mailsPerLife {
		f := fact()
		require.NoError(t, b.compose.Do(t.Context(), job(f)))
		b.query(t, func(ctx context.Context, tx pg.Tx) error {
			var each id.ID
			err := tx.QueryRow(ctx, "SELECT id FROM delivery WHERE event_id = $1", f.EventID).Scan(&each)
			out = append(out, each)
			return err
		})
	}
	return out
}

// killOneThatSends starts a process that sends the mails, and kills it about
// when the server has one of them: before the answer, before or after the commit,
// or in the next mail.
func (b *bundle) killOneThatSends(t *testing.T, database string, mails []id.ID) {
	t.Helper()
	texts := make([]string, len(mails))
	for i, each := range mails {
		texts[i] = each.Text(domain.Prefix)
	}
	process := exec.CommandContext(t.Context(), os.Args[0])
	process.Env = append(os.Environ(), killedDatabase+"="+database, killedServer+"="+b.box.URL(),
		killedMoment+"="+b.clock.Now().Format(time.RFC3339Nano), killedMails+"="+strings.Join(texts, " "))
	process.Stderr = os.Stderr
	out, err := process.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, process.Start())
	_, err = bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err, "it began to send")
	ctx, cancel := context.WithTimeout(t.Context(), killedPatience)
	defer cancel()
	last := texts[rand.N(len(texts))] + "@example.test"
	_, err = b.box.Wait(ctx, func(m mailbox.Message) bool { return m.MessageID == last })
	require.NoError(t, err)
	<-time.After(rand.N(longestLife))
	_ = process.Process.Kill() // or it is through already
	_ = process.Wait()
}

// accepted tries until nothing more can happen, and counts what the server has.
func (b *bundle) accepted(t *testing.T, each id.ID) {
	t.Helper()
	uncertain := false
	d := b.delivery(t, each)
	for range killedTries {
		uncertain = uncertain || d.State == domain.Uncertain
		if d.Done() {
			break
		}
		d = b.try(t, each)
	}
	require.Equal(t, domain.Sent, d.State)
	count := 0
	for _, msg := range b.box.Messages() {
		if msg.MessageID == each.Text(domain.Prefix)+"@example.test" {
			count++
		}
	}
	most := 1
	if uncertain {
		most = 2
	}
	require.GreaterOrEqual(t, count, 1, "lost")
	require.LessOrEqual(t, count, most, "sent again though nobody was uncertain")
}
