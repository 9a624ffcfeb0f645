package e2e

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/aval-access/aval/deploy/journey"
)

// One trace crosses HTTP, gRPC, Postgres, NATS and the consumer: what a person
// did at the edge is found again in the mail's job.
func TestOneTraceCrossesEverything(t *testing.T) {
	t.Parallel()
	b := setup(t, shared.rest)
	o, guest := b.client(t), person("guest")
	id, err := trace.TraceIDFromHex("4bf92f3577b34da6a3ce929d0e0e4736")
	require.NoError(t, err)
	shared.spans.begin(id)
	const parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
	body := strings.NewReader(`{"email":"` + guest.Email + `"}`)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, b.stack.URL()+"/v1/organizations/"+o.ID+"/invitations", body)
	require.NoError(t, err)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Traceparent", parent)
	response, err := o.Owner.Session.(interface {
		Do(*http.Request) (*http.Response, error)
	}).Do(request)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Less(t, response.StatusCode, http.StatusBadRequest)

	wanted := []string{"POST /v1/organizations", "InvitationService/CreateInvitation", "INSERT", "consume aval.membership.v1.invitation.created"}
	err = journey.Eventually(t.Context(), func(context.Context) (bool, error) {
		names := shared.spans.of(id)
		return !slices.ContainsFunc(wanted, func(part string) bool { return !strings.Contains(names, part) }), nil
	})
	require.NoError(t, err, "spans of the trace:\n%s", shared.spans.of(id))
}

// kept holds the names of the spans of traces that a test began, by trace.
type kept struct {
	mu    sync.Mutex
	names map[trace.TraceID][]string
}

// OnStart does nothing.
func (*kept) OnStart(context.Context, sdktrace.ReadWriteSpan) {}

// OnEnd keeps the name.
func (k *kept) OnEnd(span sdktrace.ReadOnlySpan) {
	k.keep(span.SpanContext().TraceID(), span.Name())
}

func (k *kept) keep(id trace.TraceID, name string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if names, begun := k.names[id]; begun {
		k.names[id] = append(names, name)
	}
}

// Shutdown does nothing.
func (*kept) Shutdown(context.Context) error { return nil }

// ForceFlush does nothing.
func (*kept) ForceFlush(context.Context) error { return nil }

// begin keeps the spans of a trace from now on.
func (k *kept) begin(id trace.TraceID) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.names[id] = []string{}
}

func (k *kept) of(id trace.TraceID) string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return strings.Join(k.names[id], "\n")
}
