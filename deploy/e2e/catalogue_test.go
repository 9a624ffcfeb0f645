package e2e

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/deploy/stack"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
)

// The operator gives a part of the catalogue to a platform team, which registers
// its versions from then on; taken back, it is the team's no more.
func TestAPartOfTheCatalogueIsGivenToATeam(t *testing.T) {
	t.Parallel()
	b := setup(t, shared.edge)
	operator := membershipv1.NewFeatureServiceClient(b.Operator["membership"])
	team := membershipv1.NewFeatureServiceClient(b.Product["membership"])
	name := unique("shop")
	give := func(owner string) (*membershipv1.AssignNamespaceResponse, error) {
		return operator.AssignNamespace(t.Context(), &membershipv1.AssignNamespaceRequest{Namespace: name, Owner: owner})
	}
	register := func(version int64) error {
		_, err := team.RegisterFeatures(t.Context(), &membershipv1.RegisterFeaturesRequest{Namespace: name, Version: version, Features: []*membershipv1.NewFeature{
			{Path: name, LabelFr: "Boutique", LabelEn: "Shop"},
		}})
		return err
	}
	_, err := give("")
	require.NoError(t, err)
	requireReason(t, reasonv1.Reason_REASON_NAMESPACE_TAKEN, register(1))
	given, err := give(stack.SPIFFEID(stack.DemoProduct))
	require.NoError(t, err)
	require.Zero(t, given.GetNamespace().GetVersion())
	require.NoError(t, register(1))

	list, err := team.ListNamespaces(t.Context(), &membershipv1.ListNamespacesRequest{PageSize: 200})
	require.NoError(t, err)
	versions := map[string]int64{}
	for _, one := range list.GetNamespaces() {
		versions[one.GetName()] = one.GetVersion()
	}
	require.EqualValues(t, 1, versions[name])
	_, err = team.AssignNamespace(t.Context(), &membershipv1.AssignNamespaceRequest{Namespace: name})
	requireReason(t, reasonv1.Reason_REASON_PERMISSION_DENIED, err)
	_, err = operator.AssignNamespace(t.Context(), &membershipv1.AssignNamespaceRequest{Namespace: "aval"})
	requireReason(t, reasonv1.Reason_REASON_NAMESPACE_TAKEN, err)
	_, err = give("")
	require.NoError(t, err)
	requireReason(t, reasonv1.Reason_REASON_NAMESPACE_TAKEN, register(2))
}
