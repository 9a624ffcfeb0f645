package bus

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"go.opentelemetry.io/otel/propagation"
	"google.golang.org/protobuf/proto"

	"github.com/aval-access/aval/services/kit/id"
)

// CloudEvents 1.0 attributes in binary mode, and ours after "ce-aval".
const (
	headerSpec          = "ce-specversion"
	headerID            = "ce-id"
	headerType          = "ce-type"
	headerSource        = "ce-source"
	headerTime          = "ce-time"
	headerSubject       = "ce-subject"
	headerTenant        = "ce-avaltenant"
	headerVersion       = "ce-avalversion"
	headerAggregateType = "ce-avalaggregate"
	headerContentType   = "content-type"
	// headerOnlyFor names the one consumer that a replayed event is for.
	headerOnlyFor = "aval-only-for"
)

// Event is a fact as its consumers receive it.
type Event struct {
	// ID is the event's own, for inbox.Once.
	ID      id.ID
	Subject string
	// Time is when the fact became true, UTC.
	Time          time.Time
	AggregateType string
	AggregateID   id.ID
	// Version of the aggregate after the fact: projections drop what is older.
	Version int64
	// Tenant is zero for facts of no organisation.
	Tenant id.ID
	// Message is of the type whose option aval.event.v1.subject is Subject.
	Message proto.Message
}

// Envelope is an event ready to be sent: its payload is encoded already.
type Envelope struct {
	ID            id.ID
	Subject       string
	Source        string
	Time          time.Time
	AggregateType string
	AggregateID   id.ID
	Version       int64
	Tenant        id.ID
	TraceParent   string
	TraceState    string
	Payload       []byte
}

// PublishAsync hands the event to JetStream; the future tells whether it was
// stored. The event's id makes a repetition harmless.
func PublishAsync(js jetstream.JetStream, e Envelope) (jetstream.PubAckFuture, error) {
	stream, err := StreamOf(e.Subject)
	if err != nil {
		return nil, err
	}
	future, err := js.PublishMsgAsync(e.message(),
		jetstream.WithMsgID(e.ID.String()), jetstream.WithExpectStream(stream))
	if err != nil {
		return nil, fmt.Errorf("publishing event: %w", err)
	}
	return future, nil
}

func (e Envelope) message() *nats.Msg {
	h := nats.Header{}
	h.Set(headerSpec, "1.0")
	h.Set(headerID, e.ID.String())
	h.Set(headerType, e.Subject)
	h.Set(headerSource, e.Source)
	h.Set(headerTime, e.Time.UTC().Format(time.RFC3339Nano))
	h.Set(headerSubject, e.AggregateID.String())
	h.Set(headerAggregateType, e.AggregateType)
	h.Set(headerVersion, strconv.FormatInt(e.Version, 10))
	h.Set(headerContentType, "application/protobuf")
	if !e.Tenant.IsZero() {
		h.Set(headerTenant, e.Tenant.String())
	}
	if e.TraceParent != "" {
		h.Set("traceparent", e.TraceParent)
		h.Set("tracestate", e.TraceState)
	}
	return &nats.Msg{Subject: e.Subject, Header: h, Data: e.Payload}
}

// decode reads an event; what it refuses will never become readable here.
func decode(subject string, h nats.Header, payload []byte, types *Types) (Event, error) {
	e := Event{Subject: subject, AggregateType: h.Get(headerAggregateType)}
	var errs [5]error
	e.ID, errs[0] = idFrom(h.Get(headerID))
	e.AggregateID, errs[1] = idFrom(h.Get(headerSubject))
	e.Version, errs[2] = strconv.ParseInt(h.Get(headerVersion), 10, 64)
	e.Time, errs[3] = time.Parse(time.RFC3339Nano, h.Get(headerTime))
	if tenant := h.Get(headerTenant); tenant != "" {
		e.Tenant, errs[4] = idFrom(tenant)
	}
	if err := errors.Join(errs[:]...); err != nil {
		return Event{}, fmt.Errorf("reading headers of event: %w", err)
	}
	var err error
	e.Message, err = types.Decode(subject, payload)
	return e, err
}

func idFrom(text string) (id.ID, error) {
	u, err := uuid.Parse(text)
	return id.FromUUID(u), err
}

// continued gives a context in the trace that the event was written in.
func continued(ctx context.Context, h nats.Header) context.Context {
	carrier := propagation.MapCarrier{"traceparent": h.Get("traceparent"), "tracestate": h.Get("tracestate")}
	return propagation.TraceContext{}.Extract(ctx, carrier)
}
