package app_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/consent/internal/app"
	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/consent/internal/postgres"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/token"
)

// grouping is setup with mails that wait for each other.
func grouping(t *testing.T) *bundle {
	t.Helper()
	b := setup(t)
	b.Terms.Grouping = 10 * time.Minute
	return b
}

// askClient asks another client of the same partner for somebody new.
func (b *bundle) askClient(t *testing.T, approvers ...id.ID) id.ID {
	t.Helper()
	consent, err := app.RequestConsent{Deps: b.Deps}.Record(t.Context(), request(id.New(), b.asked.PartnerID), approvers...)
	require.NoError(t, err)
	return consent
}

// departures are those of an approver, the oldest plan first.
func (b *bundle) departures(t *testing.T, approver id.ID) []domain.Departure {
	t.Helper()
	var out []domain.Departure
	require.NoError(t, b.DB.InSystem(t.Context(), "test", func(ctx context.Context, tx pg.Tx) error {
		rows, err := tx.Query(ctx, "SELECT id FROM mail_departure WHERE recipient_id = $1 ORDER BY plan_time, id", approver)
		if err != nil {
			return err
		}
		var ids []id.ID
		for rows.Next() {
			var one id.ID
			if err := rows.Scan(&one); err != nil {
				return err
			}
			ids = append(ids, one)
		}
		for _, one := range ids {
			d, err := postgres.Departures{}.ByID(ctx, tx, one)
			if err != nil {
				return err
			}
			out = append(out, d)
		}
		return rows.Err()
	}))
	return out
}

func (b *bundle) run(t *testing.T, d domain.Departure) {
	t.Helper()
	require.NoError(t, app.Depart{Deps: b.Deps}.Run(t.Context(), app.DepartMail{PartnerID: d.PartnerID, DepartureID: d.ID}))
}

func (b *bundle) takes(t *testing.T, d domain.Departure) []id.ID {
	t.Helper()
	var out []id.ID
	require.NoError(t, b.DB.InTenant(t.Context(), d.PartnerID, func(ctx context.Context, tx pg.Tx) error {
		records, err := postgres.Consents{}.OfDeparture(ctx, tx, d, 10)
		for _, r := range records {
			out = append(out, r.ID)
		}
		return err
	}))
	return out
}

const departed = "aval.consent.v1.request_mail.departed"

// R22, C6: requests of one partner to one approver, for several companies, leave
// in one mail once the time of grouping is over; done again, nothing leaves.
func TestRequestsOfOnePartnerLeaveTogether(t *testing.T) {
	t.Parallel()
	b := grouping(t)
	approver, colleague := id.New(), id.New()
	first := b.askClient(t, approver)
	b.clock.Advance(5 * time.Minute)
	second := b.askClient(t, approver, colleague)
	waiting := b.departures(t, approver)
	require.Len(t, waiting, 1)
	require.Equal(t, b.clock.Now().Add(5*time.Minute), waiting[0].PlanTime, "ten minutes from the first")
	require.ElementsMatch(t, []id.ID{first, second}, b.takes(t, waiting[0]))
	require.Len(t, b.departures(t, colleague), 1)
	require.Equal(t, 2, b.planned(t, "depart_mail"), "a job for each approver")

	b.run(t, waiting[0])
	require.Equal(t, []string{"requested", "requested"}, b.events(t), "too early, and planned again")
	b.clock.Advance(5 * time.Minute)
	b.run(t, waiting[0])
	b.run(t, waiting[0])
	require.Equal(t, []string{"requested", "requested", departed}, b.events(t))

	b.askClient(t, approver)
	next := b.departures(t, approver)
	require.Len(t, next, 2)
	require.Equal(t, b.clock.Now().Add(day), next[1].PlanTime, "one a day")
}

// C6: a departure that was planned before another left waits for its day.
func TestADepartureThatComesTooEarlyIsPlannedAnew(t *testing.T) {
	t.Parallel()
	b := grouping(t)
	approver := id.New()
	for range domain.DeparturesCounted {
		b.askClient(t, approver)
		b.clock.Advance(day)
		all := b.departures(t, approver)
		b.run(t, all[len(all)-1])
	}
	b.askClient(t, approver)
	all := b.departures(t, approver)
	sixth := all[len(all)-1]
	require.Equal(t, all[0].LeaveTime.Add(week), sixth.PlanTime, "five a week")
	b.clock.Advance(day)
	b.run(t, sixth)
	require.Len(t, b.events(t), 2*domain.DeparturesCounted+1, "the sixth has not left")
	b.clock.Advance(week)
	b.run(t, sixth)
	require.Len(t, b.events(t), 2*domain.DeparturesCounted+2)
}

// R28: who stands at the door waits for no other mail, and has the request
// mailed once: the departure goes without it.
func TestEnteringOvertakesTheDeparture(t *testing.T) {
	t.Parallel()
	b := grouping(t)
	approver := id.New()
	consent := b.askClient(t, approver)
	reminded, err := app.Remind{Deps: b.Deps}.Do(t.Context(), b.asked.PartnerID, consent)
	require.NoError(t, err)
	require.True(t, reminded.Mailed)
	again, err := app.Remind{Deps: b.Deps}.Do(t.Context(), b.asked.PartnerID, consent)
	require.NoError(t, err)
	require.False(t, again.Mailed, "one mail a day")
	require.Equal(t, []string{"requested", "reminded"}, b.events(t))
	require.Empty(t, b.takes(t, b.departures(t, approver)[0]))
}

// R128: the link of a departure opens what it took along, and nothing else.
func TestALinkToSeveralOpensThoseAlone(t *testing.T) {
	t.Parallel()
	b := grouping(t)
	approver := id.New()
	inside, outside := b.askClient(t, approver), b.askClient(t, id.New())
	secret := token.New(token.Consent)
	text, link := secret.String(), postgres.Link{
		Hash: secret.Hash(), DepartureID: b.departures(t, approver)[0].ID, RecipientID: approver, Locale: "fr",
		CreateTime: b.clock.Now(), ExpireTime: b.clock.Now().Add(day),
	}
	require.NoError(t, b.DB.InTenant(t.Context(), b.asked.PartnerID, func(ctx context.Context, tx pg.Tx) error {
		return postgres.Links{}.Insert(ctx, tx, []postgres.Link{link})
	}))
	opened, err := b.OpenRequest(t.Context(), text, inside)
	require.NoError(t, err)
	require.Equal(t, inside, opened.ConsentID)
	require.False(t, opened.ClientID.IsZero())
	require.Equal(t, link.DepartureID, opened.Proof(), "one code for all")
	for _, one := range []id.ID{outside, id.New(), {}} {
		_, err := b.OpenRequest(t.Context(), text, one)
		require.Error(t, err)
	}
	require.Equal(t, approver, opened.RecipientID)
}
