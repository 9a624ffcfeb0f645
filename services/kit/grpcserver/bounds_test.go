package grpcserver

import (
	"testing"

	"github.com/stretchr/testify/require"

	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
)

// T-16: a NUL is found wherever a text stands.
func TestNulIsFoundInEveryText(t *testing.T) {
	t.Parallel()
	require.Empty(t, nulIn((&identityv1.SignInRequest{Email: "a@b.example", Password: "\x01"}).ProtoReflect(), ""))
	require.Equal(t, "password", nulIn((&identityv1.SignInRequest{Password: "a\x00b"}).ProtoReflect(), ""))
	require.Equal(t, "user_ids[1]", nulIn((&identityv1.BatchGetUsersRequest{UserIds: []string{"a", "\x00"}}).ProtoReflect(), ""))
	require.Equal(t, "checks[0].feature", nulIn((&membershipv1.BatchCheckAccessRequest{
		Checks: []*membershipv1.CheckAccessRequest{{Feature: "\x00"}},
	}).ProtoReflect(), ""))
}

// T-16: a list over its contract's limit is found before its items are looked
// at, at every depth.
func TestListsOverTheirLimitAreFound(t *testing.T) {
	t.Parallel()
	ids := func(n int) *identityv1.BatchGetUsersRequest {
		return &identityv1.BatchGetUsersRequest{UserIds: make([]string, n)}
	}
	require.Empty(t, overlongIn(ids(500).ProtoReflect(), ""))
	require.Equal(t, "user_ids", overlongIn(ids(501).ProtoReflect(), ""))
	require.Equal(t, "grants[0].rights", overlongIn((&membershipv1.ApplyGrantsRequest{
		Grants: []*membershipv1.Grant{{Rights: make([]*membershipv1.FeatureRight, 201)}},
	}).ProtoReflect(), ""))
}
