package main

import (
	"context"
	"errors"
	"io"

	"github.com/aval-access/aval/deploy/stack"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/accessclient"
)

// streamed measures callers who ask one question each by the client for
// products, beside the bare method: what they ask at once goes together.
func streamed(ctx context.Context, out io.Writer, s *stack.Stack, questions []*membershipv1.CheckAccessRequest, null asked) (err error) {
	paths := s.Certificate(stack.DemoProduct)
	client, err := accessclient.Dial(ctx, accessclient.Options{
		Target: s.Address("membership"), Server: stack.SPIFFEID("membership"),
		CertFile: paths.Cert, KeyFile: paths.Key, CAFile: paths.CA,
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, client.Close()) }()
	same := questionsOf(questions)
	checks := func(ctx context.Context, n int) error {
		_, err := client.Check(ctx, same[n%len(same)])
		return err
	}
	alone, err := beside(ctx, 1, checks, null)
	if err != nil {
		return err
	}
	figure(out, "stream_check_vs_null_rpc_1", alone[0]/alone[1], "ratio")
	rates, err := beside(ctx, concurrent, checks, null)
	if err != nil {
		return err
	}
	figure(out, "stream_check_rps", rates[0], "checks/s")
	figure(out, "stream_check_vs_null_rpc", rates[0]/rates[1], "ratio")
	return nil
}

// questionsOf are the same questions, as products ask them.
func questionsOf(asked []*membershipv1.CheckAccessRequest) []accessclient.Question {
	out := make([]accessclient.Question, len(asked))
	for i, q := range asked {
		out[i] = accessclient.Question{
			Subject: q.GetSubjectId(), Account: q.GetAccountId(), Feature: q.GetFeature(), Level: q.GetLevel(), SupportSession: q.GetSupportSessionId(),
		}
	}
	return out
}
