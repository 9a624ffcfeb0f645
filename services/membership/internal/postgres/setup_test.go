package postgres_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/pgtest"
	"github.com/aval-access/aval/services/membership/internal/domain"
	"github.com/aval-access/aval/services/membership/internal/postgres"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// bundle is a fresh database with what tests put into it.
type bundle struct {
	*testing.T
	db        *pg.DB
	decisions postgres.Decisions
}

func setup(t *testing.T) *bundle {
	t.Helper()
	db := pgtest.DB(t, "membership", postgres.Migrations)
	return &bundle{T: t, db: db, decisions: postgres.NewDecisions(db)}
}

func (b *bundle) system(fn pg.Func) {
	b.Helper()
	require.NoError(b, b.db.InSystem(b.Context(), "test", fn))
}

func (b *bundle) exec(sql string, args ...any) {
	b.Helper()
	b.system(func(ctx context.Context, tx pg.Tx) error {
		_, err := tx.Exec(ctx, sql, args...)
		return err
	})
}

func (b *bundle) organization(kind domain.OrganizationKind) id.ID {
	b.Helper()
	org := domain.Organization{
		ID: id.New(), Kind: kind, Locale: "fr", State: domain.Active, CreateTime: clock.System{}.Now(),
		Identification: domain.Identification{LegalName: "Cabinet Dupont"},
	}
	require.NoError(b, b.db.InTenant(b.Context(), org.ID, func(ctx context.Context, tx pg.Tx) error {
		return postgres.InsertOrganization(ctx, tx, org)
	}))
	return org.ID
}

func (b *bundle) member(organization, user id.ID, offer domain.Offer) domain.Membership {
	b.Helper()
	if offer.Rights == nil {
		offer.Rights = domain.Rights{}
	}
	address := user.String() + "@example.com"
	m := domain.Membership{
		ID: id.New(), OrganizationID: organization, GivenName: "Camille", FamilyName: "Martin", Offer: offer,
		Person:     domain.Person{UserID: user, Email: address, EmailKey: address, Locale: "fr"},
		CreateTime: clock.System{}.Now(), Version: 1,
	}
	require.NoError(b, b.db.InTenant(b.Context(), organization, func(ctx context.Context, tx pg.Tx) error {
		return postgres.InsertMember(ctx, tx, m)
	}))
	return m
}

func (b *bundle) invitation(organization id.ID, key string) domain.Invitation {
	b.Helper()
	i := domain.Invite(domain.Invitation{
		ID: id.New(), OrganizationID: organization,
		Invitee: domain.Invitee{Email: key, EmailKey: key},
		Offer:   domain.Offer{Role: domain.Member, Rights: domain.Rights{}},
	}, domain.Term{Now: clock.System{}.Now(), Default: time.Hour})
	require.NoError(b, b.db.InTenant(b.Context(), organization, func(ctx context.Context, tx pg.Tx) error {
		stored, err := postgres.InsertInvitation(ctx, tx, i)
		require.True(b, stored)
		return err
	}))
	return i
}

// support is a collaborator of a partner with a grant in a client's account
// and a session under it.
type support struct {
	client, partner id.ID
	member          domain.Membership
	grant           domain.Grant
	session         domain.SupportSession
}

func (b *bundle) support(rights domain.Rights) support {
	b.Helper()
	user := id.New()
	s := support{client: b.organization(domain.Client), partner: b.organization(domain.Partner)}
	s.member = b.member(s.partner, user, domain.Offer{Role: domain.Member, PartnerRole: domain.TechnicalSupport})
	s.grant = domain.Grant{
		ID: id.New(), SubjectID: user, AccountID: s.client, PartnerID: s.partner, ConsentID: id.New(),
		PartnerRole: domain.TechnicalSupport, Rights: rights, Version: 1,
	}
	s.session = domain.SupportSession{
		ID: id.New(), SubjectID: user, AccountID: s.client, PartnerID: s.partner, GrantID: s.grant.ID,
		ExpireTime: clock.System{}.Now().Add(time.Hour),
	}
	b.system(func(ctx context.Context, tx pg.Tx) error {
		if _, err := postgres.UpsertGrants(ctx, tx, []domain.Grant{s.grant}); err != nil {
			return err
		}
		return postgres.InsertSession(ctx, tx, s.session)
	})
	return s
}

func (s support) question(feature string, level domain.Level) domain.Question {
	return domain.Question{
		SubjectID: s.grant.SubjectID, AccountID: s.client, Feature: feature, Level: level, SupportSessionID: s.session.ID,
	}
}

func (b *bundle) decide(q domain.Question) domain.Answer {
	b.Helper()
	answer, err := b.decisions.Decide(b.Context(), q)
	require.NoError(b, err)
	return answer
}
