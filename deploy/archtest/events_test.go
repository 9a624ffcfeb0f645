package archtest

import (
	"fmt"
	"go/ast"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	eventv1 "github.com/aval-access/aval/proto/gen/aval/event/v1"
)

// unconsumed are facts that nobody acts on, and why they are published.
func unconsumed() map[string]string {
	return map[string]string{
		"aval.identity.v1.user.registered":            "names no account, so no history takes it; for products that keep people of their own",
		"aval.identity.v1.user.erasure_requested":     "every context hears it, by the consumer of services/peer",
		"aval.identity.v1.user.erased":                "the last step of an erasure that every context took part in; for alarms on those that take too long",
		"aval.identity.v1.user.sessions_ended":        "the caller who ended them has the count already; for alarms outside",
		"aval.consent.v1.ledger_checkpoint.published": "names no account; whoever keeps it, outside, holds the ledger to its past",
		"aval.membership.v1.features.registered":      "names no account; for platform teams that watch the catalogue",
		"aval.membership.v1.namespace.assigned":       "likewise",
		"aval.partnersupport.v1.collaborator.left":    "each client hears of its own assignments by assignment.ended; for the partner's own software, once there are webhooks",
	}
}

// fact is an event message of the contracts.
type fact struct {
	owner   string // its context
	message string // its Go type
	subject string
}

func TestEveryFactIsPublishedAndHeard(t *testing.T) {
	t.Parallel()
	all := facts()
	require.NotEmpty(t, all)
	tree := load(t)
	none(t, unpublished(all, tree))
	none(t, unheard(all, tree, unconsumed()))
}

func TestFactsGuardFires(t *testing.T) {
	t.Parallel()
	all := []fact{{owner: "consent", message: "ConsentGiven", subject: "aval.consent.v1.consent.given"}}
	contract := `import consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"` + "\n"

	made := contract + "func f() any { return &consentv1.ConsentGiven{} }"
	require.Len(t, unpublished(all, nil), 1)
	require.Len(t, unpublished(all, plantAll(t, map[string]string{"services/membership/internal/app/a.go": made})), 1, "only the owner publishes")
	require.Len(t, unpublished(all, plantAll(t, map[string]string{"services/consent/internal/app/a_test.go": made})), 1, "a test publishes nothing")
	require.Empty(t, unpublished(all, plantAll(t, map[string]string{"services/consent/internal/app/a.go": made})))

	require.Len(t, unheard(all, plantAll(t, map[string]string{"services/consent/internal/app/a.go": made}), nil), 1)
	for _, hears := range []string{
		contract + "func f(m any) { switch m.(type) { case *consentv1.ConsentGiven: } }",
		`var subjects = []string{"aval.consent.v1.consent.given"}`,
	} {
		require.Empty(t, unheard(all, plantAll(t, map[string]string{"services/partnersupport/internal/worker/a.go": hears}), nil))
	}
	require.Empty(t, unheard(all, nil, map[string]string{"aval.consent.v1.consent.given": "for products alone"}))
	require.Len(t, unheard(nil, nil, map[string]string{"aval.consent.v1.gone": "for products alone"}), 1, "a stale exception")
}

func facts() []fact {
	var out []fact
	protoregistry.GlobalFiles.RangeFiles(func(file protoreflect.FileDescriptor) bool {
		for i := range file.Messages().Len() {
			m := file.Messages().Get(i)
			if proto.HasExtension(m.Options(), eventv1.E_Subject) {
				subject, _ := proto.GetExtension(m.Options(), eventv1.E_Subject).(string)
				owner := strings.Split(string(file.Package()), ".")[1]
				out = append(out, fact{owner: owner, message: string(m.Name()), subject: subject})
			}
		}
		return true
	})
	slices.SortFunc(out, func(a, b fact) int { return strings.Compare(a.subject, b.subject) })
	return out
}

// unpublished lists the facts that their owner never makes.
func unpublished(all []fact, tree []source) []finding {
	var out []finding
	for _, f := range all {
		if !slices.ContainsFunc(tree, f.publishedIn) {
			out = append(out, finding(fmt.Sprintf("%s: services/%s never makes a %s", f.subject, f.owner, f.message)))
		}
	}
	return out
}

// unheard lists the facts that no consumer names, by subject or by type.
func unheard(all []fact, tree []source, excused map[string]string) []finding {
	var out []finding
	used := map[string]bool{}
	for _, f := range all {
		if slices.ContainsFunc(tree, f.heardIn) {
			continue
		}
		used[f.subject] = true
		if _, ok := excused[f.subject]; !ok {
			out = append(out, finding(f.subject+": nobody consumes it: say why, or do not publish it"))
		}
	}
	return append(out, stale(excused, used)...)
}

func (f fact) publishedIn(s source) bool {
	if s.context() != f.owner || s.test() {
		return false
	}
	return slices.ContainsFunc(f.named(s), func(sel *ast.SelectorExpr) bool { return made(s, sel) })
}

func (f fact) heardIn(s source) bool {
	if s.context() == "" || s.test() {
		return false
	}
	if s.context() != f.owner && slices.ContainsFunc(f.named(s), func(sel *ast.SelectorExpr) bool { return !made(s, sel) }) {
		return true
	}
	return s.says(f.subject)
}

func (f fact) named(s source) []*ast.SelectorExpr {
	return s.uses(module+"proto/gen/aval/"+f.owner+"/v1", f.message)
}

// made tells whether a type's name stands at the head of a literal.
func made(s source, sel *ast.SelectorExpr) bool {
	var found bool
	ast.Inspect(s.File, func(n ast.Node) bool {
		literal, ok := n.(*ast.CompositeLit)
		found = found || ok && literal.Type == sel
		return !found
	})
	return found
}

// says tells whether the file has the subject as a text; one with a detail
// after "#" counts.
func (s source) says(subject string) bool {
	var found bool
	ast.Inspect(s.File, func(n ast.Node) bool {
		if text, ok := n.(*ast.BasicLit); ok && text.Kind == token.STRING {
			value, err := strconv.Unquote(text.Value)
			found = found || err == nil && (value == subject || strings.HasPrefix(value, subject+"#"))
		}
		return !found
	})
	return found
}
