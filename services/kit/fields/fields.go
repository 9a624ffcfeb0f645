// Package fields converts the fields of messages that need more than an
// assignment: ids in their outer form, times that may be absent, the words of
// enums, and lists.
package fields

import (
	"fmt"
	"strings"
	"time"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
)

// Reader reads the ids of one request and remembers the first that is
// malformed: the rules of the protos check prefix and length alone. Whoever
// reads looks at Err before using what was read. The zero Reader is ready.
type Reader struct{ err error }

// Err is the invalid field, if there was one.
func (r *Reader) Err() error { return r.err }

// ID reads an id that must be there.
func (r *Reader) ID(prefix, field, text string) id.ID {
	parsed, err := id.Parse(prefix, text)
	if err != nil && r.err == nil {
		r.err = fault.With(fault.Invalid(field, "id"), fault.Cause(err))
	}
	return parsed
}

// Optional reads an id whose absence has a meaning; the empty text is the zero
// id.
func (r *Reader) Optional(prefix, field, text string) id.ID {
	if text == "" {
		return id.ID{}
	}
	return r.ID(prefix, field, text)
}

// IDs reads a list; an error names the place in it.
func (r *Reader) IDs(prefix, field string, texts []string) []id.ID {
	out := make([]id.ID, len(texts))
	for i, text := range texts {
		out[i] = r.ID(prefix, fmt.Sprintf("%s[%d]", field, i), text)
	}
	return out
}

// Time writes the zero time as an absent one.
func Time(t time.Time) *timestamppb.Timestamp {
	if t.IsZero() {
		return nil
	}
	return timestamppb.New(t)
}

// TimeOf reads an absent time as the zero time.
func TimeOf(t *timestamppb.Timestamp) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.AsTime()
}

// Word is the name of an enum's value without its prefix; empty for
// UNSPECIFIED and for a number without a name.
func Word(value protoreflect.Enum, prefix string) string {
	named := value.Descriptor().Values().ByNumber(value.Number())
	if named == nil || named.Number() == 0 {
		return ""
	}
	return strings.TrimPrefix(string(named.Name()), prefix)
}

// Enum is the value that a word names, the other way of Word; UNSPECIFIED for
// the empty word and for one that the enum does not have.
func Enum[E interface {
	~int32
	protoreflect.Enum
}, W ~string](word W, prefix string) E {
	var unspecified E
	named := unspecified.Descriptor().Values().ByName(protoreflect.Name(prefix + string(word)))
	if named == nil {
		return unspecified
	}
	return E(named.Number())
}

// Each converts a list.
func Each[From, To any](list []From, convert func(From) To) []To {
	out := make([]To, len(list))
	for i, item := range list {
		out[i] = convert(item)
	}
	return out
}
