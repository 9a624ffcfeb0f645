package pages

import (
	"fmt"
	"time"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
)

// inviting are the pages around invitations that an administrator and a guest
// need besides the link's own.
func (s *site) inviting(on func(string, handler)) {
	on("GET /guide/invitation", guidePage)
	on("GET /i/{token}/decline", declinePage)
	on("POST /i/{token}/decline", decline)
	on("POST /organizations/invitations", signed(acceptEvery))
	on("POST /organizations/invitations/{id}/decline", signed(declinePending))
	on("GET /members/diagnose", inside(diagnosePage))
	on("POST /members/diagnose", inside(diagnose))
	on("GET /members/import", inside(importPage))
	on("POST /members/import", inside(importGuests))
}

// guidePage is "Que doit faire un utilisateur que j'invite" (R69), for anybody.
func guidePage(c *call) error {
	return c.show(page{name: "guide", title: "guide.title", bare: true})
}

// diagnosed is why a guest cannot get in (R60 to R68).
type diagnosed struct {
	Email, Sentence, NextStep, Context, Meant string
	Facts                                     []knownFact
	// SignIn is an address to pass on that names nobody (R63).
	SignIn, Guide string
}

// knownFact is one fact with its moment, if there is one.
type knownFact struct{ At, Text string }

func diagnosePage(c *call) error { return c.showDiagnosis(form{}, nil) }

func (c *call) showDiagnosis(f form, answer *membershipv1.DiagnoseInvitationResponse) error {
	data := diagnosed{SignIn: c.PublicURL + "/sign-in", Guide: c.PublicURL + "/guide/invitation"}
	if answer != nil {
		data.Email, data.Sentence, data.NextStep = f.Value("email"), answer.GetSentence(), answer.GetNextStep()
		data.Context, data.Meant = answer.GetContext(), answer.GetMeantEmail()
		for _, fact := range answer.GetFacts() {
			data.Facts = append(data.Facts, knownFact{At: c.momentOf(moment(fact.GetTime())), Text: fact.GetText()})
		}
	}
	return c.show(page{name: "diagnose", title: "diagnose.title", crumbs: []string{"menu.settings", "menu.members"}, form: f, data: data})
}

func (c *call) momentOf(at *time.Time) string {
	if at == nil {
		return ""
	}
	return c.dateTime(*at)
}

// diagnose answers on the page itself: nothing happens, and an address belongs
// into no URL.
func diagnose(c *call) error {
	f := c.typed()
	if f.need(c, "email"); len(f.Problems) > 0 {
		return c.showDiagnosis(f, nil)
	}
	_, err := c.requestID("diagnose")
	var answer *membershipv1.DiagnoseInvitationResponse
	if err == nil {
		answer, err = c.Clients.Invitations.DiagnoseInvitation(c.ctx(), &membershipv1.DiagnoseInvitationRequest{
			OrganizationId: c.org(), Email: f.Value("email"),
		})
	}
	if err != nil {
		if f, err = c.refused(f, err); err != nil {
			return fmt.Errorf("diagnosing: %w", err)
		}
		return c.showDiagnosis(f, nil)
	}
	return c.showDiagnosis(f, answer)
}
