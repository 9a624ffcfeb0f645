package app_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	"github.com/aval-access/aval/services/consent/internal/app"
	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// team is a client that let the whole team of a partner in.
type team struct {
	*bundle
	first app.Decided
}

func letIn(t *testing.T) team {
	t.Helper()
	b := setup(t)
	answer := b.yes(t, b.ask(t))
	answer.Team = true
	first, err := app.Approve{Deps: b.Deps}.Decide(t.Context(), answer, b.by)
	require.NoError(t, err)
	return team{b, first}
}

// next is the request for another person of the team, as membership and identity
// let it through.
func (m team) next(t *testing.T, change ...func(*domain.Record)) domain.Record {
	t.Helper()
	m.asked.AssignmentID, m.asked.UserID = id.New(), id.New()
	m.asked.GivenName, m.asked.FamilyName = "Sofia", "Blanc"
	m.asked.TeamConsentID = m.first.Record.ID
	for _, one := range change {
		one(&m.asked)
	}
	return m.stored(t, m.ask(t))
}

func (m team) sameAs(before domain.Record) func(*domain.Record) {
	return func(r *domain.Record) { r.UserID = before.UserID }
}

// The client, and only the client, lets the whole team in: the next name has
// what the team was given, until the same end, and is announced.
func TestTheNextOfATeamIsLetInAndAnnounced(t *testing.T) {
	t.Parallel()
	m := letIn(t)
	m.clock.Advance(time.Hour)
	r := m.next(t)
	require.Equal(t, domain.Given, r.State)
	require.Equal(t, m.first.Record.ID, r.TeamConsentID)
	require.False(t, r.Team, "what follows from it lets nobody else in")
	require.Equal(t, m.first.Record.Granted, r.Granted)
	require.Equal(t, m.first.Record.ExpireTime, r.ExpireTime, "not a week from now")
	require.Equal(t, m.first.Record.ApproverID, r.ApproverID)
	require.Equal(t, m.first.Record.Evidence.TextHash, r.Evidence.TextHash)
	require.Empty(t, r.Evidence.Network)
	require.Equal(t, []string{"requested", "given", "requested", "given"}, m.events(t))
	require.Equal(t, 2, m.count(t, `SELECT count(*) FROM access_grant WHERE state = 'ACTIVE'`))
	mails, err := app.PrepareMail{Deps: m.Deps}.Do(t.Context(), &consentv1.ConsentRequested{Consent: &consentv1.ConsentRef{
		ConsentId: r.ID.Text("cns"), ClientId: r.ClientID.Text("org"),
	}})
	require.NoError(t, err)
	require.Empty(t, mails, "nobody is asked")
}

func TestANamedPersonsYesLetsNobodyElseIn(t *testing.T) {
	t.Parallel()
	b := setup(t)
	m := team{b, b.give(t)}
	require.Equal(t, domain.Requested, m.next(t).State)
}

// Who holds the delegable right alone lets one person in.
func TestTheWholeTeamIsForAdministratorsToLetIn(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.by.By.Administrator = false
	answer := b.yes(t, b.ask(t))
	answer.Team = true
	_, err := app.Approve{Deps: b.Deps}.Decide(t.Context(), answer, b.by)
	require.ErrorIs(t, err, domain.TeamTooWide)
}

// The veto: taking back what one person of the team was given stops that person
// alone, and no yes to the team lets them in again.
func TestAVetoStopsOnePersonOfATeam(t *testing.T) {
	t.Parallel()
	m := letIn(t)
	sofia, other := m.next(t), m.next(t)
	_, err := app.Withdraw{Deps: m.Deps}.Decide(t.Context(), m.withdrawal(sofia.ID))
	require.NoError(t, err)
	require.Equal(t, domain.Given, m.stored(t, other.ID).State)
	require.Equal(t, domain.Given, m.stored(t, m.first.Record.ID).State)
	m.clock.Advance(6 * 24 * time.Hour)
	m.asked.AssignmentID, m.asked.UserID, m.asked.TeamConsentID = id.New(), sofia.UserID, m.first.Record.ID
	_, err = app.RequestConsent{Deps: m.Deps}.Record(t.Context(), m.asked)
	require.Error(t, err, "the cool-down runs")
	require.Equal(t, domain.Given, m.next(t).State, "the next name comes in all the same")
}

func TestAfterAVetoTheApproversAnswer(t *testing.T) {
	t.Parallel()
	m := letIn(t)
	m.Terms.CoolDown = time.Hour
	sofia := m.next(t)
	_, err := app.Withdraw{Deps: m.Deps}.Decide(t.Context(), m.withdrawal(sofia.ID))
	require.NoError(t, err)
	m.clock.Advance(2 * time.Hour)
	require.Equal(t, domain.Requested, m.next(t, m.sameAs(sofia)).State)
}

// Taking the team's yes back takes back all that followed from it, at once; the
// team lets nobody in any more.
func TestTakingATeamsYesBackStopsEverybody(t *testing.T) {
	t.Parallel()
	for name, back := range map[string]func(*testing.T, team){
		"the yes": func(t *testing.T, m team) {
			decided, err := app.Withdraw{Deps: m.Deps}.Decide(t.Context(), m.withdrawal(m.first.Record.ID))
			require.NoError(t, err)
			require.Len(t, decided.Grants, 2, "both ends are waited for")
		},
		"all of the partner": func(t *testing.T, m team) {
			_, err := app.WithdrawAll{Deps: m.Deps}.Decide(t.Context(), app.Sweep{
				ClientID: m.asked.ClientID, PartnerID: m.asked.PartnerID, Actor: m.withdrawal(id.ID{}).Actor,
			})
			require.NoError(t, err)
		},
		"the link, by the partner": func(t *testing.T, m team) {
			_, err := app.TerminateDossier{Deps: m.Deps}.Do(t.Context(), app.Link{
				PartnerID: m.asked.PartnerID, ClientID: m.asked.ClientID,
				By: domain.Actor{Party: domain.ByPartner, ID: id.New()},
			})
			require.Error(t, err, "membership is away: durable, not yet complete")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := letIn(t)
			sofia := m.next(t)
			back(t, m)
			for _, one := range []id.ID{sofia.ID, m.first.Record.ID} {
				require.NotEqual(t, domain.Given, m.stored(t, one).State)
			}
			require.Zero(t, m.count(t, `SELECT count(*) FROM access_grant WHERE state = 'ACTIVE'`))
			require.Equal(t, domain.Requested, m.next(t).State)
		})
	}
}

// C6: a partner that is blocked brings nobody else in; who is in stays until
// stopped.
func TestABlockedPartnersTeamBringsNobodyIn(t *testing.T) {
	t.Parallel()
	m := letIn(t)
	_, err := app.BlockPartner{Deps: m.Deps}.Do(t.Context(), app.Blocking{
		ClientID: m.asked.ClientID, PartnerID: m.asked.PartnerID, Actor: m.withdrawal(id.ID{}).Actor,
	})
	require.NoError(t, err)
	require.Equal(t, 1, m.count(t, `SELECT count(*) FROM consent WHERE team_end_time IS NOT NULL`))
	require.Equal(t, domain.Given, m.stored(t, m.first.Record.ID).State)
}

// R36: a hand-over within the team asks nobody, and swaps both at once; the
// team's yes outlives whom it was asked for.
func TestAHandOverWithinATeamAsksNobody(t *testing.T) {
	t.Parallel()
	m := letIn(t)
	r := m.next(t, func(r *domain.Record) { r.PredecessorID = m.first.Record.ID })
	require.Equal(t, domain.Given, r.State)
	require.Equal(t, domain.Superseded, m.stored(t, m.first.Record.ID).State)
	require.Equal(t, 1, m.count(t, `SELECT count(*) FROM access_grant WHERE state = 'ACTIVE'`))
	require.Equal(t, domain.Given, m.next(t).State)
}

// R40: what has an end of its own lets nobody in after it; nor does what pauses.
func TestATeamsYesEnds(t *testing.T) {
	t.Parallel()
	given := domain.Record{Team: true, State: domain.Given, ExpireTime: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)}
	before, end := given.ExpireTime.Add(-time.Second), given.ExpireTime
	require.True(t, given.TeamStands(before))
	require.False(t, given.TeamStands(end))
	for name, change := range map[string]func(*domain.Record){
		"a named person's": func(r *domain.Record) { r.Team = false },
		"ended":            func(r *domain.Record) { r.TeamEndTime = before },
		"withdrawn":        func(r *domain.Record) { r.State = domain.Withdrawn },
		"invalidated":      func(r *domain.Record) { r.State = domain.Invalidated },
		"paused":           func(r *domain.Record) { r.Lease.Until = before },
	} {
		r := given
		change(&r)
		require.False(t, r.TeamStands(before), name)
	}
}

// Nobody lets themselves in, by a yes to a team either.
func TestNobodyFollowsTheirOwnYesToATeam(t *testing.T) {
	t.Parallel()
	anne := id.New()
	r := domain.Record{ApproverID: anne}
	require.True(t, r.IsApprovedBy(domain.Respondent{UserID: anne}, domain.Asker{UserID: anne}))
	require.True(t, r.IsApprovedBy(domain.Respondent{UserID: anne, Folded: "a@b.example"}, domain.Asker{UserID: id.New(), Folded: "a@b.example"}))
	require.False(t, r.IsApprovedBy(domain.Respondent{UserID: anne, Folded: "a@b.example"}, domain.Asker{UserID: id.New(), Folded: "c@b.example"}))
}

// The partner's side neither lets its team in nor prolongs what ended.
func TestAPartnerLetsNoTeamIn(t *testing.T) { // T-09
	t.Parallel()
	b := setup(t)
	given := b.give(t)
	err := b.DB.InTenant(t.Context(), b.asked.PartnerID, func(ctx context.Context, tx pg.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE consent SET team = true, version = version + 1 WHERE id = $1`, given.Record.ID)
		return err
	})
	require.ErrorContains(t, err, "whom a yes lets in")
}
