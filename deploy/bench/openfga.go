package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/aval-access/aval/deploy/demodata"
	"github.com/aval-access/aval/deploy/stack"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/kit/pgboot"
)

// openFGA measures the decision beside OpenFGA: the same entries and questions,
// each on a private Postgres with the same settings, OpenFGA by its own program
// and without TLS, as many callers of both.
func openFGA(ctx context.Context, out io.Writer, s *stack.Stack, _ *demodata.Data) (err error) {
	dir, err := stack.TempDir("openfga")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	database, err := pgboot.Start(ctx, pgboot.Options{DataDir: filepath.Join(dir, "pg")})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, database.Stop()) }()
	p := &peer{dir: dir, database: database.AdminURL()}
	if err := p.build(ctx); err != nil {
		fmt.Fprintln(out, "OpenFGA is not measured:", err)
		return nil
	}
	if err := p.fill(ctx); err != nil {
		return err
	}
	product, err := plainClient(s, stack.DemoProduct)
	if err != nil {
		return err
	}
	defer product.Close()
	client, all := membershipv1.NewAccessServiceClient(product), questions()
	for _, one := range []contest{
		{"check_vs_openfga", "check", manyQuestions, asking(client, all), nil},
		{"list_accounts_vs_openfga", "list", manyQuestions, listing5(client, all), nil},
		{"check_vs_openfga_cached_hot", "check", hotQuestions, asking(client, all[:hotQuestions]), []string{
			"--check-query-cache-enabled", "--check-query-cache-ttl=10s",
		}},
	} {
		if err := p.meet(ctx, out, one); err != nil {
			return fmt.Errorf("%s: %w", one.name, err)
		}
	}
	return nil
}

// contest is one call of both.
type contest struct {
	// name of the ratio's figure.
	name string
	// kind and questions are what OpenFGA is asked, and how many different ones.
	kind      string
	questions int
	ours      asked
	// flags are what OpenFGA is started with beyond the usual.
	flags []string
}

// listing5 asks for the accounts of each question's subject, five of them.
func listing5(client membershipv1.AccessServiceClient, questions []*membershipv1.CheckAccessRequest) asked {
	return func(ctx context.Context, n int) error {
		_, err := client.ListReachableAccounts(ctx, &membershipv1.ListReachableAccountsRequest{SubjectId: questions[n%len(questions)].GetSubjectId()})
		return err
	}
}

// meet measures both by turns.
func (p *peer) meet(ctx context.Context, out io.Writer, c contest) (err error) {
	stop, err := p.serve(ctx, c.flags)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	theirs, done, err := p.asker(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	var rates [2][]float64
	for range rounds {
		ours, err := workload{concurrent, peerTime}.run(ctx, c.ours)
		if err != nil {
			return err
		}
		rate, err := theirs(c.kind, c.questions)
		if err != nil {
			return err
		}
		rates[0], rates[1] = append(rates[0], ours), append(rates[1], rate)
	}
	ours, openfga := median(rates[0]), median(rates[1])
	figure(out, c.name+"_ours_rps", ours, "calls/s")
	figure(out, c.name+"_theirs_rps", openfga, "calls/s")
	figure(out, c.name, ours/openfga, "ratio")
	return nil
}
