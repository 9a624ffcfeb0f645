package rest

import (
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

// strict refuses what the method does not have. grpc-gateway would ignore
// unknown parameters, and decode a body as JSON whatever it says it is, which
// is how a form on another site would get through.
func strict(r *http.Request, m method, params map[string]string) error {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return fault.Invalid("query", "query")
	}
	if err := checkQuery(query, m, params); err != nil {
		return err
	}
	if !m.body {
		return nil
	}
	if !isJSON(r.Header.Get("Content-Type")) {
		return fault.New(reasonv1.Reason_REASON_CONTENT_TYPE_REFUSED)
	}
	return checkBody(r, m.input, params)
}

func isJSON(contentType string) bool { return isKind(contentType, "application/json") }

func isCSV(contentType string) bool { return isKind(contentType, "text/csv") }

// isKind takes no parameter but the one charset that there is.
func isKind(contentType, wanted string) bool {
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil || kind != wanted {
		return false
	}
	for name, value := range params {
		if name != "charset" || !strings.EqualFold(value, "utf-8") {
			return false
		}
	}
	return true
}

// checkQuery names the first unknown parameter in the order of the alphabet.
// With a body there is no query, and what the path names is not named twice.
func checkQuery(query url.Values, m method, params map[string]string) error {
	for _, name := range slices.Sorted(maps.Keys(query)) {
		if m.body || !isParameter(m.input, name, params) {
			return unknown(name)
		}
	}
	return nil
}

// isParameter follows a dotted path down to a field that is no message of ours.
func isParameter(message protoreflect.MessageDescriptor, path string, params map[string]string) bool {
	name, rest, nested := strings.Cut(path, ".")
	field := fieldNamed(message, name)
	if field == nil || field.IsMap() {
		return false
	}
	if _, inPath := params[string(field.Name())]; inPath && !nested {
		return false
	}
	inner := field.Message()
	if inner == nil || isWellKnown(inner) {
		return !nested
	}
	return nested && !field.IsList() && isParameter(inner, rest, nil)
}

// fieldNamed takes both forms that protojson takes.
func fieldNamed(message protoreflect.MessageDescriptor, name string) protoreflect.FieldDescriptor {
	if field := message.Fields().ByJSONName(name); field != nil {
		return field
	}
	return message.Fields().ByName(protoreflect.Name(name))
}

// isWellKnown messages have a JSON form of their own.
func isWellKnown(message protoreflect.MessageDescriptor) bool {
	return message.ParentFile().Package() == "google.protobuf"
}

func unknown(field string) error {
	return fault.New(reasonv1.Reason_REASON_UNKNOWN_FIELD, fault.Field(field, "unknown_field"))
}
