package replicas

import (
	"context"
	"errors"

	"google.golang.org/grpc"

	"github.com/aval-access/aval/deploy/stack"
	authzv1 "github.com/aval-access/aval/proto/gen/aval/authz/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/accessclient"
)

// decider answers whether a grant lets its visitor in.
type decider func(ctx context.Context, g *grant) (bool, error)

// byCall asks by a call for each question.
func byCall(conn *grpc.ClientConn) decider {
	access := membershipv1.NewAccessServiceClient(conn)
	return func(ctx context.Context, g *grant) (bool, error) {
		answer, err := access.CheckAccess(ctx, &membershipv1.CheckAccessRequest{
			SubjectId: g.person, AccountId: g.account, Feature: feature, Level: authzv1.Level_LEVEL_GUEST, SupportSessionId: g.session,
		})
		return answer.GetAllowed(), err
	}
}

var errOpen = errors.New("the client gave an error and a decision")

// byClient asks by the client for products, over its stream.
func byClient(access *accessclient.Client) decider {
	return func(ctx context.Context, g *grant) (bool, error) {
		d, err := access.Check(ctx, accessclient.Question{
			Subject: g.person, Account: g.account, Feature: feature, Level: accessclient.Guest, SupportSession: g.session,
		})
		if err != nil && (d != accessclient.Decision{} || !errors.Is(err, accessclient.ErrUnavailable)) {
			return true, errors.Join(errOpen, err)
		}
		return d.Allowed, err
	}
}

// asked finds a decider both ways, the second under a name of its own.
func asked(name, address string) error {
	conn, err := shared.house.Stack.DialBy(address, stack.DemoProduct, "membership")
	if err != nil {
		return err
	}
	shared.close = append(shared.close, conn.Close)
	paths := shared.house.Stack.Certificate(stack.DemoProduct)
	client, err := accessclient.Dial(context.Background(), accessclient.Options{
		Target: address, Server: stack.SPIFFEID("membership"), CertFile: paths.Cert, KeyFile: paths.Key, CAFile: paths.CA, Timeout: hurry,
	})
	if err != nil {
		return err
	}
	shared.close = append(shared.close, client.Close)
	shared.deciding[name], shared.deciding[name+", asked by the client"] = byCall(conn), byClient(client)
	return nil
}
