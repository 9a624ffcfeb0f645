package main

import (
	"context"
	"fmt"
	"io"

	"golang.org/x/crypto/argon2"

	"github.com/aval-access/aval/deploy/demodata"
	"github.com/aval-access/aval/deploy/stack"
	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
)

const (
	hashing = 2 // as many as identity hashes at a time
	// signing people sign in again and again, each for themselves: of one account
	// only so many tries may be under way.
	signing = 7
)

// signIns measures signing in against the hash alone, with identity's costs
// (19 MiB, 2 passes, 1 thread): the nearer to it, the less of the time goes
// anywhere but into what makes a stolen hash useless.
func signIns(ctx context.Context, out io.Writer, s *stack.Stack, d *demodata.Data) error {
	conn, err := s.Dial("gateway", "identity")
	if err != nil {
		return err
	}
	defer conn.Close()
	client := identityv1.NewAuthServiceClient(conn)
	signIn := func(ctx context.Context, n int) error {
		who := d.Accounts[n%signing]
		_, err := client.SignIn(ctx, &identityv1.SignInRequest{Email: who.Email, Password: who.Password})
		return err
	}
	hash := func(context.Context, int) error {
		argon2.IDKey([]byte("correct horse battery staple"), []byte("sixteen bytes of"), 2, 19*1024, 1, 32)
		return nil
	}
	var signed, hashed []float64
	for range rounds {
		for _, side := range []struct {
			workers int
			call    func(context.Context, int) error
			rates   *[]float64
		}{{signing, signIn, &signed}, {hashing, hash, &hashed}} {
			rate, err := workload{side.workers, roundTime}.run(ctx, side.call)
			if err != nil {
				return fmt.Errorf("signing in: %w", err)
			}
			*side.rates = append(*side.rates, rate)
		}
	}
	figure(out, "signin_per_s", median(signed), "sign-ins/s")
	figure(out, "argon2_per_s", median(hashed), "hashes/s")
	figure(out, "signin_vs_argon2", median(signed)/median(hashed), "ratio")
	return nil
}
