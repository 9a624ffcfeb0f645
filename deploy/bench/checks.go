package main

import (
	"context"
	"fmt"
	"io"

	"google.golang.org/grpc"

	"github.com/aval-access/aval/deploy/demodata"
	"github.com/aval-access/aval/deploy/stack"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
)

const concurrent = 32

// checks measures the decision against a bare gRPC method that answers a
// constant of the same size on a plain server.
func checks(ctx context.Context, out io.Writer, s *stack.Stack, _ *demodata.Data) error {
	questions := questions()
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
	a, b := membershipv1.NewAccessServiceClient(product), membershipv1.NewAccessServiceClient(null)
	for _, workers := range []int{1, 8, concurrent} {
		rates, err := beside(ctx, workers, asking(a, questions), asking(b, questions))
		if err != nil {
			return err
		}
		if workers == concurrent {
			figure(out, "check_rps", rates[0], "checks/s")
			figure(out, "null_rpc_rps", rates[1], "calls/s")
			figure(out, "check_vs_null_rpc", rates[0]/rates[1], "ratio")
			continue
		}
		figure(out, fmt.Sprintf("check_vs_null_rpc_%d", workers), rates[0]/rates[1], "ratio")
	}
	for _, one := range []struct {
		name string
		call asked
	}{{"check_cpu_us", asking(a, questions)}, {"null_rpc_cpu_us", asking(b, questions)}} {
		took, err := cpuPer(ctx, one.call)
		if err != nil {
			return err
		}
		figure(out, one.name, took, "µs of load and server")
	}
	rates, err := beside(ctx, concurrent, askingMany(a, questions), asking(b, questions))
	if err != nil {
		return err
	}
	figure(out, "batch100_checks_vs_null_rpc", batch*rates[0]/rates[1], "ratio")
	if err := besideDressed(ctx, out, s, questions, asking(a, questions)); err != nil {
		return err
	}
	if err := evaluated(ctx, out, s, questions, asking(b, questions)); err != nil {
		return err
	}
	if err := streamed(ctx, out, s, questions, asking(b, questions)); err != nil {
		return err
	}
	return embedded(ctx, out, product, questions)
}

// besideDressed measures what the decision itself costs: all else is the same.
func besideDressed(ctx context.Context, out io.Writer, s *stack.Stack, questions []*membershipv1.CheckAccessRequest, check asked) error {
	dressed, stop, err := dressedNull(ctx, s)
	if err != nil {
		return err
	}
	defer stop()
	defer dressed.Close()
	rates, err := beside(ctx, concurrent, check, asking(membershipv1.NewAccessServiceClient(dressed), questions))
	if err != nil {
		return err
	}
	figure(out, "check_vs_dressed_null", rates[0]/rates[1], "ratio")
	return nil
}

const batch = 100

type asked func(ctx context.Context, n int) error

func asking(client membershipv1.AccessServiceClient, questions []*membershipv1.CheckAccessRequest) asked {
	return func(ctx context.Context, n int) error {
		_, err := client.CheckAccess(ctx, questions[n%len(questions)])
		return err
	}
}

func askingMany(client membershipv1.AccessServiceClient, questions []*membershipv1.CheckAccessRequest) asked {
	return func(ctx context.Context, n int) error {
		at := n * batch % (len(questions) - batch)
		_, err := client.BatchCheckAccess(ctx, &membershipv1.BatchCheckAccessRequest{Checks: questions[at : at+batch]})
		return err
	}
}

// beside gives the median rates of calls that are measured by turns.
func beside(ctx context.Context, workers int, calls ...asked) ([]float64, error) {
	rates := make([][]float64, len(calls))
	for range rounds {
		for i, call := range calls {
			rate, err := workload{workers, roundTime}.run(ctx, call)
			if err != nil {
				return nil, err
			}
			rates[i] = append(rates[i], rate)
		}
	}
	out := make([]float64, len(calls))
	for i := range rates {
		out[i] = median(rates[i])
	}
	return out, nil
}

// plainClient asks membership.
func plainClient(s *stack.Stack, workload string) (*grpc.ClientConn, error) {
	return plainClientOf(s, workload, "membership")
}

// plainClientOf is one of membership itself, or of a replica of it.
func plainClientOf(s *stack.Stack, workload, program string) (*grpc.ClientConn, error) {
	return dialPlain(s, workload, s.Address(program))
}
