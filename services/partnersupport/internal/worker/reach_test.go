package worker_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/partnersupport/internal/contract"
	"github.com/aval-access/aval/services/partnersupport/internal/worker"
)

// The partner sees which of its requests reach nobody, until one is mailed
// again or answered; news that comes late changes nothing.
func TestThePartnerSeesWhatReachesNobody(t *testing.T) {
	t.Parallel()
	deps, _ := setup(t)
	handle := worker.Consent(deps).Handler
	a := pending(t, deps)
	shown := func() *partnersupportv1.Assignment { return contract.AssignmentToProto(stateOf(t, deps, a), "") }
	require.Nil(t, shown().GetUnreachableTime())

	lost := event(&consentv1.ConsentUnreachable{Consent: ref(a)})
	require.NoError(t, handle(t.Context(), lost))
	require.WithinDuration(t, lost.Time, shown().GetUnreachableTime().AsTime(), time.Millisecond)

	mailed := event(&consentv1.ConsentReminded{Consent: ref(a)})
	require.NoError(t, handle(t.Context(), mailed))
	require.Nil(t, shown().GetUnreachableTime())
	late := event(&consentv1.ConsentUnreachable{Consent: ref(a)})
	late.Time = lost.Time
	require.NoError(t, handle(t.Context(), late))
	require.Nil(t, shown().GetUnreachableTime(), "it was mailed since")

	require.NoError(t, handle(t.Context(), event(&consentv1.ConsentUnreachable{Consent: ref(a)})))
	require.NotNil(t, shown().GetUnreachableTime())
	require.NoError(t, handle(t.Context(), event(&consentv1.ConsentGiven{Consent: ref(a)})))
	require.Nil(t, shown().GetUnreachableTime(), "somebody answered")
	require.Error(t, handle(t.Context(), event(&consentv1.ConsentReminded{})))
}
