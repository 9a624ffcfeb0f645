package grpcclient

import (
	"context"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	authzv1 "github.com/aval-access/aval/proto/gen/aval/authz/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/authz"
	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/fault"
)

const (
	// maxAttempts counts the first one too.
	maxAttempts = 3
	// firstPause is doubled at each further attempt, and shortened by up to a
	// half at random, so that many clients do not come back at once.
	firstPause = 50 * time.Millisecond
)

// retryUnary repeats a call that the server could not take, where the method
// only reads or the request carries a request_id.
func (c *client) retryUnary(
	ctx context.Context, method string, req, reply any,
	conn *grpc.ClientConn, invoker grpc.UnaryInvoker, opts ...grpc.CallOption,
) error {
	pause := firstPause
	for attempt := 1; ; attempt++ {
		err := invoker(ctx, method, req, reply, conn, opts...)
		if attempt == maxAttempts || !unavailable(err) || !c.repeatable(method, req) {
			return err
		}
		if !clock.Wait(ctx, time.Duration(float64(pause)*(1-c.jitter()/2))) {
			return err
		}
		c.retries.Add(ctx, 1, metric.WithAttributes(attribute.String("method", method)))
		pause *= 2
	}
}

// unavailable leaves out REVOCATION_PENDING, whose code is the same: that call
// waited its full time already, and its caller must hear so.
func unavailable(err error) bool {
	return err != nil && fault.Is(fault.FromStatus(err), reasonv1.Reason_REASON_UNAVAILABLE)
}

func (c *client) repeatable(method string, req any) bool {
	rule, err := authz.RuleIn(c.contracts, method)
	if err != nil {
		return false
	}
	switch rule.GetIdempotency() {
	case authzv1.Idempotency_IDEMPOTENCY_UNSPECIFIED:
		return true
	case authzv1.Idempotency_IDEMPOTENCY_REQUEST_ID:
		return hasRequestID(req)
	default:
		return false
	}
}

func hasRequestID(req any) bool {
	message, ok := req.(proto.Message)
	if !ok {
		return false
	}
	reflected := message.ProtoReflect()
	field := reflected.Descriptor().Fields().ByName("request_id")
	return field != nil && field.Kind() == protoreflect.StringKind && reflected.Get(field).String() != ""
}
