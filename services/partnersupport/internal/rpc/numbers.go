package rpc

import (
	"context"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/partnersupport/internal/app"
	"github.com/aval-access/aval/services/partnersupport/internal/sibling"
)

type numbers struct {
	v1.UnimplementedClientNumberServiceServer
	base
}

func (s numbers) IssueClientNumber(ctx context.Context, req *v1.IssueClientNumberRequest) (*v1.IssueClientNumberResponse, error) {
	who, err := callerOf(ctx, req.GetDossierId())
	if err != nil {
		return nil, err
	}
	number, err := answer(app.ClientNumber{Deps: s.Deps}.Issue(ctx, who))
	return &v1.IssueClientNumberResponse{ClientNumber: numberToProto(number)}, err
}

func (s numbers) GetClientNumber(ctx context.Context, req *v1.GetClientNumberRequest) (*v1.GetClientNumberResponse, error) {
	who, err := callerOf(ctx, req.GetDossierId())
	if err != nil {
		return nil, err
	}
	number, err := answer(app.ClientNumber{Deps: s.Deps}.Follow(ctx, who))
	return &v1.GetClientNumberResponse{ClientNumber: numberToProto(number)}, err
}

func callerOf(ctx context.Context, dossier string) (app.Caller, error) {
	named, err := linkID(dossier)
	person := authn.FromContext(ctx).Person
	return app.Caller{Partner: person.OrganizationID, User: person.UserID, Dossier: named}, err
}

func numberToProto(n sibling.Number) *v1.ClientNumber {
	return &v1.ClientNumber{
		Number: n.Number, ExpireTime: fields.Time(n.ExpireTime),
		ConsentState: fields.Enum[consentv1.ConsentState](n.State, "CONSENT_STATE_"),
	}
}
