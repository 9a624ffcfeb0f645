package rpc

import (
	"bytes"
	"context"
	"slices"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/page"
	"github.com/aval-access/aval/services/membership/internal/domain"
	"github.com/aval-access/aval/services/membership/internal/enum"
)

// ListReachableAccounts lists the accounts of a person.
func (s *Questions) ListReachableAccounts(
	ctx context.Context, req *membershipv1.ListReachableAccountsRequest,
) (*membershipv1.ListReachableAccountsResponse, error) {
	var read fields.Reader
	subject := read.ID("usr", "subject_id", req.GetSubjectId())
	if read.Err() != nil {
		return nil, read.Err()
	}
	all, err := s.Reaches.Accounts(subject)
	if err != nil {
		return nil, err
	}
	list, next, err := s.reachPage(ctx, req, all, func(r domain.Reached) id.ID { return r.AccountID })
	return &membershipv1.ListReachableAccountsResponse{Accounts: list, NextPageToken: next}, err
}

// ListSubjectsOfAccount lists the people of an account.
func (s *Questions) ListSubjectsOfAccount(
	ctx context.Context, req *membershipv1.ListSubjectsOfAccountRequest,
) (*membershipv1.ListSubjectsOfAccountResponse, error) {
	var read fields.Reader
	account := read.ID("org", "account_id", req.GetAccountId())
	if read.Err() != nil {
		return nil, read.Err()
	}
	all, err := s.Reaches.Subjects(account)
	if err != nil {
		return nil, err
	}
	list, next, err := s.reachPage(ctx, req, all, func(r domain.Reached) id.ID { return r.SubjectID })
	return &membershipv1.ListSubjectsOfAccountResponse{Subjects: list, NextPageToken: next}, err
}

// reachPage cuts the page that is asked for out of all, in the order of key.
func (s *Questions) reachPage(
	ctx context.Context, req page.Request, all []domain.Reached, key func(domain.Reached) id.ID,
) ([]*membershipv1.Reach, string, error) {
	asked, err := s.Pages.List(ctx, req)
	if err != nil {
		return nil, "", err
	}
	after, err := asked.AfterID()
	if err != nil {
		return nil, "", err
	}
	order := func(a, b id.ID) int { return bytes.Compare(a[:], b[:]) }
	all = slices.DeleteFunc(all, func(r domain.Reached) bool { return order(key(r), after) <= 0 })
	slices.SortFunc(all, func(a, b domain.Reached) int { return order(key(a), key(b)) })
	list, next, err := page.Cut(asked, all[:min(len(all), asked.Limit())], func(r domain.Reached) []string { return page.KeyID(key(r)) })
	return fields.Each(list, reachToProto), next, err
}

func reachToProto(r domain.Reached) *membershipv1.Reach {
	return &membershipv1.Reach{
		AccountId: r.AccountID.Text("org"), SubjectId: r.SubjectID.Text("usr"),
		Source: enum.Source(r.Source), ValidUntil: fields.Time(r.ValidUntil),
	}
}
