package app

import (
	"context"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
	"github.com/aval-access/aval/services/peer"
)

// People is what partner support holds about a person, at every partner.
type People struct{ Deps }

// Forget empties it. Assignments end by the ends of the memberships.
func (u People) Forget(ctx context.Context, tx pg.Tx, user id.ID) error {
	return postgres.ForgetPerson(ctx, tx, user)
}

// Data gathers it.
func (u People) Data(ctx context.Context, user id.ID) (map[string]any, error) {
	out := map[string]any{}
	return out, u.DB.InSystem(ctx, "gathering a person's data", func(ctx context.Context, tx pg.Tx) error {
		for kind, statement := range map[string]pg.Statement{
			"collaborations": postgres.CollaborationsOf(user), "tags": postgres.TagsOf(user),
			"visits": postgres.VisitsOf(user),
		} {
			records, err := peer.Records(ctx, tx, statement)
			if err != nil {
				return err
			}
			out[kind] = records
		}
		return nil
	})
}
