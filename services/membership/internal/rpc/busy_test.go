package rpc_test

import (
	"strings"
	"testing"

	"buf.build/go/protovalidate"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	authzv1 "github.com/aval-access/aval/proto/gen/aval/authz/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/membership/internal/rpc"
)

// anyText is near the bounds of a field, good and bad.
func anyText(prefix string) *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.Just(id.New().Text(strings.TrimSuffix(prefix, "_"))), rapid.Just(""), rapid.Just("management/invoices"),
		rapid.Map(rapid.SliceOfN(rapid.SampledFrom([]rune{'a', 'é', 0, '_', '7'}), 0, 130), func(r []rune) string { return prefix + string(r) }),
		rapid.Map(rapid.IntRange(0, 125), func(n int) string { return prefix + strings.Repeat("x", n) }),
	)
}

func anyCheck(t *rapid.T) *membershipv1.CheckAccessRequest {
	good := &membershipv1.CheckAccessRequest{
		SubjectId: id.New().Text("usr"), AccountId: id.New().Text("org"), Feature: "management/invoices", Level: authzv1.Level_LEVEL_GUEST,
	}
	switch rapid.IntRange(0, 5).Draw(t, "field") {
	case 0:
		good.SubjectId = anyText("usr_").Draw(t, "subject")
	case 1:
		good.AccountId = anyText("org_").Draw(t, "account")
	case 2:
		good.Feature = anyText("").Draw(t, "feature")
	case 3:
		good.Level = authzv1.Level(rapid.Int32Range(-1, 6).Draw(t, "level"))
	case 4:
		good.SupportSessionId = anyText("sup_").Draw(t, "visit")
	}
	return good
}

func hasNUL(check *membershipv1.CheckAccessRequest) bool {
	return strings.ContainsRune(check.GetSubjectId()+check.GetAccountId()+check.GetFeature()+check.GetSupportSessionId(), 0)
}

// What is let by without the contract's rules keeps all of them; what a program
// sends is let by.
func TestBusyMethodsKeepTheContractsRules(t *testing.T) {
	t.Parallel()
	validator, err := protovalidate.New()
	require.NoError(t, err)
	busy := rpc.Busy()
	one, many := busy[membershipv1.AccessService_CheckAccess_FullMethodName], busy[membershipv1.AccessService_BatchCheckAccess_FullMethodName]
	letBy := 0
	rapid.Check(t, func(rt *rapid.T) {
		check := anyCheck(rt)
		batch := &membershipv1.BatchCheckAccessRequest{Checks: []*membershipv1.CheckAccessRequest{check, check}}
		keeps := func(m proto.Message) bool { return validator.Validate(m) == nil && !hasNUL(check) }
		if one(check) {
			letBy++
			require.True(rt, keeps(check), check)
		}
		if many(batch) {
			require.True(rt, keeps(batch), check)
		}
		require.Equal(rt, one(check), many(batch))
	})
	require.Positive(t, letBy)
	good := &membershipv1.CheckAccessRequest{
		SubjectId: id.New().Text("usr"), AccountId: id.New().Text("org"), Feature: "a", Level: authzv1.Level_LEVEL_APPROVER, SupportSessionId: id.New().Text("sup"),
	}
	require.True(t, one(good))
	for n, ok := range map[int]bool{0: false, 1: true, 1000: true, 1001: false} {
		batch := &membershipv1.BatchCheckAccessRequest{}
		for range n {
			batch.Checks = append(batch.Checks, good)
		}
		require.Equal(t, ok, many(batch), n)
	}
	require.False(t, one(&membershipv1.BatchCheckAccessRequest{}))
}
