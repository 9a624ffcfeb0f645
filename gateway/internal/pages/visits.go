package pages

import (
	"fmt"
	"time"

	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
)

// visits is the page of what runs now.
type visits struct {
	Rows []visitRow
	Next string
}

type visitRow struct {
	ID, Client, Who, Reason string
	Start, End              time.Time
}

func visitsPage(c *call) error { return c.showVisits(form{}) }

func (c *call) showVisits(f form) error {
	answer, err := c.Clients.SupportSessions.ListSupportSessions(c.ctx(), &partnersupportv1.ListSupportSessionsRequest{
		PartnerId: c.org(), Live: true, PageToken: c.r.URL.Query().Get("page"),
	})
	if err != nil {
		return fmt.Errorf("listing the visits: %w", err)
	}
	data := visits{Next: nextPage(c.r.URL.Query(), answer.GetNextPageToken())}
	if data.Rows, err = c.visitRows(answer.GetSupportSessions()); err != nil {
		return err
	}
	return c.show(page{name: "visits", title: "menu.visits", crumbs: partnerCrumbs(), form: f, data: data})
}

// visitRows finds the names that go with the visits.
func (c *call) visitRows(in []*partnersupportv1.SupportSession) ([]visitRow, error) {
	if len(in) == 0 {
		return nil, nil
	}
	var visited []string
	for _, one := range in {
		visited = append(visited, one.GetDossierId())
	}
	dossiers, err := c.findDossiers(visited)
	if err != nil {
		return nil, err
	}
	var out []visitRow
	for _, one := range in {
		row := visitRow{
			ID: one.GetId(), Reason: one.GetReason(), Client: dossiers[one.GetDossierId()].GetClientName(),
			Start: one.GetStartTime().AsTime(), End: one.GetExpireTime().AsTime(),
		}
		for _, a := range dossiers[one.GetDossierId()].GetAssignments() {
			if a.GetCollaboratorId() == one.GetCollaboratorId() {
				row.Who = a.GetCollaboratorName()
			}
		}
		out = append(out, row)
	}
	return out, nil
}

// endVisit ends a visit: "I am done", or an administrator's word.
func endVisit(c *call) error {
	_, err := c.requestID("visit")
	if err == nil {
		_, err = c.Clients.SupportSessions.EndSupportSession(c.ctx(), &partnersupportv1.EndSupportSessionRequest{
			PartnerId: c.org(), SupportSessionId: c.r.PathValue("id"),
		})
	}
	if err != nil {
		f, err := c.refused(c.typed(), err)
		if err != nil {
			return err
		}
		return c.showVisits(f)
	}
	c.say(notice{Text: c.text("visits.ended")})
	return c.redirect("/partner/sessions")
}
