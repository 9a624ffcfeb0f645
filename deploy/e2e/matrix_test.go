package e2e

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	reflectionv1 "google.golang.org/grpc/reflection/grpc_reflection_v1"

	"github.com/aval-access/aval/deploy/journey"
	"github.com/aval-access/aval/deploy/stack"
	authzv1 "github.com/aval-access/aval/proto/gen/aval/authz/v1"
	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/kit/jwtkey"
)

const (
	// leastCells keeps the matrix from shrinking unseen.
	leastCells = 6000
	// callsAtOnce are in flight together: few, so that cases that wait for a
	// person to sign in get their share of the processor.
	callsAtOnce = 3
	// shownFailures are enough to find the cause.
	shownFailures = 40
)

// matrix is what all cells share: two tenants, and a third whose things have
// ended.
type matrix struct {
	own, other, ended marked
	callers           []caller
	servers           map[string][]string // services' full names to their servers
	operator          grpc.ClientConnInterface

	mu   sync.Mutex
	held map[right]bool
}

// right is a question that was asked of the decision itself.
type right struct {
	user, org, feature string
	level              authzv1.Level
}

// T-08: every method, every caller, every kind of id: who may is what the rule
// says, exactly; nobody reads a byte of another tenant; what is forbidden
// elsewhere looks like what is not there.
func TestEveryMethodForEveryCaller(t *testing.T) {
	t.Parallel()
	m := newMatrix(t)
	methods, err := allMethods()
	require.NoError(t, err)
	before := m.rowsOfOther(t)
	var cells []cell
	for _, method := range methods {
		servers := m.servers[string(method.Parent().FullName())]
		require.NotEmpty(t, servers, "%s is served by nobody", method.name)
		for _, server := range servers {
			for i := range m.callers {
				more, err := m.cellsOf(method, server, &m.callers[i])
				require.NoError(t, err)
				cells = append(cells, more...)
			}
		}
	}
	require.Greater(t, len(cells), leastCells)
	t.Logf("%d methods, %d callers, %d cells", len(methods), len(m.callers), len(cells))
	outcomes := callAll(t.Context(), cells)
	failures := m.judge(cells, outcomes)
	for _, failure := range failures[:min(len(failures), shownFailures)] {
		t.Error(failure)
	}
	require.Empty(t, len(failures), "cells that are wrong")
	require.Empty(t, unanswered(cells, outcomes), "methods that answered nobody")
	require.Equal(t, before, m.rowsOfOther(t), "nothing of the other tenant changed")
}

func newMatrix(t *testing.T) *matrix {
	t.Helper()
	b := setup(t, shared.edge)
	m := &matrix{servers: map[string][]string{}, held: map[right]bool{}, operator: b.Operator["membership"]}
	m.other = b.marked(t, unique("papaya"))
	m.own, m.ended = b.marked(t, unique("kiwi")), b.marked(t, unique("quince"))
	b.join(t, &m.own)
	b.signed(t, m.own)
	leaver := m.ended.person
	all := workloads(t)
	require.NoError(t, journey.Eventually(journey.WithPatience(t.Context(), 2*time.Minute), func(ctx context.Context) (bool, error) {
		_, err := consentv1.NewLedgerServiceClient(all["gateway"].conns["consent"]).GetCheckpoint(ctx, &consentv1.GetCheckpointRequest{})
		return err == nil, nil
	}), "the ledger's first checkpoint")
	gone := all["gateway"]
	gone.name, gone.token = "a collaborator who was removed", tokenFor(t, leaver, m.ended.partner.ID)
	gone.person, gone.user, gone.org, gone.forPartner = classPerson, leaver.UserID, m.ended.partner.ID, true
	b.end(t, m.ended)

	m.callers = append(strangers(t), gone)
	for _, one := range all {
		m.callers = append(m.callers, one)
	}
	persons := people(t, all["gateway"], m.own)
	m.callers = append(append(m.callers, persons...), impostors(t, all, persons[0], m.other)...)
	ring, err := jwtkey.Load(shared.stack.Dir() + "/keys")
	require.NoError(t, err)
	for i := range m.callers {
		if c := &m.callers[i]; c.token != "" && !c.mistrusted {
			c.again = lasting(t, ring, c.token)
		}
	}
	m.findServers(t)
	return m
}

// findServers asks every server which services it has.
func (m *matrix) findServers(t *testing.T) {
	t.Helper()
	for _, server := range stack.Services {
		stream, err := reflectionv1.NewServerReflectionClient(shared.edge.Conns[server]).ServerReflectionInfo(t.Context())
		require.NoError(t, err)
		require.NoError(t, stream.Send(&reflectionv1.ServerReflectionRequest{
			MessageRequest: &reflectionv1.ServerReflectionRequest_ListServices{},
		}))
		answer, err := stream.Recv()
		require.NoError(t, err)
		for _, service := range answer.GetListServicesResponse().GetService() {
			m.servers[service.GetName()] = append(m.servers[service.GetName()], server)
		}
		require.NoError(t, stream.CloseSend())
	}
}

// verdict is what a rule makes of a caller.
type verdict string

const (
	admitted        verdict = ""
	unconnected     verdict = "UNAVAILABLE"
	unauthenticated verdict = "UNAUTHENTICATED"
	denied          verdict = "PERMISSION_DENIED"
	notFound        verdict = "NOT_FOUND"
	noOrganization  verdict = "CONTEXT_NOT_CHOSEN"
)

// verdict reads the rule again, apart from the servers' own reading; named is
// the organisation in the request's field.
func (m *matrix) verdict(method method, c *caller, named string) verdict {
	switch {
	case c.unconnected:
		return unconnected
	case c.mistrusted:
		return unauthenticated
	case method.allows(classNobody):
		return admitted
	case c.person != 0 && method.allows(c.person):
		return m.personVerdict(method.rule, c, named)
	case m.trusted(method, c):
		return admitted
	case c.person == 0 && c.workload == classService && (method.allows(classPerson) || method.allows(classSupport)):
		return unauthenticated
	default:
		return denied
	}
}

func (m *matrix) personVerdict(rule *authzv1.Rule, c *caller, named string) verdict {
	switch {
	case c.org == "" && !rule.GetPersonal():
		return noOrganization
	case rule.GetOrganizationField() != "" && named != c.org:
		return notFound
	case rule.GetPermission() != "" && !m.holds(c, rule):
		return denied
	default:
		return admitted
	}
}

// trusted tells who is let in by its certificate.
func (m *matrix) trusted(method method, c *caller) bool {
	switch {
	case c.unconnected || c.mistrusted || c.person != 0 && method.allows(c.person) || method.allows(classNobody):
		return false
	case c.workload == classService:
		return method.allows(classService) && slices.Contains(method.rule.GetServices(), c.service)
	default:
		return c.workload != classNobody && method.allows(c.workload)
	}
}

// holds asks the decision whether the person has the right.
func (m *matrix) holds(c *caller, rule *authzv1.Rule) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	asked := right{c.user, c.org, rule.GetPermission(), rule.GetLevel()}
	if held, ok := m.held[asked]; ok {
		return held
	}
	answer, err := membershipv1.NewAccessServiceClient(m.operator).CheckAccess(background(), &membershipv1.CheckAccessRequest{
		SubjectId: asked.user, AccountId: asked.org, Feature: asked.feature, Level: asked.level,
	})
	m.held[asked] = err == nil && answer.GetAllowed()
	return m.held[asked]
}
