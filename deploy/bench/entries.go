package main

import (
	"context"
	"fmt"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/aval-access/aval/deploy/demodata"
	"github.com/aval-access/aval/deploy/stack"
	authzv1 "github.com/aval-access/aval/proto/gen/aval/authz/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/kit/id"
)

const (
	entries = 20_000
	perCall = 500
)

// fillEntries gives the decision something to search: the demo's collaborator
// gets grants in many accounts, and a visit in the clients' own. Every other
// question is answered yes, through the visit.
func fillEntries(ctx context.Context, s *stack.Stack, d *demodata.Data) ([]*membershipv1.CheckAccessRequest, error) {
	consent, err := s.Dial("consent", "membership")
	if err != nil {
		return nil, err
	}
	defer consent.Close()
	client := membershipv1.NewAccessServiceClient(consent)
	var clients []string
	for _, o := range d.Organizations {
		if !o.Partner {
			clients = append(clients, o.ID)
		}
	}
	collaborator := pair{subject: d.Account("karim").UserID, partner: d.Organization("lumen").ID}
	if _, err := collaborator.grants(ctx, client, clients); err != nil {
		return nil, err
	}
	var all []string
	for range entries / perCall {
		accounts := make([]string, perCall)
		for i := range accounts {
			accounts[i] = id.New().Text("org")
		}
		if _, err := collaborator.grants(ctx, client, accounts); err != nil {
			return nil, err
		}
		all = append(all, accounts...)
	}
	visits, err := collaborator.visits(ctx, s, clients)
	if err != nil {
		return nil, err
	}
	var questions []*membershipv1.CheckAccessRequest
	for i, account := range all {
		questions = append(questions, visits[i%len(visits)], collaborator.question(account))
	}
	return questions, nil
}

// pair is a collaborator at a partner.
type pair struct{ subject, partner string }

// grantOne gives the new grant's id.
func (p pair) grantOne(ctx context.Context, client membershipv1.AccessServiceClient, account string) (string, error) {
	grants, err := p.grants(ctx, client, []string{account})
	if err != nil {
		return "", err
	}
	return grants[0].GetId(), nil
}

func (p pair) grants(
	ctx context.Context, client membershipv1.AccessServiceClient, accounts []string,
) ([]*membershipv1.Grant, error) {
	request := &membershipv1.ApplyGrantsRequest{}
	for _, account := range accounts {
		request.Grants = append(request.Grants, &membershipv1.Grant{
			Id: id.New().Text("grt"), SubjectId: p.subject, AccountId: account, PartnerId: p.partner,
			ConsentId: id.New().Text("cns"), PartnerRole: membershipv1.PartnerRole_PARTNER_ROLE_TECHNICAL_SUPPORT, Version: 1,
			Rights: []*membershipv1.FeatureRight{
				{Feature: "management", Level: authzv1.Level_LEVEL_APPROVER}, {Feature: "accounting", Level: authzv1.Level_LEVEL_APPROVER},
			},
		})
	}
	if _, err := client.ApplyGrants(ctx, request); err != nil {
		return nil, fmt.Errorf("writing grants: %w", err)
	}
	return request.GetGrants(), nil
}

func (p pair) question(account string) *membershipv1.CheckAccessRequest {
	return &membershipv1.CheckAccessRequest{
		SubjectId: p.subject, AccountId: account, Feature: "management/invoices", Level: authzv1.Level_LEVEL_GUEST,
	}
}

// visits opens one in each account and gives the questions that name it.
func (p pair) visits(ctx context.Context, s *stack.Stack, accounts []string) ([]*membershipv1.CheckAccessRequest, error) {
	support, err := s.Dial("partnersupport", "membership")
	if err != nil {
		return nil, err
	}
	defer support.Close()
	var questions []*membershipv1.CheckAccessRequest
	for _, account := range accounts {
		q := p.question(account)
		q.SupportSessionId = id.New().Text("sup")
		_, err := membershipv1.NewAccessServiceClient(support).OpenSupportSession(ctx, &membershipv1.OpenSupportSessionRequest{
			SupportSessionId: q.GetSupportSessionId(), SubjectId: p.subject, AccountId: account, PartnerId: p.partner,
			ExpireTime: timestamppb.New(time.Now().Add(time.Hour)),
		})
		if err != nil {
			return nil, fmt.Errorf("opening a visit: %w", err)
		}
		questions = append(questions, q)
	}
	return questions, nil
}
