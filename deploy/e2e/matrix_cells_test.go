package e2e

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/aval-access/aval/services/kit/id"
)

// cell is one call: a method at one of its servers, a caller, and the ids in
// the request.
type cell struct {
	method  method
	server  string
	caller  *caller
	variant string
	request proto.Message
	// twin is the variant with ids of nothing, which must answer the same.
	twin string
}

func (c cell) String() string {
	return fmt.Sprintf("%s at %s by %s with %s ids", c.method.name, c.server, c.caller.name, c.variant)
}

// source gives the id for a field, or "" to leave the choice to the next one.
type source func(field protoreflect.FieldDescriptor, prefix string) string

func of(ids map[string]string) source {
	return func(field protoreflect.FieldDescriptor, prefix string) string {
		if named := ids[string(field.Name())]; named != "" && strings.HasPrefix(named, prefix) {
			return named
		}
		return ids[prefix]
	}
}

func random(_ protoreflect.FieldDescriptor, prefix string) string { return id.New().Text(prefix) }

// malformed ids have the length and the prefix that contracts ask for.
func malformed(_ protoreflect.FieldDescriptor, prefix string) string {
	return prefix + "_' OR 1=1 --'; DROP TABLE x"[:27]
}

// first takes the first source that knows.
func first(sources ...source) source {
	return func(field protoreflect.FieldDescriptor, prefix string) string {
		for _, one := range sources {
			if text := one(field, prefix); text != "" {
				return text
			}
		}
		return ""
	}
}

// only lets a source speak for one field.
func only(name protoreflect.Name, s source) source {
	return func(field protoreflect.FieldDescriptor, prefix string) string {
		if field.Name() != name {
			return ""
		}
		return s(field, prefix)
	}
}

// cellsOf are the cells of a method at a server for one caller.
func (m *matrix) cellsOf(method method, server string, c *caller) ([]cell, error) {
	variants := m.variants(method, c)
	var out []cell
	for name, v := range variants {
		request, err := (filler{id: v.ids}).request(method)
		if err != nil {
			return nil, err
		}
		if name == "broken" && !breakOne(request.ProtoReflect()) {
			continue
		}
		out = append(out, cell{method: method, server: server, caller: c, variant: name, request: request, twin: v.twin})
	}
	return out, nil
}

type variant struct {
	ids  source
	twin string
}

func (m *matrix) variants(method method, c *caller) map[string]variant {
	home, over := m.own, m.ended
	if c.org == m.ended.partner.ID {
		home, over = m.ended, m.own
	}
	mine := home.ids(c.forPartner)
	if c.person != 0 {
		mine["usr"], mine["user_id"], mine["account_id"] = c.user, c.user, cmp.Or(c.org, home.client.ID)
	}
	own, other, ended := of(mine), of(m.other.ids(c.forPartner)), of(over.ids(c.forPartner))
	if c.unconnected {
		return map[string]variant{"own": {ids: first(own, random)}, "random": {ids: random}}
	}
	out := map[string]variant{"broken": {ids: first(own, random)}}
	if m.trusted(method, c) && !method.reads() {
		// Whoever is trusted changes what it names: nothing that exists is named.
		if len(idsIn(method.Input())) > 0 {
			out["malformed"] = variant{ids: malformed}
		}
		return out
	}
	if method.reads() || m.verdict(method, c, c.org) != admitted {
		out["own"] = variant{ids: first(own, random)}
	}
	fields := idsIn(method.Input())
	if len(fields) == 0 {
		out["no"] = variant{ids: random}
		return out
	}
	out["another tenant's"] = variant{ids: first(other, random), twin: "random"}
	out["another tenant's ended"] = variant{ids: first(ended, random), twin: "random"}
	out["random"], out["malformed"] = variant{ids: random}, variant{ids: malformed}
	if c.person != 0 {
		inside(out, protoreflect.Name(method.rule.GetOrganizationField()), fields, own, other, ended)
	}
	return out
}

// inside adds variants in the caller's own organisation: all things named are
// another's, and each of them alone.
func inside(out map[string]variant, organization protoreflect.Name, fields []protoreflect.Name, own, other, ended source) {
	mine := only(organization, own)
	fields = slices.DeleteFunc(fields, func(name protoreflect.Name) bool { return name == organization })
	if len(fields) == 0 {
		return
	}
	out["another tenant's, inside"] = variant{ids: first(mine, other, random), twin: "random, inside"}
	out["another tenant's ended, inside"] = variant{ids: first(mine, ended, random), twin: "random, inside"}
	out["random, inside"] = variant{ids: first(mine, random)}
	out["malformed, inside"] = variant{ids: first(mine, malformed)}
	if len(fields) == 1 {
		return
	}
	for _, name := range fields {
		alone := "random " + string(name)
		out[alone] = variant{ids: first(only(name, random), own, random)}
		out["another tenant's "+string(name)] = variant{ids: first(only(name, first(other, random)), own, random), twin: alone}
	}
}

// idsIn lists the fields with ids, at every depth.
func idsIn(message protoreflect.MessageDescriptor) []protoreflect.Name {
	var out []protoreflect.Name
	for i := range message.Fields().Len() {
		field := message.Fields().Get(i)
		if inner := field.Message(); inner != nil && !field.IsMap() {
			out = append(out, idsIn(inner)...)
		}
		if prefixOf(field) != "" && !slices.Contains(out, field.Name()) {
			out = append(out, field.Name())
		}
	}
	return out
}

// breakOne makes a field break its rules; false where none can.
func breakOne(request protoreflect.Message) bool {
	fields := request.Descriptor().Fields()
	for i := range fields.Len() {
		field := fields.Get(i)
		switch {
		case field.IsList():
			continue
		case field.Kind() == protoreflect.StringKind && rulesOf(field).HasString():
			request.Set(field, protoreflect.ValueOfString(strings.Repeat("x", 5000)))
			return true
		case field.Kind() == protoreflect.Int32Kind && rulesOf(field).HasInt32():
			request.Set(field, protoreflect.ValueOfInt32(-1))
			return true
		}
	}
	for i := range fields.Len() {
		if field := fields.Get(i); field.IsList() && rulesOf(field).GetRepeated().GetMinItems() > 0 {
			request.Clear(field)
			return true
		}
	}
	return false
}
