package rpc_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/durationpb"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/partnersupport/internal/app"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
	"github.com/aval-access/aval/services/partnersupport/internal/sibling"
)

func (b bundle) extend(t *testing.T, running *v1.Assignment) (*v1.Assignment, error) {
	t.Helper()
	answer, err := v1.NewAssignmentServiceClient(b.gateway(t)).ExtendAssignment(b.as(t, b.admin), &v1.ExtendAssignmentRequest{
		PartnerId: b.partner.Text("org"), AssignmentId: running.GetId(), Reason: "clôture", ProposedDuration: durationpb.New(48 * time.Hour),
	})
	return answer.GetAssignment(), err
}

// extending is an access that a client gave, and the request to extend it.
func (b bundle) extending(t *testing.T) (running, extension *v1.Assignment) {
	t.Helper()
	running = b.assign(t, b.collaborator(t, domain.Ready), b.dossier(t, "A", domain.DossierActive))[0].GetAssignment()
	b.answered(t, running, domain.ConsentGiven)
	b.clock.Advance(time.Hour)
	extension, err := b.extend(t, running)
	require.NoError(t, err)
	return running, extension
}

// Extending asks the client again, once, and takes nothing: what runs goes on
// until the answer, and after a no.
func TestAnExtensionAsksAndChangesNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	running, extension := b.extending(t)
	require.Equal(t, running.GetId(), extension.GetPredecessorId())
	require.Equal(t, v1.AssignmentState_ASSIGNMENT_STATE_PENDING_CONSENT, extension.GetState())
	require.Equal(t, 1, b.count(t, "SELECT count(*) FROM assignment WHERE state = 'ACTIVE'"))
	require.Equal(t, 2, b.count(t, "SELECT count(*) FROM river.river_job WHERE kind = 'request_consent'"))
	require.Equal(t, 1, b.count(t, "SELECT count(DISTINCT since_time) FROM assignment"), "who was first stays first (R83)")

	again, err := b.extend(t, running)
	require.NoError(t, err)
	require.Equal(t, extension.GetId(), again.GetId(), "the same wish asks once")
	b.answered(t, extension, domain.ConsentDeclined)
	require.Equal(t, 1, b.count(t, "SELECT count(*) FROM assignment WHERE state = 'ACTIVE'"))
	_, err = b.extend(t, extension)
	requireReason(t, reasonv1.Reason_REASON_STATE_TRANSITION_REFUSED, err)
	_, err = b.extend(t, &v1.Assignment{Id: id.New().Text("asg")})
	requireReason(t, reasonv1.Reason_REASON_NOT_FOUND, err)
	_, err = b.extend(t, running)
	require.NoError(t, err, "consent says how soon the client may be asked again")
}

// The yes ends what it takes the place of, whichever fact comes first.
func TestAnExtensionTakesThePlaceOfWhatRan(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, newsFirst := range []bool{true, false} {
		running, extension := b.extending(t)
		if newsFirst {
			b.answered(t, running, domain.ConsentRenewed)
		}
		b.answered(t, extension, domain.ConsentGiven)
		b.answered(t, running, domain.ConsentRenewed)
	}
	require.Equal(t, 2, b.count(t, "SELECT count(*) FROM assignment WHERE state = 'ACTIVE' AND predecessor_id IS NOT NULL"))
	require.Equal(t, 2, b.count(t, "SELECT count(*) FROM assignment WHERE end_reason = 'EXTENDED'"))
	require.Equal(t, 0, b.count(t, "SELECT count(*) FROM assignment WHERE state = 'PENDING_CONSENT'"))
}

// A no to the extension that becomes a yes takes the place of what runs too.
func TestARefusedExtensionIsGivenAfterAll(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, extension := b.extending(t)
	assignment, err := id.Parse("asg", extension.GetId())
	require.NoError(t, err)
	consent := id.New()
	for _, state := range []domain.ConsentState{domain.ConsentDeclined, domain.ConsentGiven} {
		require.NoError(t, app.FollowConsent{Deps: b.deps}.Do(t.Context(), app.Answer{
			EventID: id.New(), PartnerID: b.partner, Assignment: assignment, ConsentID: consent, State: state, Time: b.clock.Now(),
		}))
	}
	require.Equal(t, 1, b.count(t, "SELECT count(*) FROM assignment WHERE state = 'ACTIVE' AND predecessor_id IS NOT NULL"))
	require.Equal(t, 1, b.count(t, "SELECT count(*) FROM assignment WHERE end_reason = 'EXTENDED'"))
}

// ender is a consent that ends whatever it is told to.
type ender struct {
	nobody
	ended int
}

func (e *ender) Invoke(_ context.Context, _ string, _, reply any, _ ...grpc.CallOption) error {
	if _, ok := reply.(*consentv1.TerminateResponse); !ok {
		return fault.NotFound()
	}
	e.ended++
	return nil
}

// R35: whoever is detached is detached with what would extend it, even where the
// client said yes to that a moment ago; taking the request back alone takes
// nothing else.
func TestDetachingEndsTheExtensionToo(t *testing.T) {
	t.Parallel()
	b := setup(t)
	consent := &ender{}
	b.deps.Consent = sibling.NewConsent(consent)
	detach := func(a *v1.Assignment) {
		assignment, err := id.Parse("asg", a.GetId())
		require.NoError(t, err)
		_, err = app.DetachAssignment{Deps: b.deps}.Do(t.Context(), app.DetachIn{Partner: b.partner, Assignment: assignment, Actor: b.admin, Confirm: "REMOVE"})
		require.NoError(t, err)
	}
	running, extension := b.extending(t)
	detach(extension)
	require.Equal(t, 1, b.count(t, "SELECT count(*) FROM assignment WHERE state = 'ACTIVE'"))
	require.Equal(t, 1, b.count(t, "SELECT count(*) FROM assignment WHERE end_reason = 'CANCELLED'"))
	_, err := b.extend(t, running)
	require.NoError(t, err)
	detach(running)
	require.Equal(t, 0, b.count(t, "SELECT count(*) FROM assignment WHERE state <> 'ENDED'"))
	require.Equal(t, 1, consent.ended, "the requests had not reached it")

	running, extension = b.extending(t)
	b.answered(t, extension, domain.ConsentGiven)
	detach(running)
	require.Equal(t, 0, b.count(t, "SELECT count(*) FROM assignment WHERE state <> 'ENDED'"), "the yes came first")
	require.Equal(t, 3, consent.ended)
}

// R34, R36: what runs and what would extend it are one thing to take over.
func TestWhatIsExtendedPassesOnOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.deps.Consent = sibling.NewConsent(&ender{})
	running, _ := b.extending(t)
	second := b.collaborator(t, domain.Ready)
	_, err := b.handOver(t, running, &v1.HandOver{SuccessorId: second.ID.Text("col")})
	requireReason(t, reasonv1.Reason_REASON_HAND_OVER_PENDING, err)

	assignment, err := id.Parse("asg", running.GetId())
	require.NoError(t, err)
	_, err = app.HandOver{Deps: b.deps}.Do(t.Context(), app.HandOverIn{
		Partner: b.partner, Assignment: assignment, Successor: second.ID, Actor: b.admin, DetachNow: true, Confirm: "REMOVE",
	})
	require.NoError(t, err)
	require.Equal(t, 1, b.count(t, "SELECT count(*) FROM assignment WHERE state <> 'ENDED'"))
	require.Equal(t, 1, b.count(t, "SELECT count(*) FROM assignment WHERE state = 'PENDING_CONSENT' AND predecessor_id IS NOT NULL"))
}
