package rest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

// checkBody reads the body, checks its names, and puts it back.
func checkBody(r *http.Request, input protoreflect.MessageDescriptor, params map[string]string) error {
	content, err := io.ReadAll(r.Body)
	if err != nil {
		return fmt.Errorf("reading the body: %w", err)
	}
	r.Body = io.NopCloser(bytes.NewReader(content))
	if len(bytes.TrimSpace(content)) == 0 {
		return nil
	}
	value, err := decode(content)
	if err != nil {
		return badJSON(err)
	}
	object, ok := value.(map[string]any)
	if !ok {
		return badJSON(errors.New("the body is not an object"))
	}
	for name := range params {
		if field := input.Fields().ByName(protoreflect.Name(name)); field != nil && hasField(object, field) {
			return unknown(field.JSONName())
		}
	}
	return checkObject(object, input, "")
}

// decode keeps numbers as they are written: which fit is protojson's to say.
func decode(content []byte) (any, error) {
	if !json.Valid(content) {
		return nil, errors.New("the body is not JSON")
	}
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.UseNumber()
	var value any
	err := decoder.Decode(&value)
	return value, err
}

func badJSON(cause error) error { return wrongKind("body", cause) }

// wrongKind names a value that is not of its field's kind.
func wrongKind(at string, cause error) error {
	return fault.New(reasonv1.Reason_REASON_INVALID_ARGUMENT, fault.Field(at, "json"), fault.Cause(cause))
}

func hasField(object map[string]any, field protoreflect.FieldDescriptor) bool {
	_, byJSON := object[field.JSONName()]
	_, byName := object[string(field.Name())]
	return byJSON || byName
}

var (
	errNoObject = errors.New("the value is not an object")
	errNoList   = errors.New("the value is not a list")
)

// checkObject names the first field that is unknown or not of its kind, depth
// first, in the order of the alphabet. Single values are for protojson to
// check, which names them by itself.
func checkObject(object map[string]any, message protoreflect.MessageDescriptor, at string) error {
	for _, name := range slices.Sorted(maps.Keys(object)) {
		field := fieldNamed(message, name)
		if field == nil {
			return unknown(at + name)
		}
		if err := checkValue(object[name], field, at+name); err != nil {
			return err
		}
	}
	return nil
}

func checkValue(value any, field protoreflect.FieldDescriptor, at string) error {
	if value == nil {
		return nil // as if the field were not there
	}
	switch {
	case field.IsMap():
		entries, ok := value.(map[string]any)
		if !ok {
			return wrongKind(at, errNoObject)
		}
		return checkEntries(entries, field.MapValue().Message(), at)
	case field.IsList():
		items, ok := value.([]any)
		if !ok {
			return wrongKind(at, errNoList)
		}
		return checkItems(items, field.Message(), at)
	default:
		return checkMessage(value, field.Message(), at)
	}
}

func checkEntries(entries map[string]any, inner protoreflect.MessageDescriptor, at string) error {
	for key, entry := range entries {
		if err := checkMessage(entry, inner, fmt.Sprintf("%s[%s]", at, key)); err != nil {
			return err
		}
	}
	return nil
}

func checkItems(items []any, inner protoreflect.MessageDescriptor, at string) error {
	for i, item := range items {
		if err := checkMessage(item, inner, fmt.Sprintf("%s[%d]", at, i)); err != nil {
			return err
		}
	}
	return nil
}

// checkMessage looks into a value that stands for a message; inner is nil
// where it stands for a single value.
func checkMessage(value any, inner protoreflect.MessageDescriptor, at string) error {
	if inner == nil {
		return nil
	}
	if isWellKnown(inner) {
		return checkWellKnown(value, inner, at)
	}
	object, ok := value.(map[string]any)
	if !ok {
		return wrongKind(at, errNoObject)
	}
	return checkObject(object, inner, at+".")
}

// checkWellKnown has protojson read the value alone: it would not say where it
// stood.
func checkWellKnown(value any, inner protoreflect.MessageDescriptor, at string) error {
	raw, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("writing a value again: %w", err)
	}
	if err := protojson.Unmarshal(raw, dynamicpb.NewMessage(inner)); err != nil {
		return wrongKind(at, err)
	}
	return nil
}
