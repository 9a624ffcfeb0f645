package faults

import (
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/id"
)

// T-26: a server that cannot be reached, refuses for now or answers late gets
// each mail once.
func TestMailsWaitForTheirServer(t *testing.T) {
	t.Parallel()
	heal := strike(t)
	refused := unique() + "@house.example"
	shared.house.Mail.RefuseNext(1, 451, refused)
	foundedBy(t, refused)
	delivery(t, refused, "state = 'deferred' AND smtp_code = 451")
	late := unique() + "@house.example"
	shared.house.Mail.SlowNext(1, 3*time.Second, late)
	foundedBy(t, late)
	delivery(t, late, "state = 'sending'")
	delivery(t, late, "state = 'sent'")
	shared.house.SMTP.Cut()
	unreachable := unique() + "@house.example"
	foundedBy(t, unreachable)
	delivery(t, unreachable, "state = 'deferred' AND smtp_code = 0")
	require.NoError(t, shared.house.SMTP.Restore())
	for _, address := range []string{refused, late, unreachable} {
		delivery(t, address, "state = 'sent' AND NOT repeated")
		requireMails(t, address, 1)
	}
	heal() // not before: who is killed while it sends is never sure
}

// T-26: where nobody can know whether the server has the mail it is sent once
// more, under the same Message-ID, and marked.
func TestAMailWhoseAnswerIsLostIsSentOnceMore(t *testing.T) {
	t.Parallel()
	heal := strike(t)
	dropped := unique() + "@house.example"
	shared.house.Mail.DropNext(1, dropped)
	foundedBy(t, dropped)
	delivery(t, dropped, "state = 'uncertain'")
	hanging := unique() + "@house.example"
	shared.house.Mail.SlowNext(1, 15*time.Second, hanging) // more than is waited for
	foundedBy(t, hanging)
	delivery(t, hanging, "state = 'sending'")
	for _, address := range []string{dropped, hanging} {
		delivery(t, address, "state = 'sent' AND repeated")
		eventually(t, "both are there", func() bool { return total(mailsTo(address)) == 2 })
		requireMails(t, address, 2)
	}
	heal() // as above
}

// T-26: killed between the server's 250 and its own commit.
func TestAMailInTheHandsOfAKilledProcessIsSentOnceMore(t *testing.T) {
	t.Parallel()
	heal := strike(t)
	address := unique() + "@house.example"
	shared.house.Mail.SlowNext(1, 2*time.Second, address)
	foundedBy(t, address)
	delivery(t, address, "state = 'sending'")
	outcome := holding(t, "notification", "SELECT id FROM delivery WHERE address = $1 FOR UPDATE", address)
	eventually(t, "the server has it", func() bool { return total(mailsTo(address)) == 1 })
	outcome.awaited(t)
	require.NoError(t, shared.house.Signal(t.Context(), "notification", syscall.SIGKILL))
	outcome.release(t)
	heal()
	eventually(t, "it is sent again", func() bool { return total(mailsTo(address)) == 2 })
	requireMails(t, address, 2)
	require.Equal(t, 1, count(t, "notification", "SELECT count(*) FROM delivery WHERE id = $1 AND repeated", sent(t, address)))
}

// delivery waits until the one to an address is as it says. Its address is
// forgotten once it is sent: then the mailbox knows which it was.
func delivery(t *testing.T, address, is string) {
	t.Helper()
	eventually(t, address+": "+is, func() bool {
		if len(mailsTo(address)) > 0 {
			return count(t, "notification", "SELECT count(*) FROM delivery WHERE id = $1 AND "+is, sent(t, address)) == 1
		}
		return count(t, "notification", "SELECT count(*) FROM delivery WHERE address = $1 AND "+is, address) == 1
	})
}

// sent is the delivery that came to an address: the only one.
func sent(t *testing.T, address string) id.ID {
	t.Helper()
	mails := mailsTo(address)
	require.Len(t, mails, 1, "one Message-ID")
	for message := range mails {
		name, _, _ := strings.Cut(message, "@")
		return key(t, "dlv", name)
	}
	return id.ID{}
}

// requireMails counts what came: always the same mail.
func requireMails(t *testing.T, address string, times int) {
	t.Helper()
	require.Len(t, mailsTo(address), 1, "one Message-ID")
	require.Equal(t, times, total(mailsTo(address)))
}

func total(mails map[string]int) (n int) {
	for _, times := range mails {
		n += times
	}
	return n
}
