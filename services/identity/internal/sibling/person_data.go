package sibling

import (
	"context"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/structpb"

	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	"github.com/aval-access/aval/services/kit/id"
)

// PersonData asks one sibling what it holds about people.
type PersonData struct {
	client identityv1.PersonDataServiceClient
}

// NewPersonData uses a connection to it.
func NewPersonData(conn grpc.ClientConnInterface) PersonData {
	return PersonData{client: identityv1.NewPersonDataServiceClient(conn)}
}

// Export implements app.PersonData.
func (p PersonData) Export(ctx context.Context, user id.ID) (*structpb.Struct, error) {
	out, err := p.client.ExportPerson(ctx, &identityv1.ExportPersonRequest{UserId: user.Text("usr")})
	if err != nil || out.GetData() == nil {
		return &structpb.Struct{}, err
	}
	return out.GetData(), nil
}
