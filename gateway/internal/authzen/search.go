package authzen

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

// search is a question with one part left open, and the page that is asked for.
type search struct {
	evaluation
	Page struct {
		Token string `json:"token"`
		Limit uint16 `json:"limit"`
	} `json:"page"`
}

// found is a page of what would be answered yes. It may be shorter than its
// limit, even empty, while more follows.
type found[T any] struct {
	Page    *next `json:"page,omitempty"`
	Results []T   `json:"results"`
}

// next leads to the next page; empty on the last.
type next struct {
	Token string `json:"next_token"`
	Count int    `json:"count"`
}

// searchActions lists the levels.
func (s *server) searchActions(ctx context.Context, in search) (any, error) {
	if err := in.requires("subject.type", "subject.id", "resource.type", "resource.id"); err != nil {
		return nil, err
	}
	levels := []action{{"guest"}, {"editor"}, {"approver"}}
	asked := make([]evaluation, len(levels))
	for i := range levels {
		asked[i] = in.evaluation
		asked[i].Action = &levels[i]
	}
	results, err := permitted(ctx, s, asked, func(e evaluation) action { return *e.Action })
	return found[action]{Results: results}, err
}

// searchSubjects lists people who may. Those who come by a grant are among them
// only on the visit that the context names: without it their answer is no.
func (s *server) searchSubjects(ctx context.Context, in search) (any, error) {
	if err := in.requires("subject.type", "action.name", "resource.type", "resource.id"); err != nil {
		return nil, err
	}
	token, err := in.pageToken()
	if err != nil || !in.Resource.isAccount() {
		return in.nothing(), err
	}
	list, err := s.options.Access.ListSubjectsOfAccount(ctx, &membershipv1.ListSubjectsOfAccountRequest{
		AccountId: in.Resource.ID, PageSize: int32(in.Page.Limit), PageToken: token,
	})
	if err != nil {
		return nil, err
	}
	var asked []evaluation
	for _, one := range list.GetSubjects() {
		question := in.evaluation
		question.Subject = &entity{Type: in.Subject.Type, ID: one.GetSubjectId()}
		asked = append(asked, question)
	}
	results, err := permitted(ctx, s, asked, func(e evaluation) entity { return *e.Subject })
	return in.page(results, list.GetNextPageToken()), err
}

// searchResources lists accounts in which the subject may.
func (s *server) searchResources(ctx context.Context, in search) (any, error) {
	if err := in.requires("subject.type", "subject.id", "action.name", "resource.type"); err != nil {
		return nil, err
	}
	token, err := in.pageToken()
	if err != nil || !in.Subject.isUser() {
		return in.nothing(), err
	}
	list, err := s.options.Access.ListReachableAccounts(ctx, &membershipv1.ListReachableAccountsRequest{
		SubjectId: in.Subject.ID, PageSize: int32(in.Page.Limit), PageToken: token,
	})
	if err != nil {
		return nil, err
	}
	var asked []evaluation
	for _, one := range list.GetAccounts() {
		question := in.evaluation
		question.Resource = &entity{Type: in.Resource.Type, ID: one.GetAccountId(), Properties: in.Resource.Properties}
		asked = append(asked, question)
	}
	results, err := permitted(ctx, s, asked, func(e evaluation) entity { return *e.Resource })
	return in.page(results, list.GetNextPageToken()), err
}

// permitted are the parts of those questions that are answered yes.
func permitted[T any](ctx context.Context, s *server, asked []evaluation, part func(evaluation) T) ([]T, error) {
	answers, err := s.ask(ctx, asked)
	if err != nil {
		return nil, err
	}
	out := []T{}
	for i, answer := range answers {
		if answer.Decision {
			out = append(out, part(asked[i]))
		}
	}
	return out, nil
}

func (in search) nothing() found[entity] { return in.page([]entity{}, "") }

// page marks the service's token with what it was given for.
func (in search) page(results []entity, token string) found[entity] {
	if token != "" {
		token = in.mark() + "." + token
	}
	return found[entity]{Page: &next{Token: token, Count: len(results)}, Results: results}
}

// pageToken is the service's own, of a page of this very search.
func (in search) pageToken() (string, error) {
	if in.Page.Token == "" {
		return "", nil
	}
	mark, token, _ := strings.Cut(in.Page.Token, ".")
	if mark != in.mark() || token == "" {
		return "", fault.Invalid("page.token", "page_token")
	}
	return token, nil
}

// mark tells searches apart by all that must stay the same from page to page.
func (in search) mark() string {
	in.Page.Token = ""
	text, err := json.Marshal(in)
	if err != nil {
		text = fmt.Append(nil, in) // never: it was JSON before
	}
	sum := sha256.Sum256(text)
	return base64.RawURLEncoding.EncodeToString(sum[:12])
}
