// Package sibling asks the other contexts what consent does not own: who may
// answer for a client, what the catalogue holds, how to reach a person, and
// the decision's confirmation of grants. It converts and decides nothing; no
// method is called while a transaction is open.
package sibling

import (
	"context"
	"errors"
	"fmt"

	"google.golang.org/grpc"

	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/kit/email"
	"github.com/aval-access/aval/services/kit/id"
)

// maxPages bounds the reading of the catalogue.
const maxPages = 20

// Siblings are the clients of the other contexts.
type Siblings struct {
	members  membershipv1.MemberServiceClient
	access   membershipv1.AccessServiceClient
	features membershipv1.FeatureServiceClient
	users    identityv1.UserServiceClient
	factors  identityv1.FactorServiceClient
}

// New makes the clients over the connections.
func New(membership, identity grpc.ClientConnInterface) *Siblings {
	return &Siblings{
		members:  membershipv1.NewMemberServiceClient(membership),
		access:   membershipv1.NewAccessServiceClient(membership),
		features: membershipv1.NewFeatureServiceClient(membership),
		users:    identityv1.NewUserServiceClient(identity),
		factors:  identityv1.NewFactorServiceClient(identity),
	}
}

// Person is somebody to write to. The address is personal data.
type Person struct {
	UserID              id.ID
	Address, Locale     string
	GivenName, FullName string
}

// Approvers lists who may answer for the client now, without the partner's own
// people.
func (s *Siblings) Approvers(ctx context.Context, client, partner id.ID) ([]Person, error) {
	answer, err := s.members.ListApprovers(ctx, &membershipv1.ListApproversRequest{
		OrganizationId: client.Text("org"), ExcludingMembersOf: partner.Text("org"),
	})
	if err != nil {
		return nil, fmt.Errorf("asking membership for approvers: %w", err)
	}
	out := make([]Person, 0, len(answer.GetApprovers()))
	for _, a := range answer.GetApprovers() {
		user, err := id.Parse("usr", a.GetUserId())
		if err != nil {
			return nil, fmt.Errorf("reading approvers: %w", err)
		}
		out = append(out, Person{
			UserID: user, Address: a.GetEmail(), Locale: a.GetLocale(),
			GivenName: a.GetGivenName(), FullName: domain.FullName(a.GetGivenName(), a.GetFamilyName()),
		})
	}
	return out, nil
}

// Respondent asks what the person may answer for the client, now.
func (s *Siblings) Respondent(ctx context.Context, user, client, partner id.ID) (domain.Respondent, error) {
	answer, err := s.members.CheckApprover(ctx, &membershipv1.CheckApproverRequest{
		UserId: user.Text("usr"), OrganizationId: client.Text("org"), PartnerId: partner.Text("org"),
	})
	if err != nil {
		return domain.Respondent{}, fmt.Errorf("asking membership for an approver: %w", err)
	}
	return domain.Respondent{
		UserID: user, Name: domain.FullName(answer.GetGivenName(), answer.GetFamilyName()),
		Folded: folded(answer.GetEmail()), Approver: answer.GetApprover(),
		Administrator: answer.GetAdministrator() || answer.GetOwner(), Owner: answer.GetOwner(), MemberOfPartner: answer.GetMemberOfPartner(),
	}, nil
}

// Asker asks identity for the canonical address of the person who asks. A
// person who no longer exists has none.
func (s *Siblings) Asker(ctx context.Context, user id.ID) (domain.Asker, error) {
	person, err := s.User(ctx, user)
	if err != nil {
		return domain.Asker{}, err
	}
	return domain.Asker{UserID: user, Folded: folded(person.Address)}, nil
}

// User asks identity how to reach a person; the zero Person when there is no
// such person any more.
func (s *Siblings) User(ctx context.Context, user id.ID) (Person, error) {
	answer, err := s.users.BatchGetUsers(ctx, &identityv1.BatchGetUsersRequest{UserIds: []string{user.Text("usr")}})
	if err != nil {
		return Person{}, fmt.Errorf("asking identity for a person: %w", err)
	}
	for _, u := range answer.GetUsers() {
		if u.GetId() == user.Text("usr") {
			return Person{UserID: user, Address: u.GetEmail(), Locale: u.GetLocale()}, nil
		}
	}
	return Person{}, nil
}

// HasFactor asks identity whether a person has a second factor.
func (s *Siblings) HasFactor(ctx context.Context, user id.ID) (bool, error) {
	answer, err := s.factors.CheckFactors(ctx, &identityv1.CheckFactorsRequest{UserId: user.Text("usr")})
	if err != nil {
		return false, fmt.Errorf("asking identity for a second factor: %w", err)
	}
	return answer.GetEnrolled(), nil
}

// Catalogue reads the whole feature tree.
func (s *Siblings) Catalogue(ctx context.Context) ([]domain.Feature, error) {
	var out []domain.Feature
	token := ""
	for range maxPages {
		answer, err := s.features.ListFeatures(ctx, &membershipv1.ListFeaturesRequest{PageSize: 200, PageToken: token})
		if err != nil {
			return nil, fmt.Errorf("asking membership for the catalogue: %w", err)
		}
		for _, f := range answer.GetFeatures() {
			out = append(out, domain.Feature{
				Path: f.GetPath(), LabelFR: f.GetLabelFr(), LabelEN: f.GetLabelEn(),
				Sensitive: f.GetSensitive(), Excluded: f.GetExcludedFromGrants(),
			})
		}
		if token = answer.GetNextPageToken(); token == "" {
			return out, nil
		}
	}
	return nil, errors.New("reading the catalogue: it does not end")
}

// folded gives the canonical form that self-approval is compared on.
func folded(address string) string {
	parsed, err := email.Parse(address)
	if err != nil {
		return ""
	}
	return parsed.Folded()
}
