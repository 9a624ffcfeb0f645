package authzen

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/fault"
)

// decision is the answer to one question.
type decision struct {
	Decision bool    `json:"decision"`
	Context  *reason `json:"context,omitempty"`
}

// reason says where a yes comes from and how long it holds, or why it is a no.
type reason struct {
	Reason     string     `json:"reason,omitempty"`
	Source     string     `json:"source,omitempty"`
	ConsentID  string     `json:"consent_id,omitempty"`
	ValidUntil *time.Time `json:"valid_until,omitempty"`
	Error      *mistake   `json:"error,omitempty"`
}

// mistake is an error of one question among several.
type mistake struct {
	Status  int    `json:"status"`
	Message string `json:"message"`
}

func (s *server) evaluation(ctx context.Context, in evaluation) (any, error) {
	if err := in.whole(); err != nil {
		return nil, err
	}
	question, denied := in.question()
	if question == nil {
		return deny(denied), nil
	}
	answer, err := s.options.Access.CheckAccess(ctx, question)
	if err != nil {
		return nil, err
	}
	return decisionOf(answer), nil
}

// evaluations is several questions; what stands beside them holds for each that
// does not say otherwise.
type evaluations struct {
	evaluation
	Evaluations []evaluation `json:"evaluations"`
	Options     struct {
		Semantic string `json:"evaluations_semantic"`
	} `json:"options"`
}

type decisions struct {
	Evaluations []decision `json:"evaluations"`
}

// maxEvaluations is what BatchCheckAccess answers at one instant.
const maxEvaluations = 1000

func (s *server) evaluations(ctx context.Context, in evaluations) (any, error) {
	if len(in.Evaluations) == 0 {
		return s.evaluation(ctx, in.evaluation)
	}
	if len(in.Evaluations) > maxEvaluations {
		return nil, fault.Invalid("evaluations", "repeated.max_items")
	}
	semantics := []string{"execute_all", "deny_on_first_deny", "permit_on_first_permit"}
	semantic := cmp.Or(in.Options.Semantic, semantics[0])
	if !slices.Contains(semantics, semantic) {
		return nil, fault.Invalid("options.evaluations_semantic", "string.in")
	}
	for i, one := range in.Evaluations {
		in.Evaluations[i] = one.or(in.evaluation)
	}
	answers, err := s.ask(ctx, in.Evaluations)
	if err != nil {
		return nil, err
	}
	return decisions{upTo(answers, semantic)}, nil
}

// or takes what is not there from the defaults, each member whole.
func (e evaluation) or(defaults evaluation) evaluation {
	e.Subject, e.Action = cmp.Or(e.Subject, defaults.Subject), cmp.Or(e.Action, defaults.Action)
	e.Resource = cmp.Or(e.Resource, defaults.Resource)
	if e.Context == nil {
		e.Context = defaults.Context
	}
	return e
}

// upTo ends with the answer that the semantic stops at. All are decided at one
// instant, before: the ones behind it cost less than a second call.
func upTo(answers []decision, semantic string) []decision {
	if semantic == "execute_all" {
		return answers
	}
	last := slices.IndexFunc(answers, func(d decision) bool { return d.Decision == (semantic == "permit_on_first_permit") })
	if last < 0 {
		return answers
	}
	return answers[:last+1]
}

// ask puts all questions to the decision, at one instant.
func (s *server) ask(ctx context.Context, asked []evaluation) ([]decision, error) {
	out := make([]decision, len(asked))
	request := &membershipv1.BatchCheckAccessRequest{}
	var places []int // of the request's questions in out
	for i, one := range asked {
		if err := one.whole(); err != nil {
			out[i] = mistaken(ctx, err)
			continue
		}
		question, denied := one.question()
		if question == nil {
			out[i] = deny(denied)
			continue
		}
		request.Checks, places = append(request.Checks, question), append(places, i)
	}
	if len(places) == 0 {
		return out, nil
	}
	answer, err := s.options.Access.BatchCheckAccess(ctx, request)
	if err != nil {
		return nil, err
	}
	for n, i := range places {
		out[i] = decisionOf(answer.GetResults()[n])
	}
	return out, nil
}

func deny(why string) decision { return decision{Context: &reason{Reason: why}} }

// mistaken is a question that lacks an attribute: a no, with the field's name.
func mistaken(ctx context.Context, err error) decision {
	details, _ := fault.Details(err)
	field := details.Fields()[0]
	return decision{Context: &reason{Error: &mistake{
		Status: http.StatusBadRequest, Message: field.Field + ": " + fault.RuleText(field.Rule, authn.FromContext(ctx).Locale),
	}}}
}

func decisionOf(answer *membershipv1.CheckAccessResponse) decision {
	if !answer.GetAllowed() {
		return deny(strings.TrimPrefix(answer.GetDenyReason().String(), "DENY_REASON_"))
	}
	out := &reason{Source: strings.TrimPrefix(answer.GetSource().String(), "ACCESS_SOURCE_"), ConsentID: answer.GetConsentId()}
	if until := answer.GetValidUntil(); until != nil {
		end := until.AsTime()
		out.ValidUntil = &end
	}
	return decision{Decision: true, Context: out}
}
