package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/aval-access/aval/deploy/stack"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/id"
)

func background() context.Context { return context.Background() }

// outcome is an answer as text, and its reason.
type outcome struct {
	code   codes.Code
	reason string
	text   string
}

// ofMoment tells an answer that came of the other cells, and of no id: tries
// were used up, or another cell of the same person ended the session.
func (o outcome) ofMoment() bool {
	return o.reason == "TOO_MANY_ATTEMPTS" || o.reason == "SESSION_EXPIRED"
}

// callAll makes all calls, several at once; outcomes have the cells' order.
func callAll(ctx context.Context, cells []cell) []outcome {
	out := make([]outcome, len(cells))
	next := make(chan int)
	var wg sync.WaitGroup
	for range callsAtOnce {
		wg.Go(func() {
			for i := range next {
				out[i] = cells[i].call(ctx)
			}
		})
	}
	for i := range cells {
		next <- i
	}
	close(next)
	wg.Wait()
	return out
}

func (c cell) call(ctx context.Context) outcome {
	token := c.caller.token
	if c.caller.again != nil {
		token = c.caller.again()
	}
	if token != "" {
		ctx = authn.WithToken(ctx, token)
	}
	answer, err := invoke(ctx, c.caller.conns[c.server], c.method, c.request)
	if err == nil {
		return outcome{text: textOf(answer)}
	}
	st := status.Convert(err)
	out := outcome{code: st.Code(), text: textOf(st.Proto())}
	for _, detail := range st.Details() {
		if info, ok := detail.(*errdetails.ErrorInfo); ok {
			out.reason = info.GetReason()
		}
	}
	return out
}

// textOf is the whole message, in one form.
func textOf(m proto.Message) string {
	raw, err := protojson.Marshal(m)
	if err != nil {
		return "no JSON: " + err.Error()
	}
	var out bytes.Buffer
	if err := json.Compact(&out, raw); err != nil {
		return "no JSON: " + err.Error()
	}
	return out.String()
}

// judge gives what is wrong, in words.
func (m *matrix) judge(cells []cell, outcomes []outcome) []string {
	type key struct {
		method, server, caller, variant string
	}
	keyOf := func(c cell, variant string) key { return key{c.method.name, c.server, c.caller.name, variant} }
	byKey, ofMoment := map[key]string{}, map[key]bool{}
	for i, c := range cells {
		byKey[keyOf(c, c.variant)] = withoutIDs(c, outcomes[i].text)
		ofMoment[keyOf(c, c.variant)] = outcomes[i].ofMoment()
	}
	var wrong []string
	for i, c := range cells {
		got := outcomes[i]
		problem := m.problem(c, got)
		if problem == "" && c.twin != "" && !m.trusted(c.method, c.caller) && !got.ofMoment() && !ofMoment[keyOf(c, c.twin)] &&
			byKey[keyOf(c, c.variant)] != byKey[keyOf(c, c.twin)] {
			problem = "differs from ids of nothing: " + byKey[keyOf(c, c.twin)]
		}
		if problem != "" {
			wrong = append(wrong, fmt.Sprintf("%s: %s: %s %s %.600s", c, problem, got.code, got.reason, got.text))
		}
	}
	slices.Sort(wrong)
	return wrong
}

// unanswered lists the methods that read and answered nobody, not even those
// to whom the things belong. What a link's token opens is not for this matrix.
func unanswered(cells []cell, outcomes []outcome) []string {
	answered := map[string]bool{}
	for i, c := range cells {
		if !c.method.reads() || c.method.Input().Fields().ByName("token") != nil {
			continue
		}
		answered[c.method.name] = answered[c.method.name] || outcomes[i].code == codes.OK && (c.variant == "own" || c.variant == "no")
	}
	var out []string
	for name, ok := range answered {
		if !ok {
			out = append(out, name)
		}
	}
	return out
}

// problem says what is wrong with one answer, or "".
func (m *matrix) problem(c cell, got outcome) string {
	if slices.Contains([]codes.Code{codes.Internal, codes.Unknown, codes.Unimplemented, codes.DataLoss, codes.DeadlineExceeded}, got.code) {
		return "nobody foresaw this"
	}
	if leak := m.leak(c, got.text); leak != "" {
		return "shows " + leak + " of another tenant"
	}
	want := m.verdict(c.method, c.caller, organizationIn(c))
	switch want {
	case unconnected:
		if got.code == codes.Unavailable && got.reason == "" {
			return ""
		}
	case admitted:
		return c.wrongAdmission(got)
	default:
		if got.reason == string(want) {
			return ""
		}
	}
	return "should be " + string(want)
}

// wrongAdmission: who is let in meets the contract next, and then the method.
func (c cell) wrongAdmission(got outcome) string {
	refused := got.reason == string(unauthenticated) || got.reason == string(noOrganization) || got.code == codes.Unavailable
	switch {
	case refused:
		return "should be let in"
	case c.variant == "broken" && got.reason != "INVALID_ARGUMENT":
		return "should break the contract"
	case c.variant == "malformed" && got.code == codes.OK && got.text != "{}" && !c.method.reads():
		return "took malformed ids"
	default:
		return ""
	}
}

func organizationIn(c cell) string {
	name := c.method.rule.GetOrganizationField()
	if name == "" {
		return ""
	}
	request := c.request.ProtoReflect()
	return request.Get(request.Descriptor().Fields().ByTextName(name)).String()
}

// leak finds a mark or an id of another tenant that the request did not name.
// Who is trusted with all tenants reads all.
func (m *matrix) leak(c cell, text string) string {
	if m.trusted(c.method, c.caller) {
		return ""
	}
	request := textOf(c.request)
	for _, tenant := range []marked{m.other, m.ended} {
		if c.caller.org == tenant.client.ID || c.caller.org == tenant.partner.ID {
			continue
		}
		if strings.Contains(text, tenant.mark) {
			return tenant.mark
		}
		for _, one := range tenant.ids(false) {
			parsed, err := id.Parse(one[:3], one)
			if err == nil && (strings.Contains(text, one) && !strings.Contains(request, one) || strings.Contains(text, parsed.UUID().String())) {
				return one
			}
		}
	}
	return ""
}

// withoutIDs takes out of an answer what only repeats the request.
func withoutIDs(c cell, text string) string {
	request := c.request.ProtoReflect()
	for _, name := range idsIn(c.method.Input()) {
		field := request.Descriptor().Fields().ByName(name)
		if field == nil {
			continue
		}
		values := []string{request.Get(field).String()}
		if field.IsList() {
			values = nil
			for i := range request.Get(field).List().Len() {
				values = append(values, request.Get(field).List().Get(i).String())
			}
		}
		for _, value := range values {
			if value != "" {
				text = strings.ReplaceAll(text, value, "<"+string(name)+">")
			}
		}
	}
	return text
}

// rowsOfOther is the other tenant as it is stored. Mails and history still
// arrive when nobody acts.
func (m *matrix) rowsOfOther(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, service := range stack.Services {
		system := connect(t, service, "system")
		for _, table := range guarded(t, service) {
			if table == "delivery" || table == "history" {
				continue
			}
			var sum string
			err := system.QueryRow(t.Context(), "SELECT coalesce(string_agg(to_jsonb(x)::text, E'\n' ORDER BY to_jsonb(x)::text), '') FROM "+table+
				" x WHERE strpos(to_jsonb(x)::text, $1) > 0 OR strpos(to_jsonb(x)::text, $2) > 0",
				uuidOf(t, m.other.client.ID), uuidOf(t, m.other.partner.ID)).Scan(&sum)
			if err != nil {
				t.Fatal(err)
			}
			out[service+"."+table] = sum
		}
	}
	return out
}
