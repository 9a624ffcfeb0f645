package contract

import (
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/aval-access/aval/services/partnersupport/internal/domain"
)

// proposing is a request in which a partner proposes how long an access lasts.
type proposing interface {
	GetProposedDuration() *durationpb.Duration
	GetProposedLasting() bool
}

// Proposal reads what a partner proposes; zero: nothing.
func Proposal(req proposing) time.Duration {
	if req.GetProposedLasting() {
		return domain.Lasting
	}
	return req.GetProposedDuration().AsDuration()
}

// ProposalToProto leaves out what has no end of its own.
func ProposalToProto(a domain.Assignment) *durationpb.Duration {
	if a.ProposedDuration == domain.Lasting {
		return nil
	}
	return durationpb.New(a.ProposedDuration)
}
