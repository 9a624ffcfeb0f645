package creditcsv_test

import (
	"errors"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/gateway/internal/creditcsv"
	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
)

func page(name, next string) *partnersupportv1.ListManagedCreditsResponse {
	return &partnersupportv1.ListManagedCreditsResponse{
		Month: "2026-11", Stage: partnersupportv1.CreditStage_CREDIT_STAGE_STATED, NextPageToken: next,
		Credits: []*partnersupportv1.ManagedCredit{{
			DossierId: "dos_1", ClientId: "org_1", ClientName: name, Visits: 3, Collaborators: 1, AmountMinor: 1250, Currency: "EUR",
			Obstacles: []partnersupportv1.CreditObstacle{partnersupportv1.CreditObstacle_CREDIT_OBSTACLE_UNTAGGED},
		}},
	}
}

// R74: every page of the month, and no formula.
func TestTheFileHoldsEveryPageAndNoFormula(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	require.NoError(t, creditcsv.Write(w, func(token string) (*partnersupportv1.ListManagedCreditsResponse, error) {
		if token == "" {
			return page("=cmd", "2"), nil
		}
		return page("Élan", ""), nil
	}))
	require.Equal(t, `attachment; filename="credits-2026-11.csv"`, w.Header().Get("Content-Disposition"))
	require.Equal(t, "month,stage,dossier_id,client_id,client_name,credited,obstacles,visits,collaborators,amount_minor,currency\n"+
		"2026-11,STATED,dos_1,org_1,'=cmd,false,UNTAGGED,3,1,1250,EUR\n"+
		"2026-11,STATED,dos_1,org_1,Élan,false,UNTAGGED,3,1,1250,EUR\n", w.Body.String())
}

func TestAFileThatCannotBeReadIsNotBegun(t *testing.T) {
	t.Parallel()
	w, broken := httptest.NewRecorder(), errors.New("gone")
	require.ErrorIs(t, creditcsv.Write(w, func(token string) (*partnersupportv1.ListManagedCreditsResponse, error) {
		if token == "" {
			return page("Élan", "2"), nil
		}
		return nil, broken
	}), broken)
	require.Empty(t, w.Body.String())
}
