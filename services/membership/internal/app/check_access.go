package app

import (
	"context"

	"github.com/aval-access/aval/services/kit/authz"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/membership/internal/domain"
	"github.com/aval-access/aval/services/membership/internal/enum"
)

// Decisions answers questions: from the tables now, from memory in a decision
// replica. An error means that there is no answer now; it is never a yes.
type Decisions interface {
	// Decide answers one question.
	Decide(ctx context.Context, q domain.Question) (domain.Answer, error)
	// DecideAll answers in the order of the questions, at one instant.
	DecideAll(ctx context.Context, questions []domain.Question) ([]domain.Answer, error)
}

// CheckAccess is the decision as callers may ask for it.
type CheckAccess struct{ Decisions Decisions }

// Asker is a person who asks; the zero Asker is a workload, which may ask
// about anybody.
type Asker struct{ UserID, OrganizationID id.ID }

// One answers one question.
func (c CheckAccess) One(ctx context.Context, asker Asker, q domain.Question) (domain.Answer, error) {
	if err := asker.mayAsk(q); err != nil {
		return domain.Answer{}, err
	}
	return c.Decisions.Decide(ctx, q)
}

// All answers several; one question that may not be asked refuses all.
func (c CheckAccess) All(ctx context.Context, asker Asker, questions []domain.Question) ([]domain.Answer, error) {
	for _, q := range questions {
		if err := asker.mayAsk(q); err != nil {
			return nil, err
		}
	}
	return c.Decisions.DecideAll(ctx, questions)
}

// Decide answers the permissions in the methods' rules: by membership alone,
// no grant reaches Aval itself.
func (c CheckAccess) Decide(ctx context.Context, q authz.Question) (bool, error) {
	answer, err := c.Decisions.Decide(ctx, domain.Question{
		SubjectID: q.UserID, AccountID: q.OrganizationID, Feature: q.Feature, Level: enum.LevelWord(q.Level),
	})
	if err != nil {
		return false, err
	}
	return answer.Allowed() && answer.Source == domain.FromMembership, nil
}

// mayAsk: a person asks about themselves, in the organisation they act in.
func (a Asker) mayAsk(q domain.Question) error {
	if a == (Asker{}) {
		return nil
	}
	if q.SubjectID != a.UserID || q.AccountID != a.OrganizationID {
		return fault.NotFound()
	}
	return nil
}
