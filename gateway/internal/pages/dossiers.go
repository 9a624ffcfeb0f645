package pages

import (
	"fmt"
	"slices"
	"strings"
	"time"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

// shelf is the page "Dossiers" (R20). Administrators assign; collaborators see
// theirs and enter.
type shelf struct {
	Rows []dossierRow
	Next string
	// Assigns says that the reader chooses who helps whom; Enters that they go
	// in themselves.
	Assigns, Enters bool
	Search          string
	// Filters are how things may stand, each with its number; administrators'.
	Filters []choice
}

type dossierRow struct {
	ID, Name, Number string
	// Asked: the client has not answered the partner's wish to be linked.
	Active, Asked, Ticked bool
	Assignments           []assignmentRow
}

type assignmentRow struct {
	ID, Name, State, StateText string
	End                        *time.Time
	// Mail is when the client is mailed, where that waits for other requests.
	Mail *time.Time
}

func dossiersPage(c *call) error { return c.showDossiers(form{values: c.r.URL.Query()}) }

func (c *call) showDossiers(f form) error {
	query := c.r.URL.Query()
	answer, err := c.Clients.Dossiers.ListDossiers(c.ctx(), &partnersupportv1.ListDossiersRequest{
		PartnerId: c.org(), Search: strings.TrimSpace(query.Get("q")), PageToken: query.Get("page"),
		Filter: partnersupportv1.DossierFilter(partnersupportv1.DossierFilter_value[query.Get("filter")]),
	})
	if err != nil {
		return fmt.Errorf("listing the dossiers: %w", err)
	}
	data := shelf{
		Next: nextPage(query, answer.GetNextPageToken()), Search: query.Get("q"), Assigns: c.administers(),
		Enters: c.current.GetPartnerRole() != membershipv1.PartnerRole_PARTNER_ROLE_UNSPECIFIED,
	}
	for _, one := range answer.GetDossiers() {
		row := c.dossierRow(one)
		row.Ticked = f.Picked("dossier", one.GetId())
		data.Rows = append(data.Rows, row)
	}
	if data.Assigns {
		if data.Filters, err = c.dossierFilters(query.Get("filter")); err != nil {
			return err
		}
	}
	if data.Enters {
		if err := c.allowProducts(); err != nil {
			return err
		}
	}
	return c.show(page{name: "dossiers", title: "menu.dossiers", crumbs: partnerCrumbs(), form: f, data: data})
}

// dossierFilters are the ways to look through the dossiers, each with the number
// that it finds.
func (c *call) dossierFilters(picked string) ([]choice, error) {
	n, err := c.Clients.Dossiers.CountDossiers(c.ctx(), &partnersupportv1.CountDossiersRequest{PartnerId: c.org()})
	if err != nil {
		return nil, fmt.Errorf("counting the dossiers: %w", err)
	}
	var out []choice
	for i, found := range []int32{
		n.GetTotal(), n.GetUnassigned(), n.GetPending(), n.GetActive(), n.GetNeverUsed(), n.GetExpiring(), n.GetLost(),
	} {
		value := partnersupportv1.DossierFilter(i).String()
		out = append(out, choice{
			Value: value, Picked: value == picked,
			Label: fmt.Sprintf("%s (%d)", c.text("dossiers.filter."+strings.TrimPrefix(value, "DOSSIER_FILTER_")), found),
		})
	}
	return out, nil
}

func (c *call) dossierRow(one *partnersupportv1.Dossier) dossierRow {
	row := dossierRow{
		ID: one.GetId(), Name: one.GetClientName(), Number: one.GetClientRegistrationNumber(),
		Active: one.GetState() == partnersupportv1.DossierState_DOSSIER_STATE_ACTIVE,
		Asked:  one.GetState() == partnersupportv1.DossierState_DOSSIER_STATE_PENDING,
	}
	for _, a := range one.GetAssignments() {
		row.Assignments = append(row.Assignments, c.assignmentRow(a))
	}
	return row
}

func (c *call) assignmentRow(a *partnersupportv1.Assignment) assignmentRow {
	state := strings.TrimPrefix(a.GetState().String(), "ASSIGNMENT_STATE_")
	said := state
	if a.GetUnreachableTime() != nil {
		said = "UNREACHABLE"
	}
	row := assignmentRow{
		ID: a.GetId(), Name: a.GetCollaboratorName(), State: state, StateText: c.text("assignment." + said),
		End: moment(a.GetExpireTime()),
	}
	if mail := moment(a.GetRequestMailTime()); mail != nil && mail.After(c.Clock.Now()) && state == "PENDING_CONSENT" {
		row.Mail = mail
	}
	return row
}

// dossiersAtOnce is how many are read by id in one call.
const dossiersAtOnce = 200

// findDossiers reads some by id, keyed by id; what is not the partner's, or not
// the person's, is left out.
func (c *call) findDossiers(ids []string) (map[string]*partnersupportv1.Dossier, error) {
	out := map[string]*partnersupportv1.Dossier{}
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	for some := range slices.Chunk(ids, dossiersAtOnce) {
		answer, err := c.Clients.Dossiers.ListDossiers(c.ctx(), &partnersupportv1.ListDossiersRequest{
			PartnerId: c.org(), DossierIds: some, PageSize: dossiersAtOnce,
		})
		if err != nil {
			return nil, fmt.Errorf("reading the dossiers: %w", err)
		}
		for _, one := range answer.GetDossiers() {
			out[one.GetId()] = one
		}
	}
	return out, nil
}

// dossier is the one that the address names.
func (c *call) dossier() (*partnersupportv1.Dossier, error) {
	answer, err := c.Clients.Dossiers.GetDossier(c.ctx(), &partnersupportv1.GetDossierRequest{
		PartnerId: c.org(), DossierId: c.r.PathValue("dossier"),
	})
	if err != nil {
		return nil, fmt.Errorf("reading the dossier: %w", err)
	}
	return answer.GetDossier(), nil
}

// leaving is the page that takes a collaborator off one dossier.
type leaving struct {
	Client     string
	Assignment assignmentRow
}

func detachPage(c *call) error { return c.showDetach(form{}) }

func (c *call) showDetach(f form) error {
	found, err := c.dossier()
	if err != nil {
		return err
	}
	for _, a := range found.GetAssignments() {
		if a.GetId() == c.r.PathValue("id") {
			return c.show(page{
				name: "detach", title: "detach.title", crumbs: partnerCrumbs("menu.dossiers"), form: f,
				data: leaving{Client: found.GetClientName(), Assignment: c.assignmentRow(a)},
			})
		}
	}
	return fault.NotFound()
}

// detach ends one assignment once REMOVE is typed (R35, R81).
func detach(c *call) error {
	f := c.typed()
	requestID, err := c.requestID("detach")
	if err == nil {
		err = c.once(func() error { return c.detachNow(f.Value("confirm"), requestID) })
	}
	if err == nil {
		return c.redirect("/partner/dossiers")
	}
	if f, err = c.refused(f, err); err != nil {
		return err
	}
	return c.showDetach(f)
}

func (c *call) detachNow(confirm, requestID string) error {
	done, err := c.Clients.Assignments.DetachAssignment(c.ctx(), &partnersupportv1.DetachAssignmentRequest{
		PartnerId: c.org(), AssignmentId: c.r.PathValue("id"), Confirm: confirm, RequestId: requestID,
	})
	if err != nil {
		return fmt.Errorf("detaching: %w", err)
	}
	c.say(notice{Text: c.text("detach.done"), Items: c.receipt(done.GetReceipt())})
	return nil
}
