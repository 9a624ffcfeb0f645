package app_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	authzv1 "github.com/aval-access/aval/proto/gen/aval/authz/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/consent/internal/postgres"
	"github.com/aval-access/aval/services/kit/id"
)

// R110: what was done to a member is told with what it was and is, and found by
// person, feature and kind.
func TestAChangedSheetIsToldWithItsValues(t *testing.T) {
	t.Parallel()
	b := setup(t)
	account, actor, user := id.New(), id.New(), id.New()
	right := func(path string, level authzv1.Level) *membershipv1.FeatureRight {
		return &membershipv1.FeatureRight{Feature: path, Level: level}
	}
	b.hear(t, id.New(), &membershipv1.MembershipChanged{
		MemberId: id.New().Text("mbr"), OrganizationId: account.Text("org"), UserId: user.Text("usr"), ActorId: actor.Text("usr"),
		Before: &membershipv1.MemberStanding{Role: membershipv1.Role_ROLE_MEMBER, Rights: []*membershipv1.FeatureRight{
			right("emailings", authzv1.Level_LEVEL_GUEST), right("sms", authzv1.Level_LEVEL_EDITOR),
		}},
		After: &membershipv1.MemberStanding{Role: membershipv1.Role_ROLE_MEMBER, Rights: []*membershipv1.FeatureRight{
			right("emailings", authzv1.Level_LEVEL_EDITOR), right("forms", authzv1.Level_LEVEL_NONE),
		}},
	})
	b.hear(t, id.New(), &membershipv1.OrganizationSuspended{OrganizationId: account.Text("org")})

	members := b.history(t, postgres.Range{AccountID: account, Kind: postgres.Members})
	require.Len(t, members, 1)
	require.Equal(t, actor, members[0].ActorID)
	require.Equal(t, user, members[0].SubjectID)
	require.Equal(t, []postgres.Change{
		{What: "emailings", Before: "GUEST", After: "EDITOR"}, {What: "sms", Before: "EDITOR"}, {What: "forms", After: "NONE"},
	}, members[0].Changes)
	for name, found := range map[string]struct {
		postgres.Range
		entries int
	}{
		"all":                     {postgres.Range{}, 2},
		"who acted":               {postgres.Range{ActorID: actor}, 1},
		"whom it is about":        {postgres.Range{ActorID: user}, 1},
		"somebody else":           {postgres.Range{ActorID: id.New()}, 0},
		"the feature":             {postgres.Range{Feature: "aval/members"}, 1},
		"what lies above it":      {postgres.Range{Feature: "aval"}, 1},
		"the beginning of a name": {postgres.Range{Feature: "aval/mem"}, 0},
		"the organisation":        {postgres.Range{Kind: postgres.Organization}, 1},
		"products":                {postgres.Range{Kind: postgres.Products}, 0},
		"assistance":              {postgres.Range{Kind: postgres.Assistance}, 0},
	} {
		found.AccountID = account
		require.Len(t, b.history(t, found.Range), found.entries, name)
	}
}
