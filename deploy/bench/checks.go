package main

import (
	"context"
	"io"
	"log/slog"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"

	"github.com/aval-access/aval/deploy/demodata"
	"github.com/aval-access/aval/deploy/stack"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/kit/authn"
)

const concurrent = 32

// checks measures the decision against a bare gRPC method that answers a
// constant of the same size on a plain server.
func checks(ctx context.Context, out io.Writer, s *stack.Stack, d *demodata.Data) error {
	questions, err := fillEntries(ctx, s, d)
	if err != nil {
		return err
	}
	product, err := plainClient(s, stack.DemoProduct)
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
	figure(out, "check_rps", median(rates[0]), "checks/s")
	figure(out, "null_rpc_rps", median(rates[1]), "calls/s")
	figure(out, "check_vs_null_rpc", median(rates[0])/median(rates[1]), "ratio")
	return nil
}

// plainClient is a client of mutual TLS and nothing else, beside that of the
// bare method.
func plainClient(s *stack.Stack, workload string) (*grpc.ClientConn, error) {
	paths := s.Certificate(workload)
	mtls, err := authn.NewMTLS(authn.TLSConfig{CertFile: paths.Cert, KeyFile: paths.Key, CAFile: paths.CA, TrustDomain: stack.TrustDomain}, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, err
	}
	config, err := mtls.ClientTLS(stack.SPIFFEID("membership"))
	if err != nil {
		return nil, err
	}
	return grpc.NewClient(s.Address("membership"), grpc.WithTransportCredentials(credentials.NewTLS(config)))
}
