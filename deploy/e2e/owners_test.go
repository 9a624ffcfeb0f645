package e2e

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/deploy/journey"
	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

// Two owners who ask to be forgotten at the same moment: one of them stays, keeps
// their password, and the organisation its owner.
func TestOfTwoOwnersErasedAtOnceOneStays(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		o := b.client(t)
		owners := []journey.Person{o.Owner, b.invited(t, o, person("second"), membershipv1.Role_ROLE_OWNER, nil)}
		errs := make([]error, len(owners))
		var all sync.WaitGroup
		for n, one := range owners {
			accounts := steppedUp(t, one)
			all.Go(func() {
				_, errs[n] = accounts.RequestErasure(t.Context(), &identityv1.RequestErasureRequest{Confirm: "REMOVE"})
			})
		}
		all.Wait()
		stays, goes := owners[0], owners[1]
		if errs[0] == nil {
			stays, goes, errs[0], errs[1] = goes, stays, errs[1], errs[0]
		}
		requireReason(t, reasonv1.Reason_REASON_LAST_OWNER, errs[0])
		details, _ := fault.Details(errs[0])
		require.Contains(t, details.Metadata()["organizations"], o.Name)
		require.NoError(t, errs[1])

		stays, err := b.SignIn(t.Context(), stays, o.ID)
		require.NoError(t, err)
		members, err := membershipv1.NewMemberServiceClient(stays).ListMembers(t.Context(), &membershipv1.ListMembersRequest{OrganizationId: o.ID})
		require.NoError(t, err)
		require.Len(t, members.GetMembers(), 1)
		_, err = b.SignIn(t.Context(), goes, o.ID)
		requireReason(t, reasonv1.Reason_REASON_CREDENTIALS_REFUSED, err)
		b.eventuallyForgotten(t, goes.UserID)
	})
}
