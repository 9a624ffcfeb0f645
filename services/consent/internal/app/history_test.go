package app_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/consent/internal/app"
	"github.com/aval-access/aval/services/consent/internal/postgres"
	"github.com/aval-access/aval/services/kit/bus"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/idempotency"
	"github.com/aval-access/aval/services/kit/pg"
)

// hear applies an event as the consumers do.
func (b *bundle) hear(t *testing.T, eventID id.ID, message proto.Message) {
	t.Helper()
	subject, err := bus.SubjectOf(message)
	require.NoError(t, err)
	require.NoError(t, app.RecordFact{Deps: b.Deps}.Do(t.Context(), bus.Event{
		ID: eventID, Subject: subject, Time: b.clock.Now(), Message: message,
	}))
}

func (b *bundle) history(t *testing.T, r postgres.Range) []postgres.NamedEntry {
	t.Helper()
	r.Limit = 100
	if r.AccountID.IsZero() {
		r.AccountID = b.asked.ClientID
	}
	var list []postgres.NamedEntry
	require.NoError(t, b.DB.InTenant(t.Context(), r.AccountID, func(ctx context.Context, tx pg.Tx) (err error) {
		list, err = postgres.History{}.List(ctx, tx, r)
		return err
	}))
	return list
}

func (b *bundle) ref(consent id.ID) *consentv1.ConsentRef {
	return &consentv1.ConsentRef{
		ConsentId: consent.Text("cns"), AssignmentId: b.asked.AssignmentID.Text("asg"), ClientId: b.asked.ClientID.Text("org"),
		PartnerId: b.asked.PartnerID.Text("org"), UserId: b.asked.UserID.Text("usr"),
	}
}

func TestAFactIsWrittenOnce(t *testing.T) { // R110
	t.Parallel()
	b := setup(t)
	given := b.give(t)
	event := id.New()
	for range 3 {
		b.hear(t, event, &consentv1.ConsentGiven{Consent: b.ref(given.Record.ID), ActorId: b.by.By.UserID.Text("usr")})
	}
	list := b.history(t, postgres.Range{})
	require.Len(t, list, 1)
	require.Equal(t, "Anne Petit", list[0].ActorName)
	require.Equal(t, "Karim Haddad", list[0].SubjectName)
	require.Equal(t, "Cabinet Martin", list[0].PartnerName)
	require.True(t, list[0].ActingForID.IsZero(), "the client acted for itself")
}

func TestFactsOfEveryContextReachTheAccount(t *testing.T) {
	t.Parallel()
	b := setup(t)
	client, partner, user := b.asked.ClientID.Text("org"), b.asked.PartnerID.Text("org"), b.asked.UserID.Text("usr")
	actor := b.asked.RequesterID.Text("usr")
	facts := []proto.Message{
		&membershipv1.OrganizationCreated{OrganizationId: client},
		&membershipv1.InvitationCreated{OrganizationId: client, InvitationId: id.New().Text("inv")},
		&membershipv1.InvitationRenewed{OrganizationId: client},
		&membershipv1.InvitationCancelled{OrganizationId: client, ActorId: actor},
		&membershipv1.MembershipStarted{OrganizationId: client, UserId: actor},
		&membershipv1.MembershipEnded{OrganizationId: client, UserId: actor},
		&partnersupportv1.DossierActivated{ClientId: client, PartnerId: partner},
		&partnersupportv1.AssignmentCreated{ClientId: client, PartnerId: partner, UserId: user, ActorId: actor},
		&partnersupportv1.AssignmentEnded{ClientId: client, PartnerId: partner, UserId: user},
		&partnersupportv1.SupportSessionStarted{ClientId: client, PartnerId: partner, UserId: user, SupportSessionId: id.New().Text("sup")},
		&partnersupportv1.SupportSessionEnded{ClientId: client, PartnerId: partner, UserId: user},
		&consentv1.ConsentRequested{Consent: b.ref(id.New())},
		&consentv1.ConsentReminded{Consent: b.ref(id.New())},
		&consentv1.ConsentRefused{Consent: b.ref(id.New()), ActorId: actor},
		&consentv1.ConsentPostponed{Consent: b.ref(id.New()), ActorId: actor},
		&consentv1.ConsentEnded{Consent: b.ref(id.New()), State: consentv1.ConsentState_CONSENT_STATE_WITHDRAWN},
	}
	for _, fact := range facts {
		b.hear(t, id.New(), fact)
	}
	b.hear(t, id.New(), &identityv1.UserRegistered{UserId: user}) // touches no account
	list := b.history(t, postgres.Range{})
	require.Len(t, list, len(facts))
	require.Equal(t, "aval.consent.v1.consent.ended#WITHDRAWN", newest(list, "aval.consent.v1.consent.ended").Action)
	require.Equal(t, b.asked.PartnerID, newest(list, "aval.partnersupport.v1.support_session.started").ActingForID)
	require.Empty(t, b.history(t, postgres.Range{AccountID: id.New()}))
}

func newest(list []postgres.NamedEntry, prefix string) postgres.NamedEntry {
	for _, e := range list {
		if len(e.Action) >= len(prefix) && e.Action[:len(prefix)] == prefix {
			return e
		}
	}
	return postgres.NamedEntry{}
}

func TestAMalformedFactIsPutAside(t *testing.T) {
	t.Parallel()
	b := setup(t)
	err := app.RecordFact{Deps: b.Deps}.Do(t.Context(), bus.Event{
		ID: id.New(), Subject: "x", Message: &membershipv1.OrganizationCreated{OrganizationId: "org_nonsense"},
	})
	require.ErrorIs(t, err, id.ErrMalformed)
}

func TestActivityIsAttributedAndTakenOnce(t *testing.T) { // R6, R110
	t.Parallel()
	b := setup(t)
	given := b.give(t)
	entry := func(request string) postgres.Entry {
		return postgres.Entry{
			AccountID: b.asked.ClientID, ID: id.New(), ActorID: b.asked.UserID, SupportSessionID: id.New(),
			Feature: "management/invoices", Action: "invoice.opened", Object: "F-2026-11", Outcome: postgres.Done,
			Source: "spiffe://aval.local/ns/aval/sa/demo-product", RequestID: request,
		}
	}
	record := func(entries ...postgres.Entry) int {
		n, err := app.RecordActivity{Deps: b.Deps}.Do(t.Context(), idempotency.Key{}, entries)
		require.NoError(t, err)
		return n
	}
	require.Equal(t, 2, record(entry("r1"), entry("r2")))
	require.Equal(t, 1, record(entry("r1"), entry("r3")), "r1 is known")
	require.Equal(t, 2, record(entry(""), entry("")), "without an id nothing is the same")
	other := entry("r1")
	other.Source = "spiffe://aval.local/ns/aval/sa/other"
	require.Equal(t, 1, record(other), "another product's r1 is another")

	own := entry("")
	own.SupportSessionID, own.ActorID = id.ID{}, b.by.By.UserID
	own.Time = b.clock.Now().Add(-time.Hour)
	require.Equal(t, 1, record(own))

	list := b.history(t, postgres.Range{})
	require.Len(t, list, 7)
	require.Equal(t, "Karim Haddad", list[0].ActorName)
	require.Equal(t, b.asked.PartnerID, list[0].ActingForID)
	require.Equal(t, given.Record.ID, list[0].ConsentID)
	require.Equal(t, given.Grants[0].ID, list[0].GrantID)
	require.True(t, list[6].ActingForID.IsZero(), "the account's own people act for themselves")

	require.Len(t, b.history(t, postgres.Range{ActorID: b.by.By.UserID}), 1)
	require.Len(t, b.history(t, postgres.Range{Start: b.clock.Now()}), 6)
	require.Len(t, b.history(t, postgres.Range{End: b.clock.Now()}), 1)
	require.Len(t, b.history(t, postgres.Range{AfterTime: list[2].Time, AfterID: list[2].ID}), 4)
}

func TestActivityIsAttributedToThePartnerOfItsVisit(t *testing.T) { // R6
	t.Parallel()
	b := setup(t)
	first := b.give(t)
	visit := id.New()
	b.hear(t, id.New(), &partnersupportv1.SupportSessionStarted{
		ClientId: b.asked.ClientID.Text("org"), PartnerId: b.asked.PartnerID.Text("org"), UserId: b.asked.UserID.Text("usr"),
		ConsentId: first.Record.ID.Text("cns"), SupportSessionId: visit.Text("sup"),
	})
	// The same freelancer is let in for another partner, later.
	b.clock.Advance(time.Hour)
	b.asked.PartnerID, b.asked.AssignmentID = id.New(), id.New()
	second := b.give(t)
	entry := postgres.Entry{
		AccountID: b.asked.ClientID, ID: id.New(), ActorID: b.asked.UserID, SupportSessionID: visit,
		Feature: "management/invoices", Action: "invoice.opened", Outcome: postgres.Done, Source: "spiffe://aval.local/x",
	}
	unknown := entry
	unknown.ID, unknown.SupportSessionID = id.New(), id.New()
	_, err := app.RecordActivity{Deps: b.Deps}.Do(t.Context(), idempotency.Key{}, []postgres.Entry{entry, unknown})
	require.NoError(t, err)
	given := map[id.ID]id.ID{}
	for _, e := range b.history(t, postgres.Range{}) {
		given[e.ID] = e.ConsentID
	}
	require.Equal(t, first.Record.ID, given[entry.ID])
	require.Equal(t, second.Record.ID, given[unknown.ID], "nothing is known of its beginning")
}

func TestAProductCannotSayWhatAvalSays(t *testing.T) { // R110
	t.Parallel()
	b := setup(t)
	_, err := app.RecordActivity{Deps: b.Deps}.Do(t.Context(), idempotency.Key{}, []postgres.Entry{{
		ID: id.New(), AccountID: b.asked.ClientID, ActorID: id.New(), Action: "aval.consent.v1.consent.given",
		Outcome: postgres.Done, Source: "spiffe://aval.local/ns/products/sa/demo-product",
	}})
	require.True(t, fault.Is(err, reasonv1.Reason_REASON_INVALID_ARGUMENT))
	require.Empty(t, b.history(t, postgres.Range{}))
}
