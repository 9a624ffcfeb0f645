package bus

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	eventv1 "github.com/aval-access/aval/proto/gen/aval/event/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

const (
	headerDeadPrefix     = "aval-dead-"
	headerDeadSubject    = headerDeadPrefix + "subject"
	headerDeadStream     = headerDeadPrefix + "stream"
	headerDeadSequence   = headerDeadPrefix + "sequence"
	headerDeadDeliveries = headerDeadPrefix + "deliveries"
	headerDeadReason     = headerDeadPrefix + "reason"
)

// permanentError is an event that no later delivery can apply.
type permanentError struct{ cause error }

func (e permanentError) Error() string { return "permanent: " + e.cause.Error() }
func (e permanentError) Unwrap() error { return e.cause }

// Permanent marks an error that trying again cannot heal: the event goes to
// the dead letters at once.
func Permanent(err error) error { return permanentError{cause: err} }

func isPermanent(err error) bool {
	var e permanentError
	return errors.As(err, &e)
}

// DeadLetter is an event put aside, as an operator sees it.
type DeadLetter struct {
	// Sequence in the dead-letter stream.
	Sequence uint64
	Time     time.Time
	EventID  string
	// Reason is the fault's; the full error stands in the log.
	Reason string
	Letter *eventv1.DeadLetter
}

// publishDeadLetter keeps payload and headers, so that the letter outlives the
// stream it came from.
func publishDeadLetter(ctx context.Context, js jetstream.JetStream, consumer string, d delivery) error {
	h := maps.Clone(d.msg.Headers())
	if h == nil {
		h = nats.Header{}
	}
	for name := range h {
		if strings.HasPrefix(name, "Nats-") {
			delete(h, name)
		}
	}
	h.Set(headerDeadSubject, d.msg.Subject())
	h.Set(headerDeadStream, d.meta.Stream)
	h.Set(headerDeadSequence, strconv.FormatUint(d.meta.Sequence.Stream, 10))
	h.Set(headerDeadDeliveries, strconv.FormatUint(d.meta.NumDelivered, 10))
	h.Set(headerDeadReason, fault.ReasonOf(d.err).String())
	ctx, cancel := context.WithTimeout(ctx, AckTimeout)
	defer cancel()
	_, err := js.PublishMsg(ctx, &nats.Msg{Subject: deadSubject(consumer), Header: h, Data: d.msg.Data()},
		jetstream.WithMsgID(fmt.Sprintf("%s/%s/%d", consumer, d.meta.Stream, d.meta.Sequence.Stream)),
		jetstream.WithExpectStream(StreamDeadLetters))
	if err != nil {
		return fmt.Errorf("storing dead letter: %w", err)
	}
	return nil
}

// ListDeadLetters answers the oldest letters of a consumer, of all for "".
func ListDeadLetters(ctx context.Context, js jetstream.JetStream, consumer string, limit int) ([]DeadLetter, error) {
	var letters []DeadLetter
	err := eachDeadLetter(ctx, js, consumer, func(_ jetstream.Stream, raw *jetstream.RawStreamMsg) (bool, error) {
		letters = append(letters, letterFrom(raw))
		return len(letters) < limit, nil
	})
	return letters, err
}

// ReplayDeadLetters sends a consumer its letters again and removes them,
// oldest first; other consumers skip them. It answers how many were sent.
func ReplayDeadLetters(ctx context.Context, js jetstream.JetStream, consumer string) (int, error) {
	if consumer == "" {
		return 0, errors.New("replaying dead letters: no consumer given")
	}
	sent := 0
	err := eachDeadLetter(ctx, js, consumer, func(stream jetstream.Stream, raw *jetstream.RawStreamMsg) (bool, error) {
		if err := replay(ctx, js, consumer, raw); err != nil {
			return false, err
		}
		sent++
		return true, stream.DeleteMsg(ctx, raw.Sequence)
	})
	return sent, err
}

func replay(ctx context.Context, js jetstream.JetStream, consumer string, raw *jetstream.RawStreamMsg) error {
	h := nats.Header{}
	for name, values := range raw.Header {
		if !strings.HasPrefix(name, headerDeadPrefix) && !strings.HasPrefix(name, "Nats-") {
			h[name] = values
		}
	}
	h.Set(headerOnlyFor, consumer)
	msg := &nats.Msg{Subject: raw.Header.Get(headerDeadSubject), Header: h, Data: raw.Data}
	if _, err := js.PublishMsg(ctx, msg, jetstream.WithMsgID(fmt.Sprintf("replay/%d", raw.Sequence))); err != nil {
		return fmt.Errorf("replaying dead letter %d: %w", raw.Sequence, err)
	}
	return nil
}

type visit func(jetstream.Stream, *jetstream.RawStreamMsg) (more bool, err error)

// eachDeadLetter visits those that lie there at its start: a replayed letter
// that fails again comes later.
func eachDeadLetter(ctx context.Context, js jetstream.JetStream, consumer string, fn visit) error {
	stream, err := js.Stream(ctx, StreamDeadLetters)
	if err != nil {
		return fmt.Errorf("opening dead letters: %w", err)
	}
	subject, last := deadSubject(consumer), stream.CachedInfo().State.LastSeq
	if consumer == "" {
		subject = StreamDeadLetters + ".>"
	}
	for next := uint64(1); next <= last; {
		raw, err := stream.GetMsg(ctx, next, jetstream.WithGetMsgSubject(subject))
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading dead letters: %w", err)
		}
		if raw.Sequence > last {
			return nil
		}
		more, err := fn(stream, raw)
		if err != nil || !more {
			return err
		}
		next = raw.Sequence + 1
	}
	return nil
}

func letterFrom(raw *jetstream.RawStreamMsg) DeadLetter {
	number := func(name string) uint64 {
		n, _ := strconv.ParseUint(raw.Header.Get(name), 10, 64)
		return n
	}
	return DeadLetter{
		Sequence: raw.Sequence,
		Time:     raw.Time,
		EventID:  raw.Header.Get(headerID),
		Reason:   raw.Header.Get(headerDeadReason),
		Letter: &eventv1.DeadLetter{
			Consumer:   strings.TrimPrefix(raw.Subject, StreamDeadLetters+"."),
			Stream:     raw.Header.Get(headerDeadStream),
			Sequence:   number(headerDeadSequence),
			Subject:    raw.Header.Get(headerDeadSubject),
			Deliveries: number(headerDeadDeliveries),
		},
	}
}

func deadSubject(consumer string) string { return StreamDeadLetters + "." + consumer }
