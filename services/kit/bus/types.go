package bus

import (
	"errors"
	"fmt"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	eventv1 "github.com/aval-access/aval/proto/gen/aval/event/v1"
)

// ErrUnknownSubject means that this binary knows no message for a subject.
var ErrUnknownSubject = errors.New("no message is known for the subject")

// Types finds the message of a subject.
type Types struct {
	bySubject map[string]protoreflect.MessageType
}

// linkedTypes reads the options of all linked messages. Options are read after
// the walk: the first look at them takes the registry's lock again, which
// blocks for ever once somebody waits to register a message.
func linkedTypes() *Types {
	var linked []protoreflect.MessageType
	protoregistry.GlobalTypes.RangeMessages(func(m protoreflect.MessageType) bool {
		linked = append(linked, m)
		return true
	})
	t := &Types{bySubject: map[string]protoreflect.MessageType{}}
	for _, m := range linked {
		if subject := subjectOf(m.Descriptor()); subject != "" {
			t.bySubject[subject] = m
		}
	}
	return t
}

// TypesOf knows these messages alone, each of which declares a subject.
func TypesOf(messages ...proto.Message) *Types {
	t := &Types{bySubject: map[string]protoreflect.MessageType{}}
	for _, m := range messages {
		t.bySubject[subjectOf(m.ProtoReflect().Descriptor())] = m.ProtoReflect().Type()
	}
	return t
}

// Decode reads a payload as the subject's message.
func (t *Types) Decode(subject string, payload []byte) (proto.Message, error) {
	m, ok := t.bySubject[subject]
	if !ok {
		return nil, fmt.Errorf("decoding %s: %w", subject, ErrUnknownSubject)
	}
	message := m.New().Interface()
	if err := proto.Unmarshal(payload, message); err != nil {
		return nil, fmt.Errorf("decoding %s: %w", subject, err)
	}
	return message, nil
}

// SubjectOf answers the subject that an event message declares.
func SubjectOf(m proto.Message) (string, error) {
	if subject := subjectOf(m.ProtoReflect().Descriptor()); subject != "" {
		return subject, nil
	}
	return "", fmt.Errorf("message %s declares no subject", m.ProtoReflect().Descriptor().FullName())
}

func subjectOf(d protoreflect.MessageDescriptor) string {
	subject, _ := proto.GetExtension(d.Options(), eventv1.E_Subject).(string)
	return subject
}
