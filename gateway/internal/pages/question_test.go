package pages

import (
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/types/known/durationpb"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
)

// R4, R40: what the partner proposes wears a label, a lasting access too; nothing
// does where the proposal falls between the choices.
func TestTheProposalWearsALabel(t *testing.T) {
	t.Parallel()
	for want, in := range map[consentv1.DurationChoice]*consentv1.Consent{
		consentv1.DurationChoice_DURATION_CHOICE_1_WEEK:        {ProposedDuration: durationpb.New(7 * day)},
		consentv1.DurationChoice_DURATION_CHOICE_1_YEAR:        {ProposedDuration: durationpb.New(365 * day)},
		consentv1.DurationChoice_DURATION_CHOICE_UNTIL_STOPPED: {ProposedLasting: true},
		consentv1.DurationChoice_DURATION_CHOICE_UNSPECIFIED:   {ProposedDuration: durationpb.New(3 * day)},
	} {
		c, _ := anonymous(setup(t), "fr", "/c/x")
		var labelled []string
		for _, one := range c.durations(asked{consent: in}, form{}, noon()) {
			require.False(t, one.Picked)
			if one.Proposed {
				labelled = append(labelled, one.Value)
			}
		}
		if want == consentv1.DurationChoice_DURATION_CHOICE_UNSPECIFIED {
			require.Empty(t, labelled)
			continue
		}
		require.Equal(t, []string{want.String()}, labelled)
	}
}
