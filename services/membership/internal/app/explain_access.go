package app

import (
	"context"

	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/domain"
	"github.com/aval-access/aval/services/membership/internal/postgres"
)

// ExplainAccess answers a question with the way through the rules.
type ExplainAccess struct {
	DB        *pg.DB
	Decisions Decisions
}

// Explained is a decision and its steps.
type Explained struct {
	Answer domain.Answer
	Steps  []domain.Step
}

// Do explains; organization is that of the person who asks, about it alone, and
// zero for workloads.
func (e ExplainAccess) Do(ctx context.Context, organization id.ID, q domain.Question) (Explained, error) {
	if !organization.IsZero() && organization != q.AccountID {
		return Explained{}, fault.NotFound()
	}
	answer, err := e.Decisions.Decide(ctx, q)
	if err != nil {
		return Explained{}, err
	}
	found, err := pg.InSystem(ctx, e.DB, "explaining a decision", func(ctx context.Context, tx pg.Tx) (domain.Case, error) {
		return postgres.FindCase(ctx, tx, q)
	})
	return Explained{Answer: answer, Steps: found.Explain()}, err
}
