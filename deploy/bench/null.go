package main

import (
	"context"
	"net"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/kit/id"
)

// constant answers every question alike.
type constant struct {
	membershipv1.UnimplementedAccessServiceServer
	answer *membershipv1.CheckAccessResponse
}

func newConstant() constant {
	return constant{answer: &membershipv1.CheckAccessResponse{
		Allowed: true, Source: membershipv1.AccessSource_ACCESS_SOURCE_GRANT, ConsentId: id.New().Text("cns"), GrantId: id.New().Text("grt"),
	}}
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
	membershipv1.RegisterAccessServiceServer(server, newConstant())
	go func() { _ = server.Serve(listener) }() // Stop ends it
	conn, err := grpc.NewClient(listener.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	return conn, server.Stop, err
}
