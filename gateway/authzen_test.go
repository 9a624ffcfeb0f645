package gateway_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/kit/grpctest"
	"github.com/aval-access/aval/services/kit/id"
)

// object is a body of the standard's shape.
type object = map[string]any

func (b *bundle) subject() object { return object{"type": "user", "id": b.user.Text("usr")} }

func (b *bundle) resource() object {
	return object{"type": "account", "id": b.membership.account.Text("org"), "properties": object{"feature": "management/invoices"}}
}

// question asks for editor, with the members given in the place of its own; nil
// leaves one out.
func (b *bundle) question(instead object) object {
	out := object{"subject": b.subject(), "action": object{"name": "editor"}, "resource": b.resource()}
	maps.Copy(out, instead)
	maps.DeleteFunc(out, func(_ string, v any) bool { return v == nil })
	return out
}

// ask is the product's question, by its certificate.
func (b *bundle) ask(t *testing.T, path string, body object) response {
	t.Helper()
	text, err := json.Marshal(body)
	require.NoError(t, err)
	return send(t, b.product(t, b.pki), "https://"+b.mtlsURL, request{method: http.MethodPost, path: path, body: string(text), host: "tokens.gateway.test"})
}

const evaluation, many = "/access/v1/evaluation", "/access/v1/evaluations"

func TestEvaluation(t *testing.T) {
	t.Parallel()
	b := setup(t)
	stranger := object{"type": "user", "id": id.New().Text("usr")}
	cases := map[string]struct {
		asked object
		want  string
	}{
		"yes, with its source":         {b.question(nil), `{"decision":true,"context":{"source":"MEMBERSHIP"}}`},
		"no, with the reason":          {b.question(object{"action": object{"name": "approver"}}), `{"decision":false,"context":{"reason":"LEVEL_TOO_LOW"}}`},
		"the visit is in the context":  {b.question(object{"action": object{"name": "approver"}, "context": object{"support_session_id": visit, "time": "2026-01-31T12:00:00Z"}}), `{"decision":true,"context":{"source":"GRANT","consent_id":"cns_1"}}`},
		"no visit by another name":     {b.question(object{"action": object{"name": "approver"}, "context": object{"support_session_id": 7}}), `{"decision":false,"context":{"reason":"LEVEL_TOO_LOW"}}`},
		"a stranger":                   {b.question(object{"subject": stranger}), `{"decision":false,"context":{"reason":"NO_ACCESS"}}`},
		"a subject of another kind":    {b.question(object{"subject": object{"type": "user", "id": "alice"}}), `{"decision":false,"context":{"reason":"SUBJECT_UNKNOWN"}}`},
		"a resource of another kind":   {b.question(object{"resource": object{"type": "record", "id": "record-1"}}), `{"decision":false,"context":{"reason":"RESOURCE_UNKNOWN"}}`},
		"an action of another kind":    {b.question(object{"action": object{"name": "delete", "properties": object{"soft": true}}}), `{"decision":false,"context":{"reason":"ACTION_UNKNOWN"}}`},
		"no feature":                   {b.question(object{"resource": object{"type": "account", "id": b.membership.account.Text("org")}}), `{"decision":false,"context":{"reason":"FEATURE_UNKNOWN"}}`},
		"members of a later standard":  {b.question(object{"futureField": object{"nested": true}}), `{"decision":true,"context":{"source":"MEMBERSHIP"}}`},
		"properties that nobody reads": {b.question(object{"subject": object{"type": "user", "id": b.user.Text("usr"), "properties": object{"role": "admin"}}}), `{"decision":true,"context":{"source":"MEMBERSHIP"}}`},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			answer := b.ask(t, evaluation, c.asked)
			require.Equal(t, http.StatusOK, answer.StatusCode, string(answer.content))
			require.Equal(t, "application/json", answer.Header.Get("Content-Type"))
			require.JSONEq(t, c.want, string(answer.content))
		})
	}
}

// What the standard requires and is not there, or not of its type, is 400.
func TestEvaluationIsChecked(t *testing.T) {
	t.Parallel()
	b := setup(t)
	cases := map[string]object{
		"no subject":            {"subject": nil},
		"no action":             {"action": nil},
		"no resource":           {"resource": nil},
		"no subject's type":     {"subject": object{"id": "alice"}},
		"no subject's id":       {"subject": object{"type": "user"}},
		"no action's name":      {"action": object{}},
		"no resource's type":    {"resource": object{"id": "record-1"}},
		"no resource's id":      {"resource": object{"type": "record"}},
		"a subject's name":      {"subject": "alice"},
		"a number for a name":   {"action": object{"name": 123}},
		"a context of one word": {"context": "now"},
	}
	for name, instead := range cases {
		answer := b.ask(t, evaluation, b.question(instead))
		require.Equal(t, http.StatusBadRequest, answer.StatusCode, "%s: %s", name, answer.content)
	}
	for name, in := range map[string]request{
		"not JSON":             {body: `{"subject":`},
		"nothing":              {},
		"a list":               {body: `[]`},
		"another content type": {body: `{}`, header: http.Header{"Content-Type": {"text/plain"}}},
	} {
		in.method, in.path, in.host = http.MethodPost, evaluation, "tokens.gateway.test"
		answer := send(t, b.product(t, b.pki), "https://"+b.mtlsURL, in)
		require.Equal(t, http.StatusBadRequest, answer.StatusCode, "%s: %s", name, answer.content)
	}
	require.Empty(t, b.membership.arrived)
}

func TestEvaluationsTakeDefaultsAndStopWhereTheyAreTold(t *testing.T) {
	t.Parallel()
	b := setup(t)
	levels := func(names ...string) []object {
		var out []object
		for _, name := range names {
			out = append(out, object{"action": object{"name": name}})
		}
		return out
	}
	decided := func(asked object) []bool {
		answer := b.ask(t, many, b.question(asked))
		require.Equal(t, http.StatusOK, answer.StatusCode, string(answer.content))
		var out struct{ Evaluations []struct{ Decision bool } }
		require.NoError(t, json.Unmarshal(answer.content, &out))
		var list []bool
		for _, one := range out.Evaluations {
			list = append(list, one.Decision)
		}
		return list
	}
	three := levels("guest", "approver", "editor")
	for semantic, want := range map[string][]bool{
		"execute_all": {true, false, true}, "deny_on_first_deny": {true, false}, "permit_on_first_permit": {true},
	} {
		require.Equal(t, want, decided(object{"evaluations": three, "options": object{"evaluations_semantic": semantic, "another": 1}}), semantic)
	}
	require.Equal(t, []bool{true, false, true}, decided(object{"evaluations": three}))
	require.Equal(t, []bool{false, false}, decided(object{"evaluations": levels("approver", "delete"), "options": object{"evaluations_semantic": "permit_on_first_permit"}}))
	require.Equal(t, []bool{false, true}, decided(object{"evaluations": []object{{"resource": object{"type": "account", "id": b.membership.account.Text("org")}}, {}}}),
		"a member is replaced whole")
	require.Equal(t, http.StatusBadRequest, b.ask(t, many, b.question(object{"evaluations": three, "options": object{"evaluations_semantic": "any"}})).StatusCode)
	require.Equal(t, http.StatusBadRequest, b.ask(t, many, b.question(object{"evaluations": make([]object, 1001)})).StatusCode)
}

// Without a list it is the one question; a question that lacks something is a
// no among the others.
func TestEvaluationsOfOneAndOfNone(t *testing.T) {
	t.Parallel()
	b := setup(t)
	require.JSONEq(t, `{"decision":true,"context":{"source":"MEMBERSHIP"}}`, string(b.ask(t, many, b.question(nil)).content))
	require.JSONEq(t, `{"decision":true,"context":{"source":"MEMBERSHIP"}}`, string(b.ask(t, many, b.question(object{"evaluations": []object{}})).content))

	answer := b.ask(t, many, b.question(object{"subject": nil, "evaluations": []object{{"subject": b.subject()}, {}}})).json(t)

	list := answer["evaluations"].([]any)
	require.Equal(t, true, list[0].(object)["decision"])
	require.Equal(t, false, list[1].(object)["decision"])
	mistake := list[1].(object)["context"].(object)["error"].(object)
	require.EqualValues(t, http.StatusBadRequest, mistake["status"])
	require.Contains(t, mistake["message"], "subject.type: ")
}

func TestSearches(t *testing.T) {
	t.Parallel()
	b := setup(t)
	kind := object{"type": "user"}

	actions := b.ask(t, "/access/v1/search/action", b.question(object{"action": nil}))
	require.JSONEq(t, `{"results":[{"name":"guest"},{"name":"editor"}]}`, string(actions.content))

	resources := b.ask(t, "/access/v1/search/resource", b.question(object{"resource": object{"type": "account", "properties": object{"feature": "management/invoices"}}}))
	want, err := json.Marshal(object{"page": object{"next_token": "", "count": 1}, "results": []object{b.resource()}})
	require.NoError(t, err)
	require.JSONEq(t, string(want), string(resources.content))
	require.Equal(t, 1, strings.Index(string(resources.content), `"page"`), "the page stands first")

	for name, instead := range map[string]object{
		"people of another kind":   {"subject": object{"type": "robot"}},
		"a resource nobody knows":  {"subject": kind, "resource": object{"type": "record", "id": "record-1"}},
		"an action nobody may do":  {"subject": kind, "action": object{"name": "delete"}},
		"a feature nobody may see": {"subject": kind, "resource": object{"type": "account", "id": b.membership.account.Text("org"), "properties": object{"feature": "secrets"}}},
	} {
		answer := b.ask(t, "/access/v1/search/subject", b.question(instead))
		require.Equal(t, http.StatusOK, answer.StatusCode, string(answer.content))
		require.Equal(t, []any{}, answer.json(t)["results"], name)
	}
	for path, instead := range map[string]object{
		"/access/v1/search/subject": {"subject": nil}, "/access/v1/search/resource": {"subject": kind}, "/access/v1/search/action": {"resource": nil},
	} {
		require.Equal(t, http.StatusBadRequest, b.ask(t, path, b.question(instead)).StatusCode, path)
	}
}

// A page's token leads on in the same search, and in no other.
func TestSearchGoesOnFromPageToPage(t *testing.T) {
	t.Parallel()
	b := setup(t)
	page := func(token string, instead object) response {
		question := b.question(object{"subject": object{"type": "user"}, "page": object{"limit": 1, "token": token}})
		maps.Copy(question, instead)
		return b.ask(t, "/access/v1/search/subject", question)
	}
	first := page("", nil).json(t)
	token := first["page"].(object)["next_token"].(string)
	require.NotEmpty(t, token)
	require.Equal(t, []any{}, first["results"], "whom the list names is asked about")
	second := page(token, nil).json(t)
	require.Equal(t, []any{b.subject()}, second["results"])
	require.Equal(t, object{"next_token": "", "count": 1.0}, second["page"])
	for name, instead := range map[string]object{
		"another limit":   {"page": object{"limit": 2, "token": token}},
		"another action":  {"action": object{"name": "guest"}},
		"another context": {"context": object{"support_session_id": visit}},
	} {
		require.Equal(t, http.StatusBadRequest, page(token, instead).StatusCode, name)
	}
	require.Equal(t, http.StatusBadRequest, page("second", nil).StatusCode, "the service's own token")
}

// Who may ask is whom CheckAccess answers: people about themselves, and the
// products that are named.
func TestWhoMayAskForDecisions(t *testing.T) {
	t.Parallel()
	b := setup(t)
	bearer, err := b.sign(b.membership.account)
	require.NoError(t, err)
	as := func(asked object, header http.Header) response {
		text, err := json.Marshal(asked)
		require.NoError(t, err)
		return b.send(t, request{method: http.MethodPost, path: evaluation, body: string(text), header: header})
	}
	signedIn := http.Header{"Authorization": {"Bearer " + bearer}, "X-Request-Id": {"asked: 1/2"}}

	mine := as(b.question(nil), signedIn)
	require.Equal(t, true, mine.json(t)["decision"], string(mine.content))
	require.Equal(t, "asked: 1/2", mine.Header.Get("X-Request-Id"), "the caller's own id comes back")
	require.Equal(t, []string{"Bearer " + bearer}, next(t, b.membership.arrived).metadata.Get("authorization"), "the service itself sees who asks")
	require.Equal(t, http.StatusForbidden, as(b.question(object{"subject": object{"type": "user", "id": id.New().Text("usr")}}), signedIn).StatusCode)
	_ = next(t, b.membership.arrived)
	require.Equal(t, http.StatusUnauthorized, as(b.question(nil), nil).StatusCode)
	require.Equal(t, http.StatusForbidden, as(b.question(nil), http.Header{"Authorization": {"Bearer " + bearer}, "Origin": {"https://evil.test"}}).StatusCode)
	for _, search := range []string{"subject", "resource"} {
		all := b.send(t, request{method: http.MethodPost, path: "/access/v1/search/" + search, body: "{}", header: signedIn})
		require.Equal(t, http.StatusNotFound, all.StatusCode, "people search nobody")
	}

	c, err := b.pki.MTLS(t, "other-product").ClientTLS(grpctest.ID("gateway"))
	require.NoError(t, err)
	in := request{method: http.MethodPost, path: evaluation, body: "{}", host: "tokens.gateway.test", header: signedIn}
	require.Equal(t, http.StatusForbidden, send(t, clientWith(t, c), "https://"+b.mtlsURL, in).StatusCode, "a product that is not named")
	require.Empty(t, b.membership.arrived)

	product := b.product(t, b.pki)
	text, err := json.Marshal(b.question(nil))
	require.NoError(t, err)
	in.body = string(text)
	require.Equal(t, true, send(t, product, "https://"+b.mtlsURL, in).json(t)["decision"])
	got := next(t, b.membership.arrived)
	require.Empty(t, got.metadata.Get("authorization"), "a product asks as itself")
	require.Equal(t, b.user.Text("usr"), got.request.(*membershipv1.CheckAccessRequest).GetSubjectId())
}

func TestAuthZENMetadata(t *testing.T) {
	t.Parallel()
	b := setup(t)
	const path = "/.well-known/authzen-configuration"

	public := b.send(t, request{method: http.MethodGet, path: path})
	products := send(t, b.product(t, b.pki), "https://"+b.mtlsURL, request{method: http.MethodGet, path: path, host: "tokens.gateway.test"})

	require.Equal(t, "application/json", public.Header.Get("Content-Type"))
	for base, answer := range map[string]response{"https://gateway.test": public, "https://tokens.gateway.test": products} {
		body := answer.json(t)
		require.Equal(t, base, body["policy_decision_point"])
		for _, name := range slices.Sorted(maps.Keys(body)) {
			require.True(t, strings.HasPrefix(fmt.Sprint(body[name]), base), name)
		}
		require.Equal(t, base+"/access/v1/evaluations", body["access_evaluations_endpoint"])
	}
	require.NotContains(t, public.json(t), "search_subject_endpoint")
	require.Equal(t, "https://tokens.gateway.test/access/v1/search/subject", products.json(t)["search_subject_endpoint"])
}
