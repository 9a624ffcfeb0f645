package faults

import (
	"context"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/deploy/house"
	"github.com/aval-access/aval/deploy/journey"
	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

// handing is a hand-over from somebody on a visit to a colleague.
type handing struct {
	open
	to         house.Case
	assignment string
	request    string
}

func handingOver(t *testing.T, c house.Case) *handing {
	t.Helper()
	h := &handing{open: another(t, c), to: c, request: unique()}
	given, err := consentv1.NewConsentServiceClient(c.Client.Owner).GetConsent(patient(t), &consentv1.GetConsentRequest{ConsentId: h.consent})
	require.NoError(t, err)
	h.assignment = given.GetConsent().GetAssignmentId()
	h.to.Person, h.to.Collaborator, err = shared.world.AddPerson(patient(t), c.Partner, unique())
	require.NoError(t, err)
	return h
}

// pass asks the client for the colleague, again and again under one request_id:
// that the colleague has come travels by event, and answers get lost.
func (h *handing) pass(ctx context.Context) error {
	return journey.Eventually(ctx, func(ctx context.Context) (bool, error) {
		_, err := partnersupportv1.NewHandOverServiceClient(h.Partner.Owner).HandOverAssignment(ctx, &partnersupportv1.HandOverAssignmentRequest{
			PartnerId: h.Partner.ID, AssignmentId: h.assignment, RequestId: h.request,
			HandOver: &partnersupportv1.HandOver{SuccessorId: h.to.Collaborator},
		})
		return !fault.Is(err, reasonv1.Reason_REASON_COLLABORATOR_NOT_READY), err
	})
}

// asked waits for the colleague's request, which there is once.
func (h *handing) asked(t *testing.T) string {
	t.Helper()
	var found []string
	require.NoError(t, journey.Eventually(patient(t), func(ctx context.Context) (bool, error) {
		list, err := consentv1.NewConsentServiceClient(h.Client.Owner).ListConsents(ctx, &consentv1.ListConsentsRequest{
			OrganizationId: h.Client.ID, PageSize: 200,
		})
		found = nil
		for _, one := range list.GetConsents() {
			if one.GetUserId() == h.to.Person.UserID {
				found = append(found, one.GetId())
			}
		}
		return len(found) > 0, err
	}))
	require.Len(t, found, 1)
	return found[0]
}

// dying kills a service while it stands before a lock in what act makes it do,
// and gives what the caller heard.
func dying(t *testing.T, service string, held lock, act func() error) error {
	t.Helper()
	answer := make(chan error, 1)
	go func() { answer <- act() }()
	held.awaited(t)
	require.NoError(t, shared.house.Signal(t.Context(), service, syscall.SIGKILL))
	held.release(t)
	return <-answer
}

// T-03, R36: each service is killed at its step of a hand-over. Whoever is there
// stays until the yes counts, and never longer; the successor is asked for once,
// and gets in.
func TestAHandOverKilledAtEachStepSwapsOnce(t *testing.T) {
	t.Parallel()
	var unwritten, unswapped, unknown *handing
	prepare(t, func(c house.Case) {
		unwritten, unswapped, unknown = handingOver(t, c), handingOver(t, c), handingOver(t, c)
		for _, h := range []*handing{unswapped, unknown} {
			require.NoError(t, h.pass(patient(t)))
			h.asked(t)
		}
	})
	heal := strike(t)
	held := holding(t, "partnersupport", "SELECT id FROM assignment WHERE id = $1 FOR UPDATE", key(t, "asg", unwritten.assignment))
	_ = dying(t, "partnersupport", held, func() error { return unwritten.pass(patient(t)) }) // the same wish follows
	require.NoError(t, unwritten.pass(patient(t)))

	held = holding(t, "consent", "SELECT id FROM consent WHERE id = $1 FOR UPDATE", key(t, "cns", unswapped.consent))
	_ = dying(t, "consent", held, func() error { return yes(patient(t), unswapped.Client.Owner, unswapped.asked(t)) }) // pressed again below

	successor := unknown.asked(t)
	held = holding(t, "membership", "SELECT id FROM access_entry WHERE consent_id = $1 FOR UPDATE", key(t, "cns", unknown.consent))
	require.NoError(t, dying(t, "membership", held, func() error { return yes(patient(t), unknown.Client.Owner, successor) }),
		"the yes is recorded: a job tells the decision")
	heal()

	for name, h := range map[string]*handing{"before it is written": unwritten, "before the swap": unswapped, "before the decision knows": unknown} {
		t.Run(name, func(t *testing.T) { h.requireSwapped(t) })
	}
}

func (h *handing) requireSwapped(t *testing.T) {
	t.Helper()
	require.Equal(t, 1, count(t, "partnersupport", "SELECT count(*) FROM assignment WHERE predecessor_id = $1", key(t, "asg", h.assignment)))
	successor := h.asked(t)
	require.NoError(t, journey.Eventually(patient(t), func(ctx context.Context) (bool, error) {
		err := yes(ctx, h.Client.Owner, successor)
		return !fault.Is(err, reasonv1.Reason_REASON_UNAVAILABLE), err
	}), "who presses again is shown the yes")
	eventually(t, "the one who was there is out", func() bool {
		allowed, err := h.allowed(patient(t))
		return err == nil && !allowed
	})
	h.requireRefused(t)
	eventually(t, "the successor gets in", func() bool {
		_, err := shared.world.EnterDossier(patient(t), h.to.Person, h.to.Partner.ID, h.to.Dossier)
		return err == nil
	})
	require.Equal(t, 1, liveGrants(t, h.to))
}
