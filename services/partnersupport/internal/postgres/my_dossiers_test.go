package postgres_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
)

// R95 R97: whoever helps clients of several firms finds every dossier that they
// may enter, and no other, by client name.
func TestAPersonsDossiersAreThoseThatTheyMayEnter(t *testing.T) {
	t.Parallel()
	db := setup(t)
	first, second := newWorld(1), newWorld(2)
	second.collaborator.UserID, second.dossier.SortName = first.collaborator.UserID, "zoe"
	first.store(t, db)
	second.store(t, db)
	newWorld(3).store(t, db)
	list := func(l postgres.MyDossierList) (out []id.ID) {
		l.User, l.Limit = first.collaborator.UserID, 10
		require.NoError(t, db.InSystem(t.Context(), "test", func(ctx context.Context, tx pg.Tx) error {
			found, err := postgres.MyDossiers(ctx, tx, l)
			for _, d := range found {
				out = append(out, d.ID)
			}
			return err
		}))
		return out
	}
	both := postgres.MyDossierList{Partners: []id.ID{first.partner(), second.partner()}}
	require.Equal(t, []id.ID{first.dossier.ID, second.dossier.ID}, list(both))
	require.Equal(t, []id.ID{second.dossier.ID}, list(postgres.MyDossierList{Partners: []id.ID{second.partner()}}))
	require.Empty(t, list(postgres.MyDossierList{}), "of no partner")

	searched, later := both, both
	searched.Search = "fr 552"
	require.Len(t, list(searched), 2, "the number")
	searched.Search = "lan sa"
	require.Equal(t, []id.ID{first.dossier.ID}, list(searched), "the name as it is sorted")
	searched.Search = "nobody"
	require.Empty(t, list(searched))
	later.After = &postgres.DossiersAfter{SortName: first.dossier.SortName, ID: first.dossier.ID}
	require.Equal(t, []id.ID{second.dossier.ID}, list(later))

	n := 4
	for name, change := range map[string]string{
		"suspended":     "UPDATE collaborator SET suspend_time = now() WHERE id = $1",
		"asked again":   "UPDATE assignment SET state = 'PENDING_CONSENT' WHERE collaborator_id = $1",
		"paused":        "UPDATE assignment SET state = 'SUSPENDED' WHERE collaborator_id = $1",
		"the link over": "UPDATE dossier SET state = 'ENDED' WHERE id = (SELECT dossier_id FROM assignment WHERE collaborator_id = $1)",
	} {
		w := newWorld(n)
		n++
		w.collaborator.UserID = first.collaborator.UserID
		w.store(t, db)
		only := postgres.MyDossierList{Partners: []id.ID{w.partner()}}
		require.Len(t, list(only), 1, name)
		w.tenant(t, db, func(ctx context.Context, tx pg.Tx) {
			_, err := tx.Exec(ctx, change, w.collaborator.ID)
			require.NoError(t, err)
		})
		require.Empty(t, list(only), name)
	}
}
