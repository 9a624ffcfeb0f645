package e2e

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/aval-access/aval/deploy/journey"
)

// One trace crosses HTTP, gRPC, Postgres, NATS and the consumer: what a person
// did at the edge is found again in the mail's job.
func TestOneTraceCrossesEverything(t *testing.T) {
	t.Parallel()
	b := setup(t, shared.rest)
	o, guest := b.client(t), person("guest")
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

	id, err := trace.TraceIDFromHex("4bf92f3577b34da6a3ce929d0e0e4736")
	require.NoError(t, err)
	wanted := []string{"POST /v1/organizations", "InvitationService/CreateInvitation", "INSERT", "consume aval.membership.v1.invitation.created"}
	err = journey.Eventually(t.Context(), func(context.Context) (bool, error) {
		return crossed(shared.spans.GetSpans(), id, wanted), nil
	})
	require.NoError(t, err, "spans of the trace: %v", namesOf(shared.spans.GetSpans(), id))
}

func crossed(spans tracetest.SpanStubs, id trace.TraceID, wanted []string) bool {
	names := strings.Join(namesOf(spans, id), "\n")
	for _, part := range wanted {
		if !strings.Contains(names, part) {
			return false
		}
	}
	return true
}

func namesOf(spans tracetest.SpanStubs, id trace.TraceID) []string {
	var names []string
	for _, span := range spans {
		if span.SpanContext.TraceID() == id {
			names = append(names, span.Name)
		}
	}
	return names
}
