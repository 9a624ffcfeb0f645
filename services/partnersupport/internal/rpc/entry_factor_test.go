package rpc_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/partnersupport/internal/app"
)

// Nobody enters without a second factor, where the deployment asks for one.
func TestEntryFactor(t *testing.T) {
	t.Parallel()
	b := setup(t)
	passed := reasonv1.Reason_REASON_UNSPECIFIED // there is no such account to enter
	for _, c := range []struct {
		policy app.EntryFactor
		proven bool
		want   reasonv1.Reason
	}{
		{app.FactorRequired, false, reasonv1.Reason_REASON_FACTOR_ENROLMENT_REQUIRED},
		{app.FactorRequired, true, passed},
		{app.NoFactor, false, passed},
		{app.NoFactor, true, passed},
	} {
		deps := b.deps
		deps.Entry = c.policy
		_, err := app.EnterDossier{Deps: deps}.Do(t.Context(), app.EnterIn{
			Partner: b.partner, User: b.admin, MultiFactor: c.proven, Dossier: id.New(), Reason: "ticket",
		})
		require.Error(t, err)
		require.Equal(t, c.want, fault.ReasonOf(err))
	}
}
