package rpc

import (
	"context"
	"errors"
	"io"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/timestamppb"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/fault"
)

// StreamCheckAccess answers batches in the order they come. Lease and clock are
// looked at for each, once it is here: a stream may be as old as it likes. What
// is wrong with one batch is its own matter; what nobody foresaw ends the stream.
func (s *Questions) StreamCheckAccess(
	stream grpc.BidiStreamingServer[membershipv1.StreamCheckAccessRequest, membershipv1.StreamCheckAccessResponse],
) error {
	for {
		req, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil && !fault.Is(err, reasonv1.Reason_REASON_INVALID_ARGUMENT) {
			return err
		}
		answer := &membershipv1.StreamCheckAccessResponse{DecideTime: timestamppb.New(s.Reaches.Now())}
		if err == nil {
			answer.Results, err = s.batch(stream.Context(), req.GetChecks())
		}
		if err != nil && !fault.Expected(err) {
			return err
		}
		if err != nil {
			answer.Error = fault.ToStatus(err, authn.FromContext(stream.Context()).Locale).Proto()
		}
		if err := stream.Send(answer); err != nil {
			return err
		}
	}
}

func (s *Questions) batch(
	ctx context.Context, checks []*membershipv1.CheckAccessRequest,
) ([]*membershipv1.CheckAccessResponse, error) {
	answers, err := s.BatchCheckAccess(ctx, &membershipv1.BatchCheckAccessRequest{Checks: checks})
	return answers.GetResults(), err
}
