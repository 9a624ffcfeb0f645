package app_test

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/app"
	"github.com/aval-access/aval/services/membership/internal/domain"
	"github.com/aval-access/aval/services/membership/internal/wording"
)

func (b *bundle) explain(q domain.Question) app.Explained {
	b.Helper()
	out, err := app.ExplainAccess{DB: b.db, Decisions: b.check.Decisions}.Do(b.Context(), id.ID{}, q)
	require.NoError(b, err)
	return out
}

func (b *bundle) codes(q domain.Question) (codes []domain.StepCode) {
	b.Helper()
	for _, step := range b.explain(q).Steps {
		require.NotEmpty(b, wording.Step(step, "fr"))
		require.NotEqual(b, wording.Step(step, "fr"), wording.Step(step, "en"))
		codes = append(codes, step.Code)
	}
	return codes
}

func TestAnExplanationNamesTheRuleThatSpoke(t *testing.T) {
	t.Parallel()
	b := setup(t)
	org, owner := b.organization(domain.Client)
	m := b.join(org, owner, b.person("a@example.com"), member(domain.Rights{"management": 3}))
	ask := func(user id.ID, feature string) domain.Question {
		return domain.Question{SubjectID: user, AccountID: org, Feature: feature, Level: domain.LevelGuest}
	}
	require.Equal(t, []domain.StepCode{domain.StepMember, domain.StepRole}, b.codes(ask(owner.UserID, "sms")))
	require.Equal(t, []domain.StepCode{domain.StepMember, domain.StepLine}, b.codes(ask(m.Person.UserID, "management/quotes")))
	require.Equal(t, []domain.StepCode{domain.StepMember, domain.StepNoLine}, b.codes(ask(m.Person.UserID, "sms")))
	require.Equal(t, []domain.StepCode{domain.StepNothing}, b.codes(ask(id.New(), "sms")))
	require.Equal(t, []domain.StepCode{domain.StepFeatureUnknown}, b.codes(ask(owner.UserID, "nothing")))
	_, err := b.suspend(m, owner)
	require.NoError(t, err)
	require.Equal(t, []domain.StepCode{domain.StepMember, domain.StepMemberSuspended}, b.codes(ask(m.Person.UserID, "management")))

	_, err = app.ExplainAccess{DB: b.db, Decisions: b.check.Decisions}.Do(t.Context(), id.New(), ask(owner.UserID, "sms"))
	require.Error(t, err, "a person asks about their own organisation alone")
}

// The explanation goes the decision's way: a yes passes every step, a no stops
// at one, whatever the case.
func TestAnExplanationAgreesWithTheDecision(t *testing.T) {
	t.Parallel()
	v := setupVisit(t)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 1))
	visits := []id.ID{{}, v.opened().ID}
	paths := []string{
		"management", "management/invoices", "accounting", "accounting/bank", "account/invoices", "spending", "sms", "nothing",
	}
	pick := func() string { return paths[random.IntN(len(paths))] }
	for version := int64(2); version < 60; version++ {
		grant := v.grant
		grant.Version, grant.Rights = version, domain.Rights{pick(): domain.Level(1 + random.IntN(4)), pick(): domain.Level(1 + random.IntN(4))}
		v.apply(grant)
		for range 6 {
			q := domain.Question{
				SubjectID: v.collaborator.UserID, AccountID: v.client, Feature: pick(), Level: domain.Level(2 + random.IntN(3)),
				SupportSessionID: visits[random.IntN(len(visits))],
			}
			explained := v.explain(q)
			passed := len(explained.Steps) > 0
			for _, step := range explained.Steps {
				passed = passed && step.Passed
			}
			require.Equal(t, explained.Answer.Allowed(), passed, "%+v %+v", q, explained)
		}
	}
	v.check.Decisions = failing{}
	_, err := app.ExplainAccess{DB: v.db, Decisions: failing{}}.Do(t.Context(), id.ID{}, domain.Question{})
	require.Error(t, err, "no decision, no explanation")
}

// failing decides nothing.
type failing struct{ app.Decisions }

func (failing) Decide(context.Context, domain.Question) (domain.Answer, error) {
	return domain.Answer{}, pg.ErrNoRows
}
