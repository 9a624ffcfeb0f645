package driver

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

// route is a google.api.http rule.
type route struct {
	verb, path         string
	body, responseBody string
}

// routeOf finds the rule of a full method "/aval.x.v1.Service/Method".
func routeOf(method string) (route, error) {
	name := protoreflect.FullName(strings.ReplaceAll(strings.TrimPrefix(method, "/"), "/", "."))
	found, err := protoregistry.GlobalFiles.FindDescriptorByName(name)
	if err != nil {
		return route{}, fmt.Errorf("finding %s: %w", method, err)
	}
	rule, ok := proto.GetExtension(found.Options(), annotations.E_Http).(*annotations.HttpRule)
	if !ok || rule.GetPattern() == nil {
		return route{}, fmt.Errorf("calling %s: %w", method, errNoRoute)
	}
	out := route{body: rule.GetBody(), responseBody: rule.GetResponseBody()}
	switch pattern := rule.GetPattern().(type) {
	case *annotations.HttpRule_Get:
		out.verb, out.path = http.MethodGet, pattern.Get
	case *annotations.HttpRule_Post:
		out.verb, out.path = http.MethodPost, pattern.Post
	case *annotations.HttpRule_Patch:
		out.verb, out.path = http.MethodPatch, pattern.Patch
	default:
		return route{}, fmt.Errorf("calling %s: %w", method, errNoRoute)
	}
	return out, nil
}

var pathField = regexp.MustCompile(`\{([a-z_]+)\}`)

// request puts the message into path, query and body.
func (r route) request(ctx context.Context, base string, in proto.Message) (*http.Request, error) {
	raw, err := protojson.Marshal(in)
	if err != nil {
		return nil, err
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(raw, &fields); err != nil {
		return nil, err
	}
	path := pathField.ReplaceAllStringFunc(r.path, func(match string) string {
		name := jsonName(in, match[1:len(match)-1])
		var value string
		_ = json.Unmarshal(fields[name], &value) // path fields are strings
		delete(fields, name)
		return url.PathEscape(value)
	})
	if r.verb == http.MethodGet {
		return http.NewRequestWithContext(ctx, r.verb, base+path+query(fields), nil)
	}
	return r.post(ctx, base+path, fields)
}

func (r route) post(ctx context.Context, target string, fields map[string]json.RawMessage) (*http.Request, error) {
	body, err := json.Marshal(fields)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, r.verb, target, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	return request, nil
}

func query(fields map[string]json.RawMessage) string {
	values := url.Values{}
	for name, raw := range fields {
		for _, value := range scalars(raw) {
			values.Add(name, value)
		}
	}
	if len(values) == 0 {
		return ""
	}
	return "?" + values.Encode()
}

// scalars gives a value, or each of a list, as query text.
func scalars(raw json.RawMessage) []string {
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		list = []json.RawMessage{raw}
	}
	var out []string
	for _, one := range list {
		var text string
		if json.Unmarshal(one, &text) != nil {
			text = string(one)
		}
		out = append(out, text)
	}
	return out
}

func jsonName(in proto.Message, field string) string {
	return in.ProtoReflect().Descriptor().Fields().ByName(protoreflect.Name(field)).JSONName()
}
