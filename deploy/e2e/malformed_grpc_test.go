package e2e

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"buf.build/go/protovalidate"
	"github.com/stretchr/testify/require"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"

	"github.com/aval-access/aval/deploy/stack"
	"github.com/aval-access/aval/services/kit/authn"
)

// probe is one hostile message.
type probe struct {
	method  method
	server  string
	name    string
	message proto.Message
}

// T-16 over gRPC: the contract's own words decide, and no message makes a
// server fail.
func TestHostileMessagesOverGRPC(t *testing.T) {
	t.Parallel()
	h := newHostile(t)
	var all []probe
	for _, m := range h.methods {
		all = append(all, h.probes(t, m)...)
	}
	require.Greater(t, len(all), leastHostile/2)
	t.Logf("%d hostile messages", len(all))
	var mu sync.Mutex
	var wrong []string
	inParallel(len(all), func(i int) {
		if problem := h.try(all[i]); problem != "" {
			mu.Lock()
			defer mu.Unlock()
			wrong = append(wrong, fmt.Sprintf("%s with %s: %s", all[i].method.name, all[i].name, problem))
		}
	})
	slices.Sort(wrong)
	for _, one := range wrong[:min(len(wrong), shownFailures)] {
		t.Error(one)
	}
	require.Empty(t, len(wrong), "hostile messages that were answered wrongly")
}

func (h *hostile) probes(t *testing.T, m method) []probe {
	t.Helper()
	servers := h.servers[string(m.Parent().FullName())]
	require.NotEmpty(t, servers)
	var out []probe
	add := func(name string, change func(protoreflect.Message)) {
		message := proto.Clone(h.base(t, m))
		change(message.ProtoReflect())
		out = append(out, probe{method: m, server: servers[0], name: name, message: message})
	}
	add("an unknown field", func(message protoreflect.Message) {
		message.SetUnknown(protowire.AppendString(protowire.AppendTag(nil, 4711, protowire.BytesType), "zzz"))
	})
	walkFields(m.Input(), nil, func(path []protoreflect.FieldDescriptor) {
		field := path[len(path)-1]
		add(string(field.FullName())+" missing", func(message protoreflect.Message) { inner(message, path).Clear(field) })
		for name, value := range hostileProtos(field) {
			add(string(field.FullName())+" "+name, func(message protoreflect.Message) { put(inner(message, path), field, value) })
		}
	})
	return out
}

// inner is the message that holds the last field of a path.
func inner(message protoreflect.Message, path []protoreflect.FieldDescriptor) protoreflect.Message {
	for _, field := range path[:len(path)-1] {
		message = message.Mutable(field).Message()
	}
	return message
}

func put(message protoreflect.Message, field protoreflect.FieldDescriptor, value protoreflect.Value) {
	if !field.IsList() {
		message.Set(field, value)
		return
	}
	list, size := message.NewField(field), 0
	for range 2001 {
		if size += len(value.String()); size > 1<<20 {
			break // more would not be read at all
		}
		list.List().Append(value)
	}
	message.Set(field, list)
}

// hostileProtos are values for a field; a list gets one of them up to 2001 times.
func hostileProtos(field protoreflect.FieldDescriptor) map[string]protoreflect.Value {
	out := map[string]protoreflect.Value{}
	switch field.Kind() {
	case protoreflect.StringKind:
		rules := rulesOf(field).GetString()
		most := int(max(rules.GetMaxLen(), rules.GetLen(), 1))
		for name, text := range map[string]string{
			"empty": "", "one too long": strings.Repeat("é", most+1), "huge": strings.Repeat("x", 200_000), "NUL": "a\x00b",
			"newlines": "a\r\nBcc: x@y.example", "bidi": "\u202egnp.exe\u2066", "unseen": "\u200b\ufeff", "a replacement": "\ufffd", "SQL": "'; DROP TABLE users; --",
		} {
			out[name] = protoreflect.ValueOfString(text)
		}
	case protoreflect.Int32Kind:
		for _, n := range []int32{-1, math.MinInt32, math.MaxInt32} {
			out[fmt.Sprint(n)] = protoreflect.ValueOfInt32(n)
		}
	case protoreflect.Int64Kind:
		for _, n := range []int64{0, -1, math.MinInt64, math.MaxInt64} {
			out[fmt.Sprint(n)] = protoreflect.ValueOfInt64(n)
		}
	case protoreflect.EnumKind:
		for _, n := range []protoreflect.EnumNumber{0, -1, 9999, math.MaxInt32} {
			out[fmt.Sprint(n)] = protoreflect.ValueOfEnum(n)
		}
	case protoreflect.BytesKind:
		out["garbage"] = protoreflect.ValueOfBytes([]byte{0xff, 0x00, 0x80})
		out["huge"] = protoreflect.ValueOfBytes(make([]byte, 300_000))
	case protoreflect.MessageKind:
		out["empty"] = protoreflect.ValueOfMessage(dynamicpb.NewMessage(field.Message()))
		for name, moment := range hostileMoments(field.Message()) {
			out[name] = protoreflect.ValueOfMessage(moment)
		}
		for name, mask := range hostileMasks(field.Message()) {
			out[name] = protoreflect.ValueOfMessage(mask)
		}
	default:
	}
	return out
}

// hostileMoments are timestamps and durations that no clock shows.
func hostileMoments(message protoreflect.MessageDescriptor) map[string]protoreflect.Message {
	out := map[string]protoreflect.Message{}
	if message.ParentFile().Package() != "google.protobuf" || message.Fields().ByName("seconds") == nil {
		return out
	}
	for _, seconds := range []int64{math.MinInt64, -1, 253_402_300_800, math.MaxInt64} {
		for _, nanos := range []int32{0, -1, math.MaxInt32} {
			moment := dynamicpb.NewMessage(message)
			moment.Set(message.Fields().ByName("seconds"), protoreflect.ValueOfInt64(seconds))
			moment.Set(message.Fields().ByName("nanos"), protoreflect.ValueOfInt32(nanos))
			out[fmt.Sprintf("%d s %d ns", seconds, nanos)] = moment
		}
	}
	return out
}

// hostileMasks name fields that cannot be changed, or that there are not.
func hostileMasks(message protoreflect.MessageDescriptor) map[string]protoreflect.Message {
	out := map[string]protoreflect.Message{}
	if message.FullName() != "google.protobuf.FieldMask" {
		return out
	}
	paths := message.Fields().ByName("paths")
	for _, path := range []string{"", "*", "id", "email_verified", "nothing.at.all", "a\x00b"} {
		mask := dynamicpb.NewMessage(message)
		mask.Mutable(paths).List().Append(protoreflect.ValueOfString(path))
		out[fmt.Sprintf("mask %q", path)] = mask
	}
	return out
}

// try sends a message as somebody who may, and compares the answer with the
// contract.
func (h *hostile) try(p probe) string {
	broken := h.violations(p.message)
	conn, token := h.workloads["gateway"].conns[p.server], h.token(p.method)
	if !p.method.allows(classPerson) && !p.method.allows(classNobody) {
		if broken == nil && !p.method.reads() && len(idsIn(p.method.Input())) == 0 {
			return "" // it would be done, for all to see
		}
		conn, token = h.workloads[h.trustedBy(p.method)].conns[p.server], ""
	}
	ctx := background()
	if token != "" {
		ctx = authn.WithToken(ctx, token)
	}
	_, err := invoke(ctx, conn, p.method, p.message)
	st := status.Convert(err)
	told := fmt.Sprintf("%s %.300s", st.Code(), textOf(st.Proto()))
	switch {
	case slices.Contains([]codes.Code{codes.Internal, codes.Unknown, codes.Unavailable, codes.DeadlineExceeded}, st.Code()):
		return "the server failed: " + told
	case p.method.rule.GetOrganizationField() != "" && st.Code() == codes.NotFound:
		return "" // another organisation is told before anything else
	case broken != nil && st.Code() != codes.InvalidArgument:
		return fmt.Sprintf("breaks %s and was not refused: %s", broken, told)
	case broken != nil && !slices.ContainsFunc(violated(st), func(field string) bool { return slices.Contains(broken, field) }):
		return fmt.Sprintf("breaks %s, not named: %s", broken, told)
	default:
		return ""
	}
}

// trustedBy is a workload that the method's rule lets in.
func (h *hostile) trustedBy(m method) string {
	switch {
	case m.allows(classPlatform):
		return stack.DemoProduct
	case m.allows(classOperator):
		return stack.Operator
	default:
		return m.rule.GetServices()[0]
	}
}

// violations are the fields that break the contract, by the contract's words.
func (h *hostile) violations(message proto.Message) []string {
	var invalid *protovalidate.ValidationError
	if !errors.As(h.validator.Validate(message), &invalid) {
		return nil
	}
	var out []string
	for _, one := range invalid.Violations {
		out = append(out, protovalidate.FieldPathString(one.Proto.GetField()))
	}
	return out
}

func violated(st *status.Status) []string {
	var out []string
	for _, detail := range st.Details() {
		if request, ok := detail.(*errdetails.BadRequest); ok {
			for _, one := range request.GetFieldViolations() {
				out = append(out, one.GetField())
			}
		}
	}
	return out
}
