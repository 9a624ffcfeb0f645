package app_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/membership/internal/app"
	"github.com/aval-access/aval/services/membership/internal/domain"
)

func (v *visit) staff() domain.Membership { return v.membership(v.partner, v.collaborator) }

// What a collaborator's membership loses, their grants lose at once.
func TestASuspendedCollaboratorIsOutOfEveryAccount(t *testing.T) {
	t.Parallel()
	v := setupVisit(t)
	s := v.opened()
	require.Empty(t, v.denial(s.ID))

	_, err := v.suspend(v.staff(), v.owner)
	require.NoError(t, err)
	require.Equal(t, domain.NoAccess, v.denial(s.ID))
	_, err = v.open(v.session())
	require.Error(t, err, "no new visit either")

	_, err = v.restore(v.staff(), v.owner)
	require.NoError(t, err)
	require.Equal(t, domain.SupportSessionRequired, v.denial(s.ID), "the visit is over, the grant is not")
	require.Empty(t, v.denial(v.opened().ID))
}

// R82, R113: by whatever way a membership ends, its grants end in the same
// transaction, and no later membership brings them back.
func TestGrantsEndByEveryEndOfTheMembership(t *testing.T) {
	t.Parallel()
	ends := map[string]func(v *visit) error{
		"removed from the members page": func(v *visit) error {
			end, err := v.remove(v.staff(), v.owner)
			require.Equal(v, []id.ID{v.grant.ID}, end.Grants)
			return err
		},
		"leaving": func(v *visit) error { return v.leaves(v.partner, v.collaborator) },
		"its date": func(v *visit) error {
			m := v.staff()
			v.past(m)
			require.Equal(v, domain.NoAccess, v.denial(id.ID{}), "denied before the end is written")
			_, err := app.EndOver{Deps: v.deps, DB: v.db}.Do(v.Context())
			return err
		},
		"another staff role": func(v *visit) error {
			_, err := v.update(v.staff(), v.owner, domain.SheetChange{
				Fields: []domain.SheetField{domain.PartnerRoleField}, Offer: domain.Offer{PartnerRole: domain.Accountant},
			}, 0)
			return err
		},
	}
	for name, end := range ends {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := setupVisit(t)
			s := v.opened()
			require.NoError(t, end(v))
			require.Equal(t, domain.NoAccess, v.denial(s.ID))
			if name != "another staff role" {
				v.join(v.partner, v.owner, v.collaborator, domain.Offer{Role: domain.Member, PartnerRole: domain.TechnicalSupport})
			}
			require.Equal(t, domain.NoAccess, v.denial(s.ID), "a grant that ended stays ended")
		})
	}
}

func TestAnEndToComeTakesNothingYet(t *testing.T) {
	t.Parallel()
	v := setupVisit(t)
	s := v.opened()
	_, err := v.update(v.staff(), v.owner, domain.SheetChange{
		Fields: []domain.SheetField{domain.EndTimeField}, ValidUntil: v.clock.Now().Add(time.Hour),
	}, 0)
	require.NoError(t, err)
	require.Empty(t, v.denial(s.ID))
}
