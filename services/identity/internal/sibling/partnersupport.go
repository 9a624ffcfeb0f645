package sibling

import (
	"context"
	"errors"
	"fmt"

	"google.golang.org/grpc"

	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/identity/internal/domain"
	"github.com/aval-access/aval/services/kit/id"
)

// PartnerSupport asks by this workload's own certificate.
type PartnerSupport struct {
	visits partnersupportv1.SupportSessionServiceClient
}

// NewPartnerSupport uses a connection to partner support.
func NewPartnerSupport(conn grpc.ClientConnInterface) *PartnerSupport {
	return &PartnerSupport{visits: partnersupportv1.NewSupportSessionServiceClient(conn)}
}

// CheckSession implements app.PartnerSupport.
func (p *PartnerSupport) CheckSession(ctx context.Context, session id.ID, productSPIFFE string) (domain.Visit, error) {
	out, err := p.visits.CheckSession(ctx, &partnersupportv1.CheckSessionRequest{
		SupportSessionId: session.Text("sup"),
		ProductSpiffeId:  productSPIFFE,
	})
	if err != nil {
		return domain.Visit{}, err
	}
	visit, err := visitFromProto(out)
	if err != nil {
		return domain.Visit{}, fmt.Errorf("reading a support session: %w", err)
	}
	return visit, nil
}

func visitFromProto(out *partnersupportv1.CheckSessionResponse) (domain.Visit, error) {
	s := out.GetSupportSession()
	visit := domain.Visit{
		Audience:         out.GetProduct().GetAudience(),
		Reason:           s.GetReason(),
		ClientName:       out.GetClientName(),
		CollaboratorName: out.GetCollaboratorName(),
		PartnerName:      out.GetPartnerName(),
		ExpireTime:       s.GetExpireTime().AsTime(),
	}
	var bad []error
	for _, part := range []struct {
		to           *id.ID
		prefix, text string
	}{
		{&visit.SessionID, "sup", s.GetId()},
		{&visit.UserID, "usr", out.GetUserId()},
		{&visit.PartnerID, "org", s.GetPartnerId()},
		{&visit.ClientID, "org", s.GetClientId()},
		{&visit.GrantID, "grt", out.GetGrantId()},
		{&visit.ConsentID, "cns", out.GetConsentId()},
		{&visit.ProductID, "prd", out.GetProduct().GetId()},
	} {
		parsed, err := id.Parse(part.prefix, part.text)
		bad = append(bad, err)
		*part.to = parsed
	}
	return visit, errors.Join(bad...)
}
