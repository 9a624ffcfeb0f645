package rpc_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/app"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
)

// on sets the clock to a day of the next March, which is no past of the tags.
func (b bundle) on(t *testing.T, day int) time.Time {
	t.Helper()
	now := b.clock.Now()
	at := time.Date(now.Year()+1, time.March, day, 12, 0, 0, 0, time.UTC)
	require.True(t, at.After(now))
	b.clock.Advance(at.Sub(now))
	return at
}

func (b bundle) credits(t *testing.T, month domain.Month) *v1.ListManagedCreditsResponse {
	t.Helper()
	list, err := v1.NewCreditServiceClient(b.gateway(t)).ListManagedCredits(b.as(t, b.admin), &v1.ListManagedCreditsRequest{
		PartnerId: b.partner.Text("org"), Month: month.String(),
	})
	require.NoError(t, err)
	return list
}

func (b bundle) wearing(t *testing.T) domain.Collaborator {
	t.Helper()
	c := b.collaborator(t, domain.Ready)
	_, err := b.tag(t, c, v1.TagKind_TAG_KIND_FREELANCER, nil)
	require.NoError(t, err)
	return c
}

// R74 R78: a client counts for a month when everybody who acted there was
// tagged, freelancers too; one untagged visit costs it, and a later tag does not
// bring it back.
func TestCreditNeedsEverybodyTagged(t *testing.T) {
	t.Parallel()
	b := setup(t)
	month, product := domain.MonthOf(b.on(t, 3)), b.product(t, "alpha").GetId()
	good, bad, idle := b.dossier(t, "Bon", domain.DossierActive), b.dossier(t, "Mauvais", domain.DossierActive), b.dossier(t, "Oisif", domain.DossierActive)
	karim, sofia := b.wearing(t), b.collaborator(t, domain.Ready)
	b.past(t, pastVisit{karim, good, product})
	b.past(t, pastVisit{karim, good, product})
	b.past(t, pastVisit{karim, bad, product})
	b.past(t, pastVisit{sofia, bad, product})
	b.clock.Advance(time.Minute)
	_, err := b.tag(t, sofia, v1.TagKind_TAG_KIND_EMPLOYEE, nil)
	require.NoError(t, err)

	found := b.credits(t, month)
	require.Equal(t, v1.CreditStage_CREDIT_STAGE_PROVISIONAL, found.GetStage())
	require.Len(t, found.GetCredits(), 2, "nobody acted at "+idle.ClientName)
	require.Equal(t, good.ID.Text("dos"), found.GetCredits()[0].GetDossierId())
	require.True(t, found.GetCredits()[0].GetCredited())
	require.EqualValues(t, 2, found.GetCredits()[0].GetVisits())
	require.EqualValues(t, 1, found.GetCredits()[0].GetCollaborators())
	require.False(t, found.GetCredits()[1].GetCredited())
	require.Equal(t, []v1.CreditObstacle{v1.CreditObstacle_CREDIT_OBSTACLE_UNTAGGED}, found.GetCredits()[1].GetObstacles())
	require.Empty(t, b.credits(t, month.Before(1)).GetCredits())
}

// R84: the partner that came second gets no credit for that client, tagged as
// the person may be; the first does.
func TestTheSecondPartnerGetsNoCredit(t *testing.T) {
	t.Parallel()
	one, client := setup(t), id.New()
	two := one.another()
	month, product := domain.MonthOf(one.on(t, 3)), one.product(t, "alpha").GetId()
	work := func(b bundle) {
		b.clock.Advance(time.Minute)
		c, d := b.known(t, "karim@cabinet.example"), b.linked(t, client)
		_, err := b.tag(t, c, v1.TagKind_TAG_KIND_EMPLOYEE, nil)
		require.NoError(t, err)
		b.assign(t, c, d)
		b.clock.Advance(time.Minute)
		b.past(t, pastVisit{c, d, product})
	}
	work(one)
	work(two)
	require.True(t, one.credits(t, month).GetCredits()[0].GetCredited())
	second := two.credits(t, month).GetCredits()[0]
	require.False(t, second.GetCredited())
	require.Equal(t, []v1.CreditObstacle{v1.CreditObstacle_CREDIT_OBSTACLE_CONFLICT}, second.GetObstacles())
}

// R74: what clients pay is the platform's word until the month is frozen, and
// nothing changes a frozen month.
func TestAFrozenMonthStaysAsItWas(t *testing.T) {
	t.Parallel()
	b := setup(t)
	month, product := domain.MonthOf(b.on(t, 3)), b.product(t, "alpha").GetId()
	c, d := b.wearing(t), b.dossier(t, "Élan", domain.DossierActive)
	b.past(t, pastVisit{c, d, product})
	operator := v1.NewCreditServiceClient(b.server.Client(t, "operator"))
	pay := func(amount int64) (*v1.BatchSetRevenuesResponse, error) {
		return operator.BatchSetRevenues(t.Context(), &v1.BatchSetRevenuesRequest{Month: month.String(), Revenues: []*v1.Revenue{
			{PartnerId: b.partner.Text("org"), ClientId: d.ClientID.Text("org"), AmountMinor: amount, Currency: "EUR"},
			{PartnerId: b.partner.Text("org"), ClientId: id.New().Text("org"), AmountMinor: amount, Currency: "EUR"},
		}})
	}
	told, err := pay(900)
	require.NoError(t, err)
	require.Equal(t, []string{"", "NOT_FOUND"}, []string{told.GetResults()[0].GetErrorReason(), told.GetResults()[1].GetErrorReason()})
	_, err = v1.NewCreditServiceClient(b.gateway(t)).BatchSetRevenues(b.as(t, b.admin), &v1.BatchSetRevenuesRequest{})
	require.Error(t, err, "no partner tells its own revenue")
	b.clock.Advance(month.End().AddDate(0, 0, 9).Sub(b.clock.Now()))
	require.Equal(t, v1.CreditStage_CREDIT_STAGE_STATED, b.credits(t, month).GetStage())
	_, err = pay(1250)
	require.NoError(t, err)
	require.NoError(t, app.Credits{Deps: b.deps}.Freeze(t.Context()))
	require.Zero(t, b.count(t, "SELECT count(*) FROM frozen_credit"))

	b.clock.Advance(month.FreezeTime().Sub(b.clock.Now()))
	_, err = pay(1)
	requireReason(t, reasonv1.Reason_REASON_CREDITS_FROZEN, err)
	computed := b.credits(t, month)
	for range 2 {
		require.NoError(t, app.Credits{Deps: b.deps}.Freeze(t.Context()))
	}
	b.tenant(t, func(ctx context.Context, tx pg.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE revenue SET amount_minor = 1")
		return err
	})
	frozen := b.credits(t, month)
	require.Equal(t, v1.CreditStage_CREDIT_STAGE_FROZEN, frozen.GetStage())
	require.EqualValues(t, 1250, frozen.GetCredits()[0].GetAmountMinor())
	require.Equal(t, computed.GetCredits()[0].String(), frozen.GetCredits()[0].String())
	require.Equal(t, 1, b.count(t, "SELECT count(*) FROM frozen_credit"))
}
