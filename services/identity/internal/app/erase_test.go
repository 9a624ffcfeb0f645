package app_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/identity/internal/app"
	"github.com/aval-access/aval/services/identity/internal/postgres"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// owning stands for membership: it says whether a person may leave.
type owning struct {
	app.Membership
	alone []string
}

func (o owning) SoleOwnerships(context.Context, id.ID) ([]string, error) { return o.alone, nil }

func (o owning) Leave(context.Context, id.ID) error {
	if len(o.alone) > 0 {
		return fault.New(reasonv1.Reason_REASON_LAST_OWNER)
	}
	return nil
}

func (b *bundle) erase(s app.Opened, alone ...string) error {
	request := app.RequestErasure{DB: b.db, Clock: b.clock, Membership: owning{alone: alone}}
	_, err := request.Do(context.Background(), app.Holder{SessionID: s.Session.ID, UserID: s.Session.UserID})
	return err
}

// RGPD: who asks to be forgotten is, once every service has done its part.
func TestErasure(t *testing.T) {
	t.Parallel()
	b := setup(t)
	first := b.registered(t, address)
	requireReason(t, reasonv1.Reason_REASON_STEP_UP_REQUIRED, b.erase(first))
	mine := b.steppedUp(t, first)
	err := b.erase(mine, "Cabinet Nord", "Atelier Sud")
	requireReason(t, reasonv1.Reason_REASON_LAST_OWNER, err)
	details, _ := fault.Details(err)
	require.Equal(t, "Cabinet Nord; Atelier Sud", details.Metadata()["organizations"])
	require.NoError(t, b.resolves(t, mine), "nothing changed")

	link := b.resetLink(t, address).Link.String()
	require.NoError(t, b.erase(mine))
	requireOver(t, b.resolves(t, mine))
	_, err = b.signIn.Do(t.Context(), typed(address, password))
	requireReason(t, reasonv1.Reason_REASON_CREDENTIALS_REFUSED, err)
	_, err = b.resetPassword().Do(t.Context(), link, newPassword)
	requireReason(t, reasonv1.Reason_REASON_LINK_INVALID, err)
	require.Empty(t, b.resetLink(t, address).Letter, "no mail goes there any more")

	user := mine.Session.UserID
	confirm := app.ConfirmErasure{DB: b.db, Clock: b.clock}
	for n, service := range app.Erasers() {
		require.Equal(t, address, b.stored(t, user), "%d of %d have said so", n, len(app.Erasers()))
		said := app.Done{Consumer: "identity-" + service, EventID: id.New(), Service: service, UserID: user}
		require.NoError(t, confirm.Do(t.Context(), said))
		require.NoError(t, confirm.Do(t.Context(), said), "a fact is applied once")
	}
	require.Empty(t, b.stored(t, user))
	require.Equal(t, "aval.identity.v1.user.erased", b.subjects(t)[len(b.subjects(t))-1])
	require.NotEqual(t, user, b.registered(t, address).Session.UserID, "the address is free, the id never is")
}

// stored is the address in the person's row.
func (b *bundle) stored(t *testing.T, user id.ID) string {
	t.Helper()
	found, err := pg.InApp(t.Context(), b.db, func(ctx context.Context, tx pg.Tx) (string, error) {
		u, err := postgres.FindUser(ctx, tx, user)
		return u.Email, err
	})
	require.NoError(t, err)
	return found
}
