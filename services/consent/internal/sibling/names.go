package sibling

import (
	"context"
	"fmt"
	"slices"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/kit/id"
)

// maxNames bounds one question for names.
const maxNames = 200

// Names gives how people are or were called in an organisation, as far as they
// ever were members of it.
func (s *Siblings) Names(ctx context.Context, organization id.ID, users []id.ID) (map[id.ID]string, error) {
	out := map[id.ID]string{}
	var texts []string
	for _, user := range users {
		if text := user.Text("usr"); text != "" && !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
	}
	for part := range slices.Chunk(texts, maxNames) {
		answer, err := s.members.BatchGetNames(ctx, &membershipv1.BatchGetNamesRequest{
			OrganizationId: organization.Text("org"), UserIds: part,
		})
		if err != nil {
			return nil, fmt.Errorf("asking membership for names: %w", err)
		}
		for _, n := range answer.GetNames() {
			user, err := id.Parse("usr", n.GetUserId())
			if err != nil {
				return nil, fmt.Errorf("reading a name's person: %w", err)
			}
			out[user] = domain.FullName(n.GetGivenName(), n.GetFamilyName())
		}
	}
	return out, nil
}
