package rpc

import (
	"context"
	"time"

	"google.golang.org/grpc"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/clock"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/membership/internal/domain"
)

const (
	// watchPause is the time between two looks at what is watched.
	watchPause = 250 * time.Millisecond
	// watchShare makes the pause longer where a look takes long: a watch takes
	// no more than a twentieth of a processor.
	watchShare = 19
	// toldAtOnce is how many accesses one message tells of each kind.
	toldAtOnce = 1000
)

// WatchAccess lists what is watched again and again, and tells what changed.
func (s *Questions) WatchAccess(
	req *membershipv1.WatchAccessRequest, stream grpc.ServerStreamingServer[membershipv1.WatchAccessResponse],
) error {
	list, err := s.watched(req)
	if err != nil {
		return err
	}
	var told sight
	for {
		began := time.Now()
		reached, err := list()
		if err != nil {
			return err
		}
		seen := sightOf(reached)
		holding, ended := seen.without(told), told.gone(seen)
		if told == nil || len(holding)+len(ended) > 0 {
			if err := tell(stream, holding, ended); err != nil {
				return err
			}
		}
		told = seen
		if !clock.Wait(stream.Context(), max(watchPause, watchShare*time.Since(began))) {
			return fault.New(reasonv1.Reason_REASON_UNAVAILABLE, fault.Cause(context.Cause(stream.Context())))
		}
	}
}

func (s *Questions) watched(req *membershipv1.WatchAccessRequest) (func() ([]domain.Reached, error), error) {
	var read fields.Reader
	subject := read.Optional("usr", "subject_id", req.GetSubjectId())
	account := read.Optional("org", "account_id", req.GetAccountId())
	if read.Err() != nil {
		return nil, read.Err()
	}
	if subject != (id.ID{}) {
		return func() ([]domain.Reached, error) { return s.Reaches.Accounts(subject) }, nil
	}
	return func() ([]domain.Reached, error) { return s.Reaches.Subjects(account) }, nil
}

// sight is what one look found, by account and subject.
type sight map[pairID]domain.Reached

type pairID struct{ account, subject id.ID }

func sightOf(all []domain.Reached) sight {
	out := make(sight, len(all))
	for _, r := range all {
		out[pairID{r.AccountID, r.SubjectID}] = r
	}
	return out
}

// without lists what was not told yet, or holds otherwise.
func (s sight) without(told sight) (out []domain.Reached) {
	for key, r := range s {
		was, known := told[key]
		if !known || was != r {
			out = append(out, r)
		}
	}
	return out
}

// gone lists what was told and is not there now.
func (s sight) gone(now sight) (out []domain.Reached) {
	for key, r := range s {
		if _, still := now[key]; !still {
			out = append(out, r)
		}
	}
	return out
}

// tell sends at least one message.
func tell(stream grpc.ServerStreamingServer[membershipv1.WatchAccessResponse], holding, ended []domain.Reached) error {
	for {
		h, e := min(len(holding), toldAtOnce), min(len(ended), toldAtOnce)
		part := &membershipv1.WatchAccessResponse{
			Holding: fields.Each(holding[:h], reachToProto), Ended: fields.Each(ended[:e], reachToProto),
		}
		holding, ended = holding[h:], ended[e:]
		part.More = len(holding)+len(ended) > 0
		if err := stream.Send(part); err != nil {
			return err
		}
		if !part.GetMore() {
			return nil
		}
	}
}
