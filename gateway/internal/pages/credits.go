package pages

import (
	"fmt"
	"strings"

	"github.com/aval-access/aval/gateway/internal/creditcsv"
	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
)

// creditList is the page "Crédit": what counts for each client in a month, and
// what stands in the way (R74, R84).
type creditList struct {
	Rows                       []creditRow
	Month, Stage, Freeze, Next string
}

type creditRow struct {
	Client, Work, Amount string
	Credited             bool
	Obstacles            []string
}

func creditsPage(c *call) error {
	query := c.r.URL.Query()
	answer, err := c.Clients.Credits.ListManagedCredits(c.ctx(), &partnersupportv1.ListManagedCreditsRequest{
		PartnerId: c.org(), Month: strings.TrimSpace(query.Get("month")), PageToken: query.Get("page"),
	})
	if err != nil {
		return fmt.Errorf("listing the credits: %w", err)
	}
	data := creditList{
		Month: answer.GetMonth(), Next: nextPage(query, answer.GetNextPageToken()), Freeze: c.date(answer.GetFreezeTime().AsTime()),
		Stage: c.text("credit." + strings.TrimPrefix(answer.GetStage().String(), "CREDIT_STAGE_")),
	}
	for _, one := range answer.GetCredits() {
		data.Rows = append(data.Rows, c.creditRow(one))
	}
	return c.show(page{name: "credits", title: "menu.credits", crumbs: partnerCrumbs(), data: data})
}

func (c *call) creditRow(one *partnersupportv1.ManagedCredit) creditRow {
	row := creditRow{
		Client: one.GetClientName(), Credited: one.GetCredited(),
		Work: c.count("credit.visits", int(one.GetVisits())) + ", " + c.count("credit.people", int(one.GetCollaborators())),
	}
	if one.GetCurrency() != "" {
		row.Amount = fmt.Sprintf("%d.%02d %s", one.GetAmountMinor()/100, one.GetAmountMinor()%100, one.GetCurrency())
	}
	for _, o := range one.GetObstacles() {
		row.Obstacles = append(row.Obstacles, c.text("credit."+strings.TrimPrefix(o.String(), "CREDIT_OBSTACLE_")))
	}
	return row
}

// creditsFile is the same month as CSV, all pages of it.
func creditsFile(c *call) error {
	request := &partnersupportv1.ListManagedCreditsRequest{PartnerId: c.org(), Month: c.r.URL.Query().Get("month"), PageSize: 200}
	return creditcsv.Write(c.w, func(pageToken string) (*partnersupportv1.ListManagedCreditsResponse, error) {
		request.PageToken = pageToken
		return c.Clients.Credits.ListManagedCredits(c.ctx(), request)
	})
}
