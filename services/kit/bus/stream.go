package bus

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// The streams, one per owner of facts, and the dead letters.
const (
	StreamIdentity       = "IDENTITY"
	StreamMembership     = "MEMBERSHIP"
	StreamPartnerSupport = "PARTNERSUPPORT"
	StreamConsent        = "CONSENT"
	StreamNotification   = "NOTIFICATION"
	StreamDeadLetters    = "DLQ"
)

const (
	streamAge       = 30 * 24 * time.Hour
	duplicateWindow = 10 * time.Minute
	// ackWait is a little more than a handler may take: what a killed process
	// held comes again after it.
	ackWait = handlerTimeout + 5*time.Second
)

// Streams makes the streams or brings them to this configuration. The number
// of replicas of an existing stream is the operator's and stays.
func Streams(ctx context.Context, js jetstream.JetStream) error {
	for _, name := range []string{StreamIdentity, StreamMembership, StreamPartnerSupport, StreamConsent, StreamNotification} {
		if err := ensure(ctx, js, name, "aval."+strings.ToLower(name)+".v1.>"); err != nil {
			return err
		}
	}
	return ensure(ctx, js, StreamDeadLetters, StreamDeadLetters+".>")
}

// Consumers makes durable consumers or brings them to this configuration. A
// service itself may not: it reads from consumers that exist.
func Consumers(ctx context.Context, js jetstream.JetStream, specs ...Spec) error {
	for _, s := range specs {
		_, err := js.CreateOrUpdateConsumer(ctx, s.Stream, jetstream.ConsumerConfig{
			Durable:        s.Name,
			FilterSubjects: s.Subjects,
			AckPolicy:      jetstream.AckExplicitPolicy,
			AckWait:        ackWait,
			// The bound is ours, so that nothing is dropped without a dead letter.
			MaxDeliver: -1,
		})
		if err != nil {
			return fmt.Errorf("making consumer %s: %w", s.Name, err)
		}
	}
	return nil
}

// StreamOf answers the stream that holds a subject aval.<context>.v1.….
func StreamOf(subject string) (string, error) {
	parts := strings.Split(subject, ".")
	if len(parts) < 5 || parts[0] != "aval" || parts[2] != "v1" {
		return "", fmt.Errorf("subject %q is not aval.<context>.v1.<aggregate>.<fact>", subject)
	}
	return strings.ToUpper(parts[1]), nil
}

// ensure makes a stream, or brings the settings that are ours to this; one that
// has them is left alone, for others make consumers of it meanwhile.
func ensure(ctx context.Context, js jetstream.JetStream, name, subjects string) error {
	config := jetstream.StreamConfig{Name: name, Replicas: 1}
	existing, err := js.Stream(ctx, name)
	switch {
	case err == nil:
		config = existing.CachedInfo().Config
	case !errors.Is(err, jetstream.ErrStreamNotFound):
		return fmt.Errorf("looking for stream %s: %w", name, err)
	}
	config.Subjects = []string{subjects}
	config.Storage = jetstream.FileStorage
	config.Retention = jetstream.LimitsPolicy
	config.Discard = jetstream.DiscardNew
	config.MaxAge = streamAge
	config.Duplicates = duplicateWindow
	if existing != nil && reflect.DeepEqual(config, existing.CachedInfo().Config) {
		return nil
	}
	if _, err := js.CreateOrUpdateStream(ctx, config); err != nil {
		return fmt.Errorf("making stream %s: %w", name, err)
	}
	return nil
}
