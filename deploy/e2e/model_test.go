package e2e

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/deploy/house"
	"github.com/aval-access/aval/deploy/model"
	"github.com/aval-access/aval/services/kit/testsize"
)

// T-07: whatever three roles do, one after the other and at once, becomes what
// the model says, and nothing else.
func TestRandomStoriesBecomeWhatTheyMay(t *testing.T) {
	t.Parallel()
	rounds := testsize.Of(t, 12, 50)
	for story := range testsize.Of(t, 4, 400) { // a story's number repeats it
		t.Run(fmt.Sprint(story), func(t *testing.T) {
			t.Parallel()
			b := setup(t, shared.edge)
			s := b.support(t)
			c := house.Case{
				Partner: s.partner, Client: s.client, Person: s.person, Collaborator: s.collaborator.GetId(), Dossier: s.dossier.GetId(),
			}
			require.NoError(t, model.Play(t.Context(), b.World, c, model.Rounds(rounds, rounds).Example(story)))
		})
	}
}
