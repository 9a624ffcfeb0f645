package sibling

import (
	"context"
	"fmt"

	"google.golang.org/grpc"

	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	"github.com/aval-access/aval/services/partnersupport/internal/contract"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
)

// Identity mints codes and ends browser sessions.
type Identity struct {
	tokens identityv1.TokenServiceClient
	users  identityv1.UserServiceClient
}

// NewIdentity makes the clients of one connection.
func NewIdentity(conn grpc.ClientConnInterface) Identity {
	return Identity{tokens: identityv1.NewTokenServiceClient(conn), users: identityv1.NewUserServiceClient(conn)}
}

// MintCode makes the one-time code with which the product alone fetches the
// visit's first token. Secret: it goes into the redirection and nowhere else.
func (i Identity) MintCode(ctx context.Context, s domain.SupportSession, p domain.Product) (string, error) {
	answer, err := i.tokens.MintSupportCode(ctx, &identityv1.MintSupportCodeRequest{
		SupportSessionId: s.ID.Text(contract.Session),
		ProductSpiffeId:  p.SpiffeID,
	})
	if err != nil {
		return "", fmt.Errorf("asking identity for a support code: %w", err)
	}
	return answer.GetCode(), nil
}

// EndSessions ends the browser sessions that a person has with the partner and
// answers how many there were, once per stage of the removal, however often one
// is repeated.
func (i Identity) EndSessions(ctx context.Context, r domain.Removal) (int32, error) {
	answer, err := i.users.EndSessions(ctx, &identityv1.EndSessionsRequest{
		UserId:          r.UserID.Text(contract.User),
		OrganizationIds: []string{r.PartnerID.Text(contract.Organization)},
		RequestId:       r.ID.String() + "/" + string(r.Stage),
	})
	if err != nil {
		return 0, fmt.Errorf("asking identity to end sessions: %w", err)
	}
	return answer.GetEnded(), nil
}
