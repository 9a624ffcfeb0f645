package sibling

import (
	"context"
	"fmt"

	"google.golang.org/grpc"

	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
)

// maxDossierPages bounds the reading of a firm's dossiers.
const maxDossierPages = 100

// Dossiers asks partnersupport what a firm's dossiers are.
type Dossiers struct {
	client partnersupportv1.DossierServiceClient
}

// NewDossiers asks over this connection.
func NewDossiers(partnersupport grpc.ClientConnInterface) Dossiers {
	return Dossiers{client: partnersupportv1.NewDossierServiceClient(partnersupport)}
}

// CheckOwn refuses what is no dossier of the firm, as the person who asks sees
// it: REASON_NOT_FOUND. Never call it inside a transaction.
func (d Dossiers) CheckOwn(ctx context.Context, partner id.ID, dossiers []id.ID) error {
	missing := map[string]bool{}
	for _, one := range dossiers {
		missing[one.Text("dos")] = true
	}
	token := ""
	for range maxDossierPages {
		answer, err := d.client.ListDossiers(authn.Forward(ctx), &partnersupportv1.ListDossiersRequest{
			PartnerId: partner.Text("org"), PageSize: 200, PageToken: token,
		})
		if err != nil {
			return fmt.Errorf("asking partnersupport for dossiers: %w", err)
		}
		for _, one := range answer.GetDossiers() {
			delete(missing, one.GetId())
		}
		if token = answer.GetNextPageToken(); token == "" || len(missing) == 0 {
			break
		}
	}
	if len(missing) > 0 {
		return fault.NotFound()
	}
	return nil
}
