package faults

import (
	"context"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/deploy/house"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/kit/bus"
	"github.com/aval-access/aval/services/kit/clock"
)

// T-06: the event of a committed call outlives its process, whether the broker
// never heard of it or was just hearing of it.
func TestAServiceKilledBetweenCommitAndPublishPublishesLater(t *testing.T) {
	t.Parallel()
	heal := strike(t)
	var organizations, owners []string
	committed := func() {
		organization, owner := founded(t)
		organizations, owners = append(organizations, organization), append(owners, owner)
		require.Equal(t, 2, count(t, "membership", "SELECT count(*) FROM outbox WHERE tenant_id = $1 AND published_at IS NULL",
			key(t, "org", organization)), "the organisation and its owner's invitation")
		require.NoError(t, shared.house.Signal(t.Context(), "membership", syscall.SIGKILL))
	}
	shared.house.Broker.Kill()
	committed()
	require.NoError(t, shared.house.Broker.Start())
	require.NoError(t, shared.house.Broker.Signal(syscall.SIGSTOP))
	committed()
	require.NoError(t, shared.house.Broker.Signal(syscall.SIGCONT))
	heal()
	for i, organization := range organizations {
		eventually(t, "the events arrive", func() bool {
			return len(mailsTo(owners[i])) > 0 && told(t, organization)["aval.membership.v1.organization.created"] > 0
		})
		require.Equal(t, map[string]int{
			"aval.membership.v1.organization.created": 1, "aval.membership.v1.invitation.created": 1,
		}, told(t, organization), "once")
		require.Len(t, mailsTo(owners[i]), 1)
	}
}

// T-06: an effect is committed and its acknowledgement gets lost with the
// process: the event comes again and changes nothing.
func TestAnEventAppliedByAKilledProcessIsNotAppliedAgain(t *testing.T) {
	t.Parallel()
	shared.store.RLock()
	defer shared.store.RUnlock()
	heal := strike(t)
	relay := shared.house.Relays["consent"]
	t.Cleanup(func() { require.NoError(t, relay.Restore()) })
	organization := foundedUnacknowledged(t, relay)
	require.NoError(t, shared.house.Signal(t.Context(), "consent", syscall.SIGKILL))
	given, _ := unread(t)
	require.Positive(t, given, "the broker knows nothing of it")
	require.NoError(t, relay.Restore())
	heal()
	eventually(t, "it is delivered again", func() bool {
		given, _ := unread(t)
		return given == 0 && len(told(t, organization)) == 2
	})
	require.Equal(t, map[string]int{
		"aval.membership.v1.organization.created": 1, "aval.membership.v1.invitation.created": 1,
	}, told(t, organization))
}

// foundedUnacknowledged gives an organisation that consent heard of, while what
// consent says is swallowed. It is silenced once it hears of others; if it then
// had no request for events under way, it may speak, and is silenced again.
func foundedUnacknowledged(t *testing.T, relay *house.Relay) (organization string) {
	t.Helper()
	eventually(t, "the effect is committed", func() bool {
		require.NoError(t, relay.Restore())
		before, _ := founded(t)
		eventually(t, "consent hears of others", func() bool { return len(told(t, before)) == 2 })
		relay.Mute()
		organization, _ = founded(t)
		for end := time.Now().Add(underWay); time.Now().Before(end); clock.Wait(t.Context(), interval) {
			if told(t, organization)["aval.membership.v1.organization.created"] == 1 {
				return true
			}
		}
		return false
	})
	return organization
}

// T-06: nothing is acknowledged before its effect is committed.
func TestAnEventInTheHandsOfAKilledProcessIsAppliedLater(t *testing.T) {
	t.Parallel()
	shared.store.RLock()
	defer shared.store.RUnlock()
	c := prepare(t)
	heal := strike(t)
	ctx := patient(t)
	added, err := partnersupportv1.NewCollaboratorServiceClient(c.Partner.Owner).AddCollaborator(ctx, &partnersupportv1.AddCollaboratorRequest{
		PartnerId: c.Partner.ID, Email: unique() + "@house.example", GivenName: "Karim", FamilyName: "Renaud",
		PartnerRole: membershipv1.PartnerRole_PARTNER_ROLE_TECHNICAL_SUPPORT,
	})
	require.NoError(t, err)
	person := c.Person
	person.Email, person.Password = added.GetCollaborator().GetEmail(), c.Person.Password
	handler := holding(t, "partnersupport", "LOCK TABLE collaborator IN SHARE ROW EXCLUSIVE MODE")
	joined, err := shared.world.Join(ctx, person, c.Partner.ID)
	require.NoError(t, err)
	handler.awaited(t)
	newcomer := house.Case{Partner: c.Partner, Collaborator: added.GetCollaborator().GetId()}
	soon, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	_, err = remove(soon, newcomer, unique())
	require.Error(t, err, "who came, and is not known to have come, is not gone")
	require.NoError(t, shared.house.Signal(ctx, "partnersupport", syscall.SIGKILL))
	handler.release(t)
	heal()
	ready := "SELECT count(*) FROM collaborator WHERE id = $1 AND state = 'READY'"
	require.Zero(t, count(t, "partnersupport", ready, key(t, "col", added.GetCollaborator().GetId())))
	eventually(t, "it is applied", func() bool {
		return count(t, "partnersupport", ready, key(t, "col", added.GetCollaborator().GetId())) == 1
	})
	_, err = remove(ctx, newcomer, unique())
	require.NoError(t, err)
	require.Zero(t, count(t, "membership", "SELECT count(*) FROM member WHERE user_id = $1 AND end_time IS NULL", key(t, "usr", joined.UserID)))
}

// T-06: the broker's absence delays facts and nothing else.
func TestWritesGoOnWhileTheBrokerIsAwayForAMinute(t *testing.T) {
	t.Parallel()
	c := prepare(t)
	heal := strike(t)
	shared.house.Broker.Kill()
	back := time.Now().Add(time.Minute)
	rounds := 0
	for ; time.Now().Before(back) && rounds < 10; rounds++ {
		o, err := opened(patient(t), c)
		require.NoError(t, err)
		_, err = shared.world.Withdraw(patient(t), c.Client.Owner, o.consent)
		require.NoError(t, err)
		o.requireRefused(t)
		awaitEnded(t, c)
	}
	require.Positive(t, rounds)
	clock.Wait(t.Context(), time.Until(back))
	require.NoError(t, shared.house.Broker.Start())
	heal()
	want := map[string]int{
		"aval.partnersupport.v1.assignment.created": rounds, "aval.partnersupport.v1.assignment.ended": rounds,
		"aval.consent.v1.consent.requested": rounds, "aval.consent.v1.consent.given": rounds,
		"aval.consent.v1.consent.ended#WITHDRAWN":        rounds,
		"aval.partnersupport.v1.support_session.started": rounds,
	}
	eventually(t, "everything is told", func() bool { return holds(told(t, c.Client.ID), want) })
}

// awaitEnded detaches what the partner has not heard the end of, so that it
// can ask again.
func awaitEnded(t *testing.T, c house.Case) {
	t.Helper()
	list := partnersupportv1.NewAssignmentServiceClient(c.Partner.Owner)
	answer, err := list.ListAssignments(patient(t), &partnersupportv1.ListAssignmentsRequest{PartnerId: c.Partner.ID})
	require.NoError(t, err)
	for _, a := range answer.GetAssignments() {
		if a.GetState() == partnersupportv1.AssignmentState_ASSIGNMENT_STATE_ENDED {
			continue
		}
		_, err := list.DetachAssignment(patient(t), &partnersupportv1.DetachAssignmentRequest{
			PartnerId: c.Partner.ID, AssignmentId: a.GetId(), Confirm: "REMOVE",
		})
		require.NoError(t, err)
	}
}

func holds(got, want map[string]int) bool {
	for action, n := range want {
		if got[action] != n {
			return false
		}
	}
	return true
}

// T-06: the whole store of the broker is deleted, with events that it alone had
// been told of and others that it never heard of.
func TestADeletedStoreIsRefilledAndNothingIsAppliedTwice(t *testing.T) {
	t.Parallel()
	shared.store.Lock()
	defer shared.store.Unlock()
	heal := strike(t)
	before, _ := founded(t)
	eventually(t, "it is applied", func() bool { return len(told(t, before)) == 2 })
	relay := shared.house.Relays["consent"]
	relay.Cut()
	stored, _ := founded(t)
	eventually(t, "the broker has it", func() bool {
		return count(t, "membership", "SELECT count(*) FROM outbox WHERE tenant_id = $1 AND published_at IS NULL", key(t, "org", stored)) == 0
	})
	require.Empty(t, told(t, stored), "nobody else has")
	shared.house.Broker.Kill()
	require.NoError(t, shared.house.Broker.Wipe())
	unheard, _ := founded(t)
	require.NoError(t, shared.house.Broker.Start())
	require.NoError(t, relay.Restore())
	require.NoError(t, shared.house.Refill(t.Context()))
	heal()
	for _, organization := range []string{stored, unheard, before} {
		eventually(t, "it is applied", func() bool { return len(told(t, organization)) == 2 })
	}
	eventually(t, "the refill was read", func() bool {
		given, waiting := unread(t)
		return given == 0 && waiting == 0
	})
	for _, organization := range []string{stored, unheard, before} {
		require.Equal(t, map[string]int{
			"aval.membership.v1.organization.created": 1, "aval.membership.v1.invitation.created": 1,
		}, told(t, organization))
	}
}

// unread are the facts of membership that consent's history was given and has
// not acknowledged, and those that wait behind them; -1 where the broker is away
// for another test.
func unread(t *testing.T) (given, waiting int) {
	t.Helper()
	conn, err := shared.house.Stack.Bus()
	require.NoError(t, err)
	defer conn.Close()
	found, err := conn.JS().Consumer(t.Context(), bus.StreamMembership, "consent-history-membership")
	if err != nil {
		return -1, -1
	}
	return found.CachedInfo().NumAckPending, int(found.CachedInfo().NumPending)
}
