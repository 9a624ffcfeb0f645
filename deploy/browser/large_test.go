package browser

import (
	"context"
	"maps"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/deploy/demodata"
	"github.com/aval-access/aval/services/kit/id"
)

// spaceScenarios walk the partner's space in the console: every screen does what
// it says, and once, whatever is pressed twice.
func spaceScenarios() []string {
	return []string{
		"a partner's console in French on a desk",        // R28 R29 R36 R71
		"a partner's console in English on a phone",      // the same, 360 px wide
		"two presses in the console are one act",         // double click, two tabs, back
		"each main action is interrupted, and done once", // no network, a session that ended, an answer that was lost
	}
}

// largeScenarios are walked at a partner with 100,000 dossiers: lists scroll
// without a long task, search and filters are the server's.
func largeScenarios() []string { return []string{"at 100,000 dossiers"} } // R20 R22

func TestThePartnersSpaceInTheConsole(t *testing.T) {
	t.Parallel()
	in := order{Chromium: need(t), Console: true}
	if !consoleBuilt() {
		t.Skip("the console is not built: run make console")
	}
	s := start(t)
	data, err := demodata.Fill(t.Context(), s, s.Dir())
	require.NoError(t, err)
	in.URL, in.Mail, in.Demo, in.World = s.URL(), s.MailURL(), s.DemoURL(), data
	in.Screenshots, in.Album = screenshots(t)
	into := seeding{url: s.Database("partnersupport").Migrate, partner: organizationOf(t, data, "lumen")}
	into.run(t, seededPeople, 1, 30)
	into.run(t, seededDossiers, 1, 1200)
	told := walk(t, "space.mjs", in)
	into.run(t, seededDossiers, 1201, 100_000)
	maps.Copy(told, walk(t, "large.mjs", in))
	for _, name := range slices.Concat(spaceScenarios(), largeScenarios()) {
		t.Run(name, func(t *testing.T) { tell(t, told[name]) })
	}
}

func organizationOf(t *testing.T, data *demodata.Data, key string) id.ID {
	t.Helper()
	at := slices.IndexFunc(data.Organizations, func(o demodata.Organization) bool { return o.Key == key })
	out, err := id.Parse("org", data.Organizations[at].ID)
	require.NoError(t, err)
	return out
}

// seeding writes rows of a partner: nobody waits for 100,000 dossiers.
type seeding struct {
	url     string
	partner id.ID
}

// run writes the rows numbered so.
func (s seeding) run(t *testing.T, sql string, from, to int) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), s.url)
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close(context.WithoutCancel(t.Context()))) }()
	_, err = conn.Exec(t.Context(), sql, pgx.NamedArgs{"partner": s.partner, "from": from, "to": to})
	require.NoError(t, err)
	_, err = conn.Exec(t.Context(), "VACUUM (ANALYZE) collaborator, dossier, assignment")
	require.NoError(t, err)
}

const (
	seededPeople = `
INSERT INTO collaborator (partner_id, id, invitation_id, user_id, given_name, family_name, email, partner_role, state, version, create_time)
SELECT @partner, gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'Camille', 'Martin ' || n, 'camille' || n || '@lumen.example', 'TECHNICAL_SUPPORT', 'READY', 1, now()
FROM generate_series(@from::integer, @to::integer) AS n`

	// Each has one person; every hundredth has nobody.
	seededDossiers = `
WITH link AS (
  INSERT INTO dossier (partner_id, id, client_id, partner_name, client_name, client_registration_number, sort_name, state, version, create_time)
  SELECT @partner, gen_random_uuid(), gen_random_uuid(), 'Cabinet Lumen', 'Client ' || lpad(n::text, 6, '0'), n::text, 'client ' || lpad(n::text, 6, '0'), 'ACTIVE', 1, now()
  FROM generate_series(@from::integer, @to::integer) AS n
  RETURNING id, client_registration_number::integer AS n
)
INSERT INTO assignment (partner_id, id, dossier_id, collaborator_id, requester_id, reason, proposed_duration, state, end_reason, version, create_time)
SELECT @partner, gen_random_uuid(), link.id, person.id, person.id, '', '7 days', 'ACTIVE', '', 1, now() - interval '1 day'
FROM link
JOIN collaborator person
  ON person.partner_id = @partner AND person.family_name = 'Martin ' || (link.n % 30 + 1)
WHERE link.n % 100 <> 0`
)
