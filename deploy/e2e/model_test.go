package e2e

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/deploy/model"
	"github.com/aval-access/aval/services/kit/testsize"
)

// T-07: whatever four roles do, one after the other and at once, becomes what
// the model says, and nothing else.
func TestRandomStoriesBecomeWhatTheyMay(t *testing.T) {
	t.Parallel()
	rounds := testsize.Of(t, 25, 50)
	for story := range testsize.Of(t, 8, 400) { // a story's number repeats it
		t.Run(fmt.Sprint(story), func(t *testing.T) {
			t.Parallel()
			b := setup(t, shared.edge)
			c := b.modelled(t)
			require.NoError(t, model.Play(t.Context(), b.World, c, model.Story{Number: story, Rounds: rounds}))
		})
	}
}

// modelled is a new case with two people who could help.
func (b bundle) modelled(t *testing.T) model.Case {
	t.Helper()
	s := b.support(t)
	second, collaborator, err := b.AddCollaborator(t.Context(), s.partner, person("sofia"))
	require.NoError(t, err)
	return model.Case{
		Partner: s.partner, Client: s.client, Dossier: s.dossier.GetId(),
		Helpers: [2]model.Helper{{Person: s.person, Collaborator: s.collaborator.GetId()}, {Person: second, Collaborator: collaborator.GetId()}},
	}
}
