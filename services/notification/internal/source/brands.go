package source

import (
	"context"
	"fmt"

	"google.golang.org/grpc"

	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/notification/internal/letter"
)

// Brands asks partnersupport what a partner's mails look like.
type Brands struct {
	client partnersupportv1.BrandServiceClient
}

// NewBrands takes the connection to partnersupport.
func NewBrands(conn grpc.ClientConnInterface) Brands {
	return Brands{client: partnersupportv1.NewBrandServiceClient(conn)}
}

// Of implements app.Brands.
func (b Brands) Of(ctx context.Context, partner id.ID) (letter.Brand, error) {
	answer, err := b.client.LookupBrand(ctx, &partnersupportv1.LookupBrandRequest{PartnerId: partner.Text("org")})
	if err != nil {
		return letter.Brand{}, fmt.Errorf("asking for a brand: %w", err)
	}
	found := answer.GetBrand()
	return letter.Brand{Name: found.GetName(), Color: found.GetColor(), Logo: found.GetLogo()}, nil
}
