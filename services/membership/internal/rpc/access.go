package rpc

import (
	"context"

	authzv1 "github.com/aval-access/aval/proto/gen/aval/authz/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/page"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/app"
	"github.com/aval-access/aval/services/membership/internal/domain"
	"github.com/aval-access/aval/services/membership/internal/enum"
	"github.com/aval-access/aval/services/membership/internal/replica"
)

// Questions implements what AccessService answers from memory, and nothing of
// what changes it.
type Questions struct {
	membershipv1.UnimplementedAccessServiceServer
	Pages   *page.Sealer
	Check   app.CheckAccess
	Reaches *replica.Replica
}

// Access implements AccessService: the decision, and what feeds it.
type Access struct {
	*Questions
	DB       *pg.DB
	Grants   app.Grants
	Sessions app.SupportSessions
}

// CheckAccess answers one question.
func (s *Questions) CheckAccess(
	ctx context.Context, req *membershipv1.CheckAccessRequest,
) (*membershipv1.CheckAccessResponse, error) {
	q, err := questionFromProto(req)
	if err != nil {
		return nil, err
	}
	answer, err := s.Check.One(ctx, asker(ctx), q)
	if err != nil {
		return nil, err
	}
	return answerToProto(answer), nil
}

// BatchCheckAccess answers several, in order.
func (s *Questions) BatchCheckAccess(
	ctx context.Context, req *membershipv1.BatchCheckAccessRequest,
) (*membershipv1.BatchCheckAccessResponse, error) {
	questions := make([]domain.Question, len(req.GetChecks()))
	for i, check := range req.GetChecks() {
		q, err := questionFromProto(check)
		if err != nil {
			return nil, err
		}
		questions[i] = q
	}
	answers, err := s.Check.All(ctx, asker(ctx), questions)
	if err != nil {
		return nil, err
	}
	return &membershipv1.BatchCheckAccessResponse{Results: fields.Each(answers, answerToProto)}, nil
}

// asker is the person who asks; workloads ask about anybody.
func asker(ctx context.Context) app.Asker {
	caller := authn.FromContext(ctx)
	if caller.Class != authzv1.CallerClass_CALLER_CLASS_PERSON || caller.Person == nil {
		return app.Asker{}
	}
	return app.Asker{UserID: caller.Person.UserID, OrganizationID: caller.Person.OrganizationID}
}

// asking is a request that asks a question of the decision.
type asking interface {
	GetSubjectId() string
	GetAccountId() string
	GetFeature() string
	GetLevel() authzv1.Level
	GetSupportSessionId() string
}

func questionFromProto(req asking) (domain.Question, error) {
	var read fields.Reader
	return domain.Question{
		SubjectID:        read.ID("usr", "subject_id", req.GetSubjectId()),
		AccountID:        read.ID("org", "account_id", req.GetAccountId()),
		Feature:          req.GetFeature(),
		Level:            enum.LevelWord(req.GetLevel()),
		SupportSessionID: read.Optional("sup", "support_session_id", req.GetSupportSessionId()),
	}, read.Err()
}

func answerToProto(a domain.Answer) *membershipv1.CheckAccessResponse {
	return &membershipv1.CheckAccessResponse{
		Allowed:    a.Allowed(),
		Source:     enum.Source(a.Source),
		ConsentId:  a.ConsentID.Text("cns"),
		GrantId:    a.GrantID.Text("grt"),
		ValidUntil: fields.Time(a.ValidUntil),
		DenyReason: enum.Denial(a.Denial),
	}
}
