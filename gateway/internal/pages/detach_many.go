package pages

import (
	"fmt"

	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
)

// detaching is the page that takes people off the dossiers ticked.
type detaching struct {
	Dossiers []dossierRow
	// Typed: the form comes back, with what was ticked.
	Typed bool
}

// detachManyPage follows the ticks on the page of dossiers.
func detachManyPage(c *call) error {
	ticked := c.r.URL.Query()["dossier"]
	if len(ticked) == 0 {
		f := form{values: c.r.URL.Query()}
		f.add("dossier", c.text("detach.none_ticked"))
		return c.showDossiers(f)
	}
	return c.showDetachMany(form{}, ticked)
}

func (c *call) showDetachMany(f form, ticked []string) error {
	found, err := c.findDossiers(ticked)
	if err != nil {
		return err
	}
	data := detaching{Typed: f.values != nil}
	for _, id := range ticked {
		if one := found[id]; one != nil && len(one.GetAssignments()) > 0 {
			data.Dossiers = append(data.Dossiers, c.dossierRow(one))
		}
	}
	if len(data.Dossiers) == 0 {
		c.say(notice{Text: c.text("detach.many.nobody")})
		return c.redirect("/partner/dossiers")
	}
	return c.show(page{name: "detach_many", title: "detach.many", crumbs: partnerCrumbs("menu.dossiers"), form: f, data: data})
}

// detachMany ends the ticked assignments once REMOVE is typed, each with its own
// result (R35, R81).
func detachMany(c *call) error {
	f := c.typed()
	if len(f.values["assignment"]) == 0 {
		f.add("assignment", c.text("detach.many.pick"))
		return c.showDetachMany(f, f.values["dossier"])
	}
	requestID, err := c.requestID("detach-many")
	if err == nil {
		err = c.once(func() error { return c.detachManyNow(f, requestID) })
	}
	if err == nil {
		return c.redirect("/partner/dossiers")
	}
	if f, err = c.refused(f, err); err != nil {
		return err
	}
	return c.showDetachMany(f, f.values["dossier"])
}

func (c *call) detachManyNow(f form, requestID string) error {
	done, err := c.Clients.Assignments.BatchDetachAssignments(c.ctx(), &partnersupportv1.BatchDetachAssignmentsRequest{
		PartnerId: c.org(), AssignmentIds: f.values["assignment"], Confirm: f.Value("confirm"), RequestId: requestID,
	})
	if err != nil {
		return fmt.Errorf("detaching several: %w", err)
	}
	total, refused := &partnersupportv1.RevocationReceipt{}, notice{}
	for _, one := range done.GetResults() {
		if one.GetErrorReason() != "" {
			refused.Items = append(refused.Items, one.GetErrorMessage())
			continue
		}
		total.Assignments++
		total.Grants += one.GetGrants()
		total.SupportSessions += one.GetSupportSessions()
	}
	c.say(notice{Text: c.text("detach.done"), Warn: len(refused.Items) > 0, Items: append(c.receipt(total), refused.Items...)})
	return nil
}
