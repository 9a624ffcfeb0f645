package wording_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/consent/internal/wording"
)

// R110, R116 to R119: a change is told in the levels' own names.
func TestAChangeIsToldInWords(t *testing.T) {
	t.Parallel()
	fact := wording.Fact{
		Action: "aval.membership.v1.membership.changed", Actor: "Claire Martin", Subject: "Paul Roy",
		Changes: []wording.Change{{What: "emailings", Before: "GUEST", After: "EDITOR"}, {What: "role", Before: "MEMBER", After: "ADMIN"}},
	}
	require.Equal(t, "Claire Martin a modifié la fiche de Paul Roy. emailings : Invité → Éditeur ; rôle : Membre → Administrateur.",
		wording.Sentence("fr", fact))
	require.Equal(t, "Claire Martin changed the sheet of Paul Roy. emailings: Guest → Editor; role: Member → Administrator.",
		wording.Sentence("en", fact))
}

// R71, R78: a tag that changed is told by the tags' own names.
func TestATagThatChangedIsTold(t *testing.T) {
	t.Parallel()
	require.Equal(t, "Claire Martin a changé l'étiquette de Paul Roy. étiquette : Aucun → Indépendant.", wording.Sentence("fr", wording.Fact{
		Action: "aval.partnersupport.v1.collaborator.tagged", Actor: "Claire Martin", Subject: "Paul Roy",
		Changes: []wording.Change{{What: "tag", After: "FREELANCER"}},
	}))
}
