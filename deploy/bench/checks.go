package main

import (
	"context"
	"io"

	"github.com/aval-access/aval/deploy/demodata"
	"github.com/aval-access/aval/deploy/stack"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
)

const concurrent = 32

// checks measures the decision against a bare gRPC method that answers a
// constant of the same size on a plain server.
func checks(ctx context.Context, out io.Writer, s *stack.Stack, d *demodata.Data) error {
	questions, err := fillEntries(ctx, s, d)
	if err != nil {
		return err
	}
	product, err := s.Dial(stack.DemoProduct, "membership")
	if err != nil {
		return err
	}
	defer product.Close()
	null, stop, err := nullServer(ctx)
	if err != nil {
		return err
	}
	defer stop()
	clients := []membershipv1.AccessServiceClient{membershipv1.NewAccessServiceClient(product), membershipv1.NewAccessServiceClient(null)}
	rates := make([][]float64, len(clients))
	for range rounds {
		for i, client := range clients {
			rate, err := workload{concurrent, roundTime}.run(ctx, func(ctx context.Context, n int) error {
				_, err := client.CheckAccess(ctx, questions[n%len(questions)])
				return err
			})
			if err != nil {
				return err
			}
			rates[i] = append(rates[i], rate)
		}
	}
	figure(out, "check_postgres_rps", median(rates[0]), "checks/s")
	figure(out, "null_rpc_rps", median(rates[1]), "calls/s")
	figure(out, "check_vs_null_rpc", median(rates[0])/median(rates[1]), "ratio")
	return nil
}
