package house

import (
	"context"
	"errors"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
)

const (
	callTimeout = 12 * time.Second
	callAgain   = 250 * time.Millisecond
)

// ErrUncertain marks an answer that came after a call whose outcome is not
// known: a method that takes no request_id may have done it the first time.
var ErrUncertain = errors.New("after a call without an answer")

// Watch hears what becomes of calls. Its functions may be nil, and are called
// concurrently.
type Watch struct {
	Answered func()
	// Repeated hears why a call got no answer and is made again.
	Repeated func(method string, err error)
	// MadeGood hears of an entry whose answer was lost, and what people do then.
	MadeGood func()
}

// stubborn calls again, under the same request_id, until there is an answer.
type stubborn struct {
	inner grpc.ClientConnInterface
	watch Watch
}

// Invoke gives up with the context alone.
func (s stubborn) Invoke(ctx context.Context, method string, args, reply any, opts ...grpc.CallOption) error {
	identify(args.(proto.Message))
	for tries := 0; ; tries++ {
		err := s.once(ctx, method, args, reply, opts...)
		switch {
		case err == nil:
			s.watch.answered()
			return nil
		case ctx.Err() != nil:
			return errors.Join(ErrUncertain, err)
		case !again(err) && tries > 0:
			return errors.Join(ErrUncertain, err)
		case !again(err):
			return err
		}
		s.watch.repeated(method, err)
		clock.Wait(ctx, callAgain)
	}
}

func (s stubborn) once(ctx context.Context, method string, args, reply any, opts ...grpc.CallOption) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	return s.inner.Invoke(ctx, method, args, reply, opts...)
}

func (w Watch) answered() {
	if w.Answered != nil {
		w.Answered()
	}
}

func (w Watch) repeated(method string, err error) {
	if w.Repeated != nil {
		w.Repeated(method, err)
	}
}

func (w Watch) madeGood() {
	if w.MadeGood != nil {
		w.MadeGood()
	}
}

// NewStream is not part of any journey.
func (s stubborn) NewStream(ctx context.Context, desc *grpc.StreamDesc, method string, opts ...grpc.CallOption) (grpc.ClientStream, error) {
	return s.inner.NewStream(ctx, desc, method, opts...)
}

func again(err error) bool {
	if _, ok := fault.Details(err); !ok {
		return true // no answer at all
	}
	switch fault.ReasonOf(err) {
	case reasonv1.Reason_REASON_UNAVAILABLE, reasonv1.Reason_REASON_DEADLINE_EXCEEDED, reasonv1.Reason_REASON_REQUEST_IN_FLIGHT,
		reasonv1.Reason_REASON_OVERLOADED, reasonv1.Reason_REASON_REVOCATION_PENDING, reasonv1.Reason_REASON_INTERNAL:
		return true
	default:
		return false
	}
}

// identify gives a request its request_id, where the method takes one.
func identify(m proto.Message) {
	message := m.ProtoReflect()
	field := message.Descriptor().Fields().ByName("request_id")
	if field != nil && field.Kind() == protoreflect.StringKind && message.Get(field).String() == "" {
		message.Set(field, protoreflect.ValueOfString(id.New().Text("req")))
	}
}
