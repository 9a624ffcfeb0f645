package gateway_test

import (
	"context"

	authzv1 "github.com/aval-access/aval/proto/gen/aval/authz/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
)

// membershipEcho knows one user in one account, who is EDITOR of
// management/invoices by membership and APPROVER on a visit.
type membershipEcho struct {
	membershipv1.UnimplementedAccessServiceServer
	user, account id.ID
	arrived       chan arrival
}

const visit = "sup_01h455vb4pex5vsknk084sn02q"

func (e *membershipEcho) CheckAccess(ctx context.Context, in *membershipv1.CheckAccessRequest) (*membershipv1.CheckAccessResponse, error) {
	note(ctx, e.arrived, in)
	person := authn.FromContext(ctx).Person
	if person != nil && person.UserID.Text("usr") != in.GetSubjectId() {
		return nil, fault.NotFound()
	}
	return e.decide(in), nil
}

func (e *membershipEcho) decide(in *membershipv1.CheckAccessRequest) *membershipv1.CheckAccessResponse {
	known := in.GetSubjectId() == e.user.Text("usr") && in.GetAccountId() == e.account.Text("org") && in.GetFeature() == "management/invoices"
	switch {
	case !known:
		return &membershipv1.CheckAccessResponse{DenyReason: membershipv1.DenyReason_DENY_REASON_NO_ACCESS}
	case in.GetLevel() <= authzv1.Level_LEVEL_EDITOR:
		return &membershipv1.CheckAccessResponse{Allowed: true, Source: membershipv1.AccessSource_ACCESS_SOURCE_MEMBERSHIP}
	case in.GetSupportSessionId() == visit:
		return &membershipv1.CheckAccessResponse{Allowed: true, Source: membershipv1.AccessSource_ACCESS_SOURCE_GRANT, ConsentId: "cns_1"}
	default:
		return &membershipv1.CheckAccessResponse{DenyReason: membershipv1.DenyReason_DENY_REASON_LEVEL_TOO_LOW}
	}
}

func (e *membershipEcho) BatchCheckAccess(ctx context.Context, in *membershipv1.BatchCheckAccessRequest) (*membershipv1.BatchCheckAccessResponse, error) {
	note(ctx, e.arrived, in)
	out := &membershipv1.BatchCheckAccessResponse{}
	for _, one := range in.GetChecks() {
		out.Results = append(out.Results, e.decide(one))
	}
	return out, nil
}

// ListSubjectsOfAccount has two pages, of a stranger and of the user.
func (e *membershipEcho) ListSubjectsOfAccount(ctx context.Context, in *membershipv1.ListSubjectsOfAccountRequest) (*membershipv1.ListSubjectsOfAccountResponse, error) {
	note(ctx, e.arrived, in)
	if in.GetPageToken() == "" {
		return &membershipv1.ListSubjectsOfAccountResponse{Subjects: []*membershipv1.Reach{{SubjectId: id.New().Text("usr")}}, NextPageToken: "second"}, nil
	}
	return &membershipv1.ListSubjectsOfAccountResponse{Subjects: []*membershipv1.Reach{{SubjectId: e.user.Text("usr")}}}, nil
}

func (e *membershipEcho) ListReachableAccounts(ctx context.Context, in *membershipv1.ListReachableAccountsRequest) (*membershipv1.ListReachableAccountsResponse, error) {
	note(ctx, e.arrived, in)
	return &membershipv1.ListReachableAccountsResponse{Accounts: []*membershipv1.Reach{
		{AccountId: e.account.Text("org")}, {AccountId: id.New().Text("org")},
	}}, nil
}
