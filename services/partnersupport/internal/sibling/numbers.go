package sibling

import (
	"context"
	"fmt"
	"time"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/partnersupport/internal/contract"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
)

// Number is what a client on the phone types, and how far its request has come.
type Number struct {
	Number     string // eight digits; empty: none lives
	ExpireTime time.Time
	State      domain.ConsentState // empty: the client was not asked yet
}

// IssueNumber gives the number of an assignment's request, which waits.
func (c Consent) IssueNumber(ctx context.Context, a domain.Assignment) (Number, error) {
	answer, err := c.numbers.IssueNumber(ctx, &consentv1.IssueNumberRequest{
		ConsentId: a.ConsentID.Text(contract.Consent), PartnerId: a.PartnerID.Text(contract.Organization),
	})
	if err != nil {
		return Number{}, fmt.Errorf("asking consent for a number: %w", err)
	}
	return Number{
		Number: answer.GetNumber(), ExpireTime: fields.TimeOf(answer.GetExpireTime()), State: domain.ConsentRequested,
	}, nil
}

// FollowNumber tells how far the request of an assignment has come.
func (c Consent) FollowNumber(ctx context.Context, a domain.Assignment) (Number, error) {
	answer, err := c.numbers.GetNumber(ctx, &consentv1.GetNumberRequest{
		ConsentId: a.ConsentID.Text(contract.Consent), PartnerId: a.PartnerID.Text(contract.Organization),
	})
	if err != nil {
		return Number{}, fmt.Errorf("asking consent how far a request has come: %w", err)
	}
	return Number{
		Number: answer.GetNumber(), ExpireTime: fields.TimeOf(answer.GetExpireTime()), State: StateFromProto(answer.GetState()),
	}, nil
}
