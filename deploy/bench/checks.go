package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/aval-access/aval/deploy/stack"
	authzv1 "github.com/aval-access/aval/proto/gen/aval/authz/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/kit/id"
)

const (
	rounds     = 5
	roundTime  = 3 * time.Second
	concurrent = 32
	entries    = 20_000
	perCall    = 500
)

// checks measures the decision against a bare gRPC method that answers a
// constant of the same size on a plain server.
func checks(ctx context.Context, out io.Writer, s *stack.Stack) error {
	questions, err := fillEntries(ctx, s)
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
			rate, err := load(ctx, client, questions)
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

// fillEntries gives the decision something to search: grants with an open
// visit each, written by the calls that consent and partnersupport make.
func fillEntries(ctx context.Context, s *stack.Stack) ([]*membershipv1.CheckAccessRequest, error) {
	consent, err := s.Dial("consent", "membership")
	if err != nil {
		return nil, err
	}
	defer consent.Close()
	var questions []*membershipv1.CheckAccessRequest
	for range entries / perCall {
		request := &membershipv1.ApplyGrantsRequest{}
		for range perCall {
			grant := newGrant()
			request.Grants = append(request.Grants, grant)
			questions = append(questions, &membershipv1.CheckAccessRequest{
				SubjectId: grant.GetSubjectId(), AccountId: grant.GetAccountId(), Feature: "management/invoices", Level: authzv1.Level_LEVEL_GUEST,
			})
		}
		if _, err := membershipv1.NewAccessServiceClient(consent).ApplyGrants(ctx, request); err != nil {
			return nil, fmt.Errorf("writing grants: %w", err)
		}
	}
	return questions, openVisits(ctx, s, questions[:concurrent*8])
}

// openVisits opens a visit under the first questions' grants: they are asked
// with it and answered yes, all others no.
func openVisits(ctx context.Context, s *stack.Stack, questions []*membershipv1.CheckAccessRequest) error {
	support, err := s.Dial("partnersupport", "membership")
	if err != nil {
		return err
	}
	defer support.Close()
	for _, q := range questions {
		q.SupportSessionId = id.New().Text("sup")
		_, err := membershipv1.NewAccessServiceClient(support).OpenSupportSession(ctx, &membershipv1.OpenSupportSessionRequest{
			SupportSessionId: q.GetSupportSessionId(), SubjectId: q.GetSubjectId(), AccountId: q.GetAccountId(), PartnerId: partner,
			ExpireTime: timestamppb.New(time.Now().Add(time.Hour)),
		})
		if err != nil {
			return fmt.Errorf("opening a visit: %w", err)
		}
	}
	return nil
}

// partner is whom every grant goes through.
const partner = "org_01h455vb4pex5vsknk084sn02u"

func newGrant() *membershipv1.Grant {
	return &membershipv1.Grant{
		Id: id.New().Text("grt"), SubjectId: id.New().Text("usr"), AccountId: id.New().Text("org"), PartnerId: partner,
		ConsentId: id.New().Text("cns"), PartnerRole: membershipv1.PartnerRole_PARTNER_ROLE_TECHNICAL_SUPPORT, Version: 1,
		Rights: []*membershipv1.FeatureRight{
			{Feature: "management", Level: authzv1.Level_LEVEL_APPROVER}, {Feature: "accounting", Level: authzv1.Level_LEVEL_APPROVER},
		},
	}
}

// load asks for one round from all workers and gives the rate.
func load(ctx context.Context, client membershipv1.AccessServiceClient, questions []*membershipv1.CheckAccessRequest) (float64, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	var done atomic.Int64
	var failed atomic.Pointer[error]
	end := time.Now().Add(roundTime)
	var wg sync.WaitGroup
	for worker := range concurrent {
		wg.Go(func() {
			for i := worker; time.Now().Before(end); i += concurrent {
				if _, err := client.CheckAccess(ctx, questions[i%len(questions)]); err != nil {
					failed.Store(&err)
					return
				}
				done.Add(1)
			}
		})
	}
	wg.Wait()
	if err := failed.Load(); err != nil {
		return 0, *err
	}
	return float64(done.Load()) / roundTime.Seconds(), nil
}

// constant answers every question alike.
type constant struct {
	membershipv1.UnimplementedAccessServiceServer
	answer *membershipv1.CheckAccessResponse
}

func (c constant) CheckAccess(context.Context, *membershipv1.CheckAccessRequest) (*membershipv1.CheckAccessResponse, error) {
	return c.answer, nil
}

func nullServer(ctx context.Context) (*grpc.ClientConn, func(), error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, err
	}
	server := grpc.NewServer()
	membershipv1.RegisterAccessServiceServer(server, constant{answer: &membershipv1.CheckAccessResponse{
		Allowed: true, Source: membershipv1.AccessSource_ACCESS_SOURCE_GRANT, ConsentId: id.New().Text("cns"), GrantId: id.New().Text("grt"),
	}})
	go func() { _ = server.Serve(listener) }() // Stop ends it
	conn, err := grpc.NewClient(listener.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	return conn, server.Stop, err
}
