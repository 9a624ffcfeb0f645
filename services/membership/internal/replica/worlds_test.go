package replica_test

import (
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/testsize"
	"github.com/aval-access/aval/services/membership/internal/domain"
)

var errNoMemory = errors.New("not from memory")

// Memory and tables give the same answers in whatever world: each step changes
// something at random, and some questions are asked of both.
func TestMemoryAnswersAsTheTablesDo(t *testing.T) {
	t.Parallel()
	b := setup(t)
	memory := b.memory(nil)
	b.start(memory.Component())
	w := newWorld(b)
	for step := range testsize.Of(t, 300, 20_000) {
		w.change()
		require.NoError(t, b.fence.Wait(t.Context()))
		questions := w.questions(100)
		want, err := b.tables.DecideAll(t.Context(), questions)
		require.NoError(t, err)
		got, err := memory.DecideAll(t.Context(), questions)
		require.NoError(t, err)
		for i, q := range questions {
			require.Equal(t, want[i], got[i], "seed %d, step %d: %+v", w.seed, step, q)
		}
	}
}

// What was changed often is built anew beside what answers, which then takes its
// place with everything that came meanwhile.
func TestAMemoryFullOfOldRecordsIsReplaced(t *testing.T) {
	t.Parallel()
	b := setup(t)
	memory := b.memory(nil)
	b.start(memory.Component())
	w := newWorld(b)
	for range 400 {
		w.grant()
	}
	old := memory.View()
	for memory.View() == old {
		w.exec("UPDATE access_entry SET valid_until = now() + interval '9 h' WHERE source = 'GRANT' AND end_time IS NULL")
		w.change()
		require.NoError(t, b.fence.Wait(t.Context()))
	}
	questions := w.questions(1000)
	want, err := b.tables.DecideAll(t.Context(), questions)
	require.NoError(t, err)
	got, err := memory.DecideAll(t.Context(), questions)
	require.NoError(t, err)
	for i, q := range questions {
		require.Equal(t, want[i].Denial, got[i].Denial, "%+v", q)
	}
}

// world changes the tables at random.
type world struct {
	*bundle
	seed                         uint64
	rand                         *rand.Rand
	accounts, partners, subjects []id.ID
	grants, sessions             []id.ID
}

func newWorld(b *bundle) *world {
	w := &world{bundle: b, seed: rand.Uint64()}
	w.rand = rand.New(rand.NewPCG(w.seed, 0))
	w.populate()
	return w
}

func pick[T any](w *world, from []T) T { return from[w.rand.IntN(len(from))] }

func (w *world) populate() {
	for range 4 {
		w.accounts, w.subjects = append(w.accounts, id.New()), append(w.subjects, id.New())
	}
	w.partners = []id.ID{id.New(), id.New()}
	for i, all := range [][]id.ID{w.accounts, w.partners} {
		for _, one := range all {
			w.exec(`
INSERT INTO organization (id, kind, legal_name, registration_number, postal_address, contact_email, contact_phone, locale,
  level1_support, state, create_time)
VALUES ($1, $2, 'x', '', '', '', '', 'fr', false, 'ACTIVE', now())`, one, []string{"CLIENT", "PARTNER"}[i])
		}
	}
	for range 40 {
		w.change()
	}
}

func (w *world) change() {
	changes := []func(){
		w.join, w.join, w.changeMembership, w.leave, w.grant, w.grant, w.grant, w.changeGrant, w.endGrant,
		w.visit, w.visit, w.visit, w.closeVisit, w.suspend, w.changeFeature,
	}
	pick(w, changes)()
}

func (w *world) rights() string {
	return pick(w, []string{
		`{"": 4}`, `{}`, `{"management": 4, "accounting": 3}`, `{"management": 2, "management/invoices": 4}`,
		`{"accounting/bank": 4}`, `{"accounting": 4, "accounting/bank": 1}`, `{"account": 4, "spending": 3}`,
	})
}

// until is no end, one that is past, or one far away.
func (w *world) until() string {
	return pick(w, []string{"NULL", "NULL", "NULL", "now() - interval '1 h'", "date_trunc('h', now()) + interval '9 h'"})
}

func (w *world) from() string {
	return pick(w, []string{"'-infinity'", "'-infinity'", "now() - interval '1 h'", "now() + interval '9 h'"})
}

func (w *world) anyAccount() id.ID { return pick(w, append(w.partners, w.accounts...)) }

func (w *world) join() {
	w.exec(`
INSERT INTO access_entry (id, account_id, subject_id, source, rights, valid_until, suspended, version)
SELECT $1, $2, $3, 'MEMBERSHIP', $4::text::jsonb, `+w.until()+`, $5, 1
WHERE NOT EXISTS (SELECT FROM access_entry WHERE account_id = $2 AND subject_id = $3 AND source = 'MEMBERSHIP' AND end_time IS NULL)`,
		id.New(), w.anyAccount(), pick(w, w.subjects), w.rights(), w.rand.IntN(5) == 0)
}

func (w *world) changeMembership() {
	w.exec(`
UPDATE access_entry
SET rights = $3::text::jsonb, suspended = $4, valid_until = `+w.until()+`
WHERE account_id = $1 AND subject_id = $2 AND source = 'MEMBERSHIP' AND end_time IS NULL`,
		w.anyAccount(), pick(w, w.subjects), w.rights(), w.rand.IntN(3) == 0)
}

func (w *world) leave() {
	w.exec(`
UPDATE access_entry SET end_time = now()
WHERE account_id = $1 AND subject_id = $2 AND source = 'MEMBERSHIP' AND end_time IS NULL`,
		w.anyAccount(), pick(w, w.subjects))
}

func (w *world) grant() {
	grant := id.New()
	w.grants = append(w.grants, grant)
	w.exec(`
INSERT INTO access_entry (id, account_id, subject_id, source, rights, valid_from, valid_until, via_partner, partner_role, consent_id, version)
VALUES ($1, $2, $3, 'GRANT', $4::text::jsonb, `+w.from()+`, `+w.until()+`, $5, $6, $7, 1)`,
		grant, pick(w, w.accounts), pick(w, w.subjects), w.rights(), pick(w, w.partners),
		pick(w, []string{"TECHNICAL_SUPPORT", "ACCOUNTANT"}), id.New())
}

func (w *world) changeGrant() {
	if len(w.grants) > 0 {
		w.exec(`UPDATE access_entry SET rights = $2::text::jsonb, valid_until = `+w.until()+` WHERE id = $1 AND end_time IS NULL`,
			pick(w, w.grants), w.rights())
	}
}

func (w *world) endGrant() {
	if len(w.grants) > 0 {
		w.exec(`UPDATE access_entry SET end_time = now() WHERE id = $1 AND end_time IS NULL`, pick(w, w.grants))
	}
}

func (w *world) visit() {
	if len(w.grants) == 0 {
		return
	}
	session := id.New()
	w.sessions = append(w.sessions, session)
	w.exec(`
INSERT INTO support_session (id, account_id, subject_id, partner_id, grant_id, expire_time)
SELECT $1, account_id, subject_id, via_partner, id, date_trunc('h', now()) + interval '3 h'
FROM access_entry WHERE id = $2`, session, pick(w, w.grants))
}

func (w *world) closeVisit() {
	if len(w.sessions) > 0 {
		w.exec(`UPDATE support_session SET close_time = now() WHERE id = $1`, pick(w, w.sessions))
	}
}

func (w *world) suspend() {
	w.exec(`UPDATE organization SET state = $2 WHERE id = $1`, w.anyAccount(), pick(w, []string{"ACTIVE", "ACTIVE", "SUSPENDED"}))
}

func (w *world) changeFeature() {
	w.exec(`UPDATE feature SET sensitive = $2, excluded_from_grants = $3, retire_time = CASE WHEN $4 THEN now() END WHERE path = $1`,
		pick(w, []string{"management/invoices", "accounting/bank", "sms"}), w.rand.IntN(2) == 0, w.rand.IntN(3) == 0, w.rand.IntN(4) == 0)
}

func (w *world) questions(n int) []domain.Question {
	out := make([]domain.Question, n)
	for i := range out {
		out[i] = domain.Question{
			SubjectID: pick(w, append(w.subjects, id.New())), AccountID: pick(w, append(w.partners, w.accounts...)),
			Feature: pick(w, []string{"management", "management/invoices", "accounting", "accounting/bank", "spending", "sms", "no/such"}),
			Level:   domain.Level(2 + w.rand.IntN(3)),
		}
		if len(w.sessions) > 0 && w.rand.IntN(4) > 0 {
			out[i].SupportSessionID = pick(w, w.sessions[max(0, len(w.sessions)-20):])
		}
	}
	return out
}
