package app_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/email"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/pgtest"
	"github.com/aval-access/aval/services/kit/token"
	"github.com/aval-access/aval/services/membership/internal/app"
	"github.com/aval-access/aval/services/membership/internal/domain"
	"github.com/aval-access/aval/services/membership/internal/postgres"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

const week = 7 * 24 * time.Hour

// bundle is membership's use cases on a fresh database.
type bundle struct {
	*testing.T
	db    *pg.DB
	clock *clock.Manual
	deps  app.Deps
	check app.CheckAccess
}

func setup(t *testing.T) *bundle {
	t.Helper()
	db := pgtest.DB(t, "membership", postgres.Migrations)
	now := clock.NewManual(clock.System{}.Now())
	return &bundle{
		T: t, db: db, clock: now,
		deps:  app.Deps{Clock: now, NewID: id.New, InvitationLife: week},
		check: app.CheckAccess{Decisions: postgres.NewDecisions(db)},
	}
}

func (b *bundle) tenant(tenant id.ID, fn pg.Func) error {
	return b.db.InTenant(b.Context(), tenant, fn)
}

func (b *bundle) system(fn pg.Func) error { return b.db.InSystem(b.Context(), "test", fn) }

// organization is made by the operator; its owner has accepted.
func (b *bundle) organization(kind domain.OrganizationKind) (org id.ID, owner domain.Person) {
	b.Helper()
	owner = b.person(id.New().String() + "@example.com")
	org, invitation := b.create(kind, owner.Email)
	_, err := b.accept(b.mail(invitation), owner)
	require.NoError(b, err)
	return org, owner
}

func (b *bundle) create(kind domain.OrganizationKind, ownerEmail string) (id.ID, domain.Invitation) {
	b.Helper()
	org := id.New()
	var invitation domain.Invitation
	require.NoError(b, b.tenant(org, func(ctx context.Context, tx pg.Tx) (err error) {
		_, invitation, err = app.CreateOrganization{Deps: b.deps}.Do(ctx, tx, app.CreateOrganizationInput{
			Organization: domain.Organization{
				ID: org, Kind: kind, Locale: "fr", Level1Support: kind == domain.Partner,
				Identification: domain.Identification{LegalName: "Cabinet Dupont", RegistrationNumber: "123456789"},
			},
			Owner: domain.Invitee{Email: ownerEmail},
		})
		return err
	}))
	return org, invitation
}

func (b *bundle) person(address string) domain.Person {
	b.Helper()
	parsed, err := email.Parse(address)
	require.NoError(b, err)
	return domain.Person{UserID: id.New(), Email: parsed.Stored(), EmailKey: parsed.Key(), Locale: "fr"}
}

// invite has the owner or administrator invite an address.
func (b *bundle) invite(org id.ID, inviter domain.Person, address string, offer domain.Offer) (i domain.Invitation, err error) {
	b.Helper()
	out, err := b.ask(org, inviter, app.CreateInvitationInput{Wanted: wanted(address, offer)})
	return out.Invitation, err
}

// ask is invite with all that can be asked and answered.
func (b *bundle) ask(org id.ID, inviter domain.Person, in app.CreateInvitationInput) (out app.Invited, err error) {
	b.Helper()
	in.OrganizationID, in.InviterID = org, inviter.UserID
	err = b.tenant(org, func(ctx context.Context, tx pg.Tx) (err error) {
		out, err = app.CreateInvitation{Deps: b.deps}.Do(ctx, tx, in)
		return err
	})
	return out, err
}

func wanted(address string, offer domain.Offer) app.Wanted {
	return app.Wanted{Invitee: domain.Invitee{Email: address, GivenName: "Alix", FamilyName: "Roy"}, Offer: offer}
}

// expire lets an invitation's time run out: it is the database's clock that
// counts.
func (b *bundle) expire(i domain.Invitation) {
	b.Helper()
	require.NoError(b, b.system(func(ctx context.Context, tx pg.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE invitation SET expire_time = clock_timestamp() WHERE id = $1", i.ID)
		return err
	}))
}

// join invites a person and has them accept.
func (b *bundle) join(org id.ID, inviter, who domain.Person, offer domain.Offer) domain.Membership {
	b.Helper()
	i, err := b.invite(org, inviter, who.Email, offer)
	require.NoError(b, err)
	m, err := b.accept(b.mail(i), who)
	require.NoError(b, err)
	return m
}

// mail gives the link of a freshly prepared mail.
func (b *bundle) mail(i domain.Invitation) string {
	b.Helper()
	mail := b.prepare(i, i.Generation)
	require.NotNil(b, mail)
	return mail.Link.String()
}

func (b *bundle) prepare(i domain.Invitation, generation int32) (mail *app.InvitationMail) {
	b.Helper()
	require.NoError(b, b.tenant(i.OrganizationID, func(ctx context.Context, tx pg.Tx) (err error) {
		link := postgres.Link{OrganizationID: i.OrganizationID, InvitationID: i.ID}
		mail, err = app.PrepareMail{Deps: b.deps}.Do(ctx, tx, link, generation)
		return err
	}))
	return mail
}

func (b *bundle) links() app.FollowLink { return app.FollowLink{Deps: b.deps, DB: b.db} }

func (b *bundle) accept(token string, who domain.Person) (m domain.Membership, err error) {
	b.Helper()
	followed, err := b.links().Resolve(b.Context(), token)
	if err != nil {
		return m, err
	}
	err = b.tenant(followed.Link.OrganizationID, func(ctx context.Context, tx pg.Tx) (err error) {
		m, err = app.AcceptInvitation{Deps: b.deps}.ByLink(ctx, tx, followed, who)
		return err
	})
	return m, err
}

func (b *bundle) change(i domain.Invitation, actor domain.Person, cancel bool) (out domain.Invitation, err error) {
	b.Helper()
	err = b.tenant(i.OrganizationID, func(ctx context.Context, tx pg.Tx) (err error) {
		in := app.ChangeInvitationInput{OrganizationID: i.OrganizationID, InvitationID: i.ID, ActorID: actor.UserID}
		use := app.ChangeInvitation{Deps: b.deps}
		if cancel {
			out, err = use.Cancel(ctx, tx, in)
			return err
		}
		out, err = use.Renew(ctx, tx, in)
		return err
	})
	return out, err
}

// subjects lists the facts about an aggregate, in the order they happened.
func (b *bundle) subjects(aggregate id.ID) (subjects []string) {
	b.Helper()
	require.NoError(b, b.system(func(ctx context.Context, tx pg.Tx) error {
		rows, err := tx.Query(ctx, `
SELECT subject
FROM outbox
WHERE aggregate_id = @id
ORDER BY position
LIMIT 100`, pgx.NamedArgs{"id": aggregate})
		if err != nil {
			return err
		}
		subjects, err = pgx.CollectRows(rows, pgx.RowTo[string])
		return err
	}))
	return subjects
}

func newToken() token.Token { return token.New(token.Invitation) }
