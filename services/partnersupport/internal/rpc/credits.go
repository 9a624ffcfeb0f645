package rpc

import (
	"context"

	"google.golang.org/protobuf/types/known/timestamppb"

	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/idempotency"
	"github.com/aval-access/aval/services/kit/page"
	"github.com/aval-access/aval/services/partnersupport/internal/app"
	"github.com/aval-access/aval/services/partnersupport/internal/contract"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
	"github.com/aval-access/aval/services/partnersupport/internal/postgres"
)

// credits says what a partner is credited with.
type credits struct {
	v1.UnimplementedCreditServiceServer
	base
}

func (s credits) ListManagedCredits(ctx context.Context, req *v1.ListManagedCreditsRequest) (*v1.ListManagedCreditsResponse, error) {
	month, err := s.month(req.GetMonth())
	if err != nil {
		return nil, err
	}
	asked, err := s.pages.List(ctx, req)
	if err != nil {
		return nil, err
	}
	after, err := dossiersAfter(asked)
	if err != nil {
		return nil, err
	}
	rows, err := app.Credits{Deps: s.Deps}.List(ctx, postgres.CreditList{
		Partner: authn.FromContext(ctx).Person.OrganizationID, Month: month, After: after, Limit: asked.Limit(),
	})
	if err != nil {
		return nil, err
	}
	rows, next, err := page.Cut(asked, rows, func(c domain.Credit) []string { return page.KeyTextID(c.SortName, c.DossierID) })
	return &v1.ListManagedCreditsResponse{
		Credits: fields.Each(rows, contract.CreditToProto), NextPageToken: next, Month: month.String(),
		Stage: contract.CreditStageToProto(month.StageAt(s.Clock.Now())), FreezeTime: timestamppb.New(month.FreezeTime()),
	}, err
}

// month reads one; empty is the present one.
func (b base) month(text string) (domain.Month, error) {
	if text == "" {
		return domain.MonthOf(b.Clock.Now()), nil
	}
	month, ok := domain.ReadMonth(text)
	if !ok {
		return month, fault.Invalid("month", "string.pattern")
	}
	return month, nil
}

func (s credits) BatchSetRevenues(ctx context.Context, req *v1.BatchSetRevenuesRequest) (*v1.BatchSetRevenuesResponse, error) {
	month, err := s.month(req.GetMonth())
	if err != nil {
		return nil, err
	}
	var read fields.Reader
	in := app.SetRevenuesIn{Month: month, Key: idempotency.KeyOf(ctx, v1.CreditService_BatchSetRevenues_FullMethodName, req)}
	for _, r := range req.GetRevenues() {
		in.Rows = append(in.Rows, domain.Revenue{
			PartnerID: read.ID(contract.Organization, "revenues.partner_id", r.GetPartnerId()),
			ClientID:  read.ID(contract.Organization, "revenues.client_id", r.GetClientId()),
			Currency:  r.GetCurrency(), AmountMinor: r.GetAmountMinor(),
		})
	}
	if read.Err() != nil {
		return nil, read.Err()
	}
	return answer(app.Credits{Deps: s.Deps}.SetRevenues(ctx, in))
}
