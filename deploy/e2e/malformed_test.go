package e2e

import (
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"buf.build/go/protovalidate"
	"github.com/stretchr/testify/require"
	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/aval-access/aval/deploy/driver"
	"github.com/aval-access/aval/services/kit/jwtkey"
)

// leastHostile keeps the generator from shrinking unseen.
const leastHostile = 3000

// attempted is one hostile request over REST and what must come of it.
type attempted struct {
	name    string
	request func() (*http.Request, error)
	// field must be named in the problem; "" where nothing is wrong with any.
	field string
	// harmless requests break no rule: they may pass, and must not fail.
	harmless bool
}

// T-16, K2: whatever is wrong with a request is told as a problem that names
// the field; nothing makes the server fail.
func TestHostileRequestsOverREST(t *testing.T) {
	t.Parallel()
	sent := 0
	var wrong []string
	for part := range hostileParts {
		n, problems := newHostile(t).sendPart(t, part)
		sent, wrong = sent+n, append(wrong, problems...)
	}
	require.Greater(t, sent, leastHostile)
	t.Logf("%d hostile requests", sent)
	slices.Sort(wrong)
	for _, one := range wrong[:min(len(wrong), shownFailures)] {
		t.Error(one)
	}
	require.Empty(t, len(wrong), "hostile requests that were answered wrongly")
}

// hostileParts is how many companies share the requests: whoever sends them
// all outlives their tokens, and some of them end sessions.
const hostileParts = 4

// sendPart sends what is made of every hostileParts-th method, and tells how
// many requests that were and what was wrong.
func (h *hostile) sendPart(t *testing.T, part int) (sent int, wrong []string) {
	t.Helper()
	var all []attempted
	for i, m := range h.methods {
		if r, ok := routeIn(m); ok && i%hostileParts == part {
			all = append(all, h.attempts(t, m, r)...)
		}
	}
	rand.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] }) // those of a method would stand before one row
	var mu sync.Mutex
	inParallel(len(all), func(i int) {
		if problem := h.send(all[i]); problem != "" {
			mu.Lock()
			defer mu.Unlock()
			wrong = append(wrong, all[i].name+": "+problem)
		}
	})
	return len(all), wrong
}

// inParallel calls run for 0 to n-1, several at once. A run that fails its test
// ends alone.
func inParallel(n int, run func(i int)) {
	places := make(chan struct{}, callsAtOnce)
	var wg sync.WaitGroup
	for i := range n {
		places <- struct{}{}
		wg.Go(func() {
			defer func() { <-places }()
			run(i)
		})
	}
	wg.Wait()
}

// hostile knows the contracts and holds the tokens of who is let in.
type hostile struct {
	methods         []method
	client, partner string // organisations
	// clientToken and partnerToken give one that is not over.
	clientToken, partnerToken func() string
	validator                 protovalidate.Validator
	browser                   *http.Client
	workloads                 map[string]caller
	servers                   map[string][]string
}

func newHostile(t *testing.T) *hostile {
	t.Helper()
	b := setup(t, shared.edge)
	client, partner := b.client(t), b.partner(t)
	ring, err := jwtkey.Load(shared.stack.Dir() + "/keys")
	require.NoError(t, err)
	h := &hostile{
		client: client.ID, clientToken: lasting(t, ring, tokenFor(t, client.Owner, client.ID)),
		partner: partner.ID, partnerToken: lasting(t, ring, tokenFor(t, partner.Owner, partner.ID)),
		browser: driver.HTTPClient(nil), workloads: workloads(t),
	}
	h.methods, err = allMethods()
	require.NoError(t, err)
	h.validator, err = protovalidate.New()
	require.NoError(t, err)
	m := &matrix{servers: map[string][]string{}}
	m.findServers(t)
	h.servers = m.servers
	return h
}

func (h *hostile) forPartner(m method) bool { return m.rule.GetOrganizationField() == "partner_id" }

func (h *hostile) token(m method) string {
	switch {
	case m.allows(classNobody):
		return ""
	case h.forPartner(m):
		return h.partnerToken()
	default:
		return h.clientToken()
	}
}

// base is a request that keeps the contract and names nothing that exists but
// the caller's organisation.
func (h *hostile) base(t *testing.T, m method) proto.Message {
	t.Helper()
	own := h.client
	if h.forPartner(m) {
		own = h.partner
	}
	name := protoreflect.Name(m.rule.GetOrganizationField())
	request, err := (filler{id: first(only(name, of(map[string]string{"org": own})), random)}).request(m)
	require.NoError(t, err)
	require.NoError(t, h.validator.Validate(request), m.name)
	return request
}

// httpRoute is where a method answers over REST.
type httpRoute struct {
	verb, path string
	inPath     map[string]bool // proto names
}

// busyTries bounds how often one is asked again.
const busyTries = 5

var variableInPath = regexp.MustCompile(`\{([a-z_]+)\}`)

func routeIn(m method) (httpRoute, bool) {
	rule, ok := proto.GetExtension(m.Options(), annotations.E_Http).(*annotations.HttpRule)
	if !ok || rule.GetPattern() == nil {
		return httpRoute{}, false
	}
	out := httpRoute{verb: http.MethodGet, path: rule.GetGet(), inPath: map[string]bool{}}
	if rule.GetPost() != "" {
		out.verb, out.path = http.MethodPost, rule.GetPost()
	}
	if rule.GetPatch() != "" {
		out.verb, out.path = http.MethodPatch, rule.GetPatch()
	}
	for _, match := range variableInPath.FindAllStringSubmatch(out.path, -1) {
		out.inPath[match[1]] = true
	}
	return out, true
}

// parts of a request over REST: texts of the path and the query, and the body.
type parts struct {
	path  map[string]string
	query url.Values
	body  string
}

func (h *hostile) build(m method, r httpRoute, p parts) (*http.Request, error) {
	path := variableInPath.ReplaceAllStringFunc(r.path, func(match string) string {
		return url.PathEscape(p.path[match[1:len(match)-1]])
	})
	target := shared.stack.URL() + path
	if len(p.query) > 0 {
		target += "?" + p.query.Encode()
	}
	var body io.Reader
	if r.verb != http.MethodGet {
		body = strings.NewReader(p.body)
	}
	request, err := http.NewRequestWithContext(background(), r.verb, target, body)
	if err != nil {
		return nil, fmt.Errorf("building %s: %w", m.name, err)
	}
	if token := h.token(m); token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	request.Header.Set("Content-Type", "application/json")
	return request, nil
}

func busy(status int) bool {
	return status == http.StatusServiceUnavailable || status == http.StatusGatewayTimeout
}

// answered asks again, as clients do, while the server says that it is too busy:
// all of them stand before the same few rows.
func (h *hostile) answered(request *http.Request) (*http.Response, error) {
	for tries := 0; ; tries++ {
		response, err := h.browser.Do(request)
		if err != nil || !busy(response.StatusCode) || tries == busyTries {
			return response, err
		}
		if err := response.Body.Close(); err != nil {
			return nil, err
		}
		if request.GetBody != nil {
			if request.Body, err = request.GetBody(); err != nil {
				return nil, err
			}
		}
	}
}

// send tells what is wrong with the answer, or "".
func (h *hostile) send(a attempted) string {
	request, err := a.request()
	if err != nil {
		return err.Error()
	}
	response, err := h.answered(request)
	if err != nil {
		return err.Error()
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return err.Error()
	}
	told := fmt.Sprintf("%d %.300s", response.StatusCode, body)
	switch {
	case response.StatusCode >= http.StatusInternalServerError:
		return "the server failed: " + told
	case a.harmless && response.StatusCode < http.StatusBadRequest:
		return ""
	case response.StatusCode < http.StatusBadRequest:
		return "it passed: " + told
	case response.Header.Get("Content-Type") != "application/problem+json":
		return "no problem: " + told
	case a.field != "" && !names(body, a.field):
		return "does not name " + a.field + ": " + told
	default:
		return ""
	}
}

// names tells whether a problem names the field, alone or with its path.
func names(problem []byte, field string) bool {
	said := fieldsIn(problem)
	return slices.ContainsFunc(slices.Collect(maps.Keys(said)), func(one string) bool {
		return one == field || strings.Contains("."+one+".", "."+field+".") || strings.Contains("."+one, "."+field+"[")
	})
}
