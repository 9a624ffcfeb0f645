package replicas

import (
	"context"
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/deploy/stack"
	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/testsize"
)

// T-03, R34: somebody with 1 to 500 grants is removed while one of those who
// take part is killed at a random moment (deploy/faults kills at each boundary).
// After the OK nobody who decides lets them in anywhere.
func TestARemovalEndsEveryGrant(t *testing.T) {
	for round := range testsize.Of(t, 1, 40) {
		for _, n := range []int{1, 10, 500} {
			person, collaborator, err := shared.world.AddPerson(patient(t), shared.support.Partner, id.New().String())
			require.NoError(t, err)
			held := givenTo(t, person.UserID, n)
			watch := watching(t, held)
			stop := killing(t, time.Duration(rand.Int64N(int64(300*time.Millisecond))), round+n)
			begun := time.Now()
			require.NoError(t, removed(patient(t), collaborator))
			t.Logf("a removal of %d took %s", n, time.Since(begun).Round(time.Millisecond))
			for _, g := range held {
				g.over.Store(true)
			}
			stop()
			decided(t, time.Now(), given(t, 1)[0], held)
			watch.stop()
		}
	}
}

// removed has the owner insist under one request_id.
func removed(ctx context.Context, collaborator string) error {
	_, err := partnersupportv1.NewCollaboratorServiceClient(shared.support.Partner.Owner).RemoveCollaborator(ctx,
		&partnersupportv1.RemoveCollaboratorRequest{
			PartnerId: shared.support.Partner.ID, CollaboratorId: collaborator, Confirm: "REMOVE", RequestId: id.New().Text("req"),
		})
	return err
}

// killing kills one of those who take part, after a while.
func killing(t *testing.T, after time.Duration, which int) (stop func()) {
	t.Helper()
	part := []string{"partnersupport", "membership", "consent", "identity", stack.Replica(0)}[which%5]
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if clock.Wait(ctx, after) {
			_ = shared.house.Signal(ctx, part, syscall.SIGKILL) // it is only one of many ways to fail
		}
	}()
	return func() {
		cancel()
		<-ended
	}
}
