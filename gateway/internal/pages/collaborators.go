package pages

import (
	"fmt"
	"strings"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
)

// maxScan bounds how many pages of 200 are read of the staff that can be
// assigned.
const maxScan = 10

// staff is the page "Collaborateurs" (R11).
type staff struct {
	Rows []staffRow
	Next string
	// Kinds are the tags to filter by, Kind the one chosen.
	Kinds  []choice
	Kind   string
	Search string
	// Manages says that the reader may add, tag and remove.
	Manages bool
}

type staffRow struct {
	ID, Name, Email, Role, State, StateText, Tag string
	Gone, Suspended                              bool
}

func collaboratorsPage(c *call) error {
	query := c.r.URL.Query()
	kind := query.Get("tag")
	answer, err := c.Clients.Collaborators.ListCollaborators(c.ctx(), &partnersupportv1.ListCollaboratorsRequest{
		PartnerId: c.org(), PageToken: query.Get("page"), Tag: partnersupportv1.TagKind(partnersupportv1.TagKind_value[kind]),
		Untagged: kind == partnersupportv1.TagKind_TAG_KIND_UNSPECIFIED.String(), Search: strings.TrimSpace(query.Get("q")),
	})
	if err != nil {
		return fmt.Errorf("listing the collaborators: %w", err)
	}
	data := staff{Next: nextPage(query, answer.GetNextPageToken()), Kinds: c.tagKinds(), Kind: kind, Search: query.Get("q"), Manages: c.administers()}
	for _, one := range answer.GetCollaborators() {
		data.Rows = append(data.Rows, c.staffRow(one))
	}
	return c.show(page{name: "collaborators", title: "menu.collaborators", crumbs: partnerCrumbs(), data: data})
}

func partnerCrumbs(more ...string) []string {
	return append([]string{"menu.partner", "menu.mine"}, more...)
}

func (c *call) staffRow(one *partnersupportv1.Collaborator) staffRow {
	state := strings.TrimPrefix(one.GetState().String(), "COLLABORATOR_STATE_")
	if one.GetSuspendTime() != nil {
		state = "SUSPENDED"
	}
	return staffRow{
		ID: one.GetId(), Name: fullName(one.GetGivenName(), one.GetFamilyName()), Email: one.GetEmail(),
		Role: c.text("partner_role." + one.GetPartnerRole().String()), State: state, StateText: c.text("collaborator." + state),
		Tag:  c.text("tag." + one.GetTag().GetKind().String()),
		Gone: one.GetState() == partnersupportv1.CollaboratorState_COLLABORATOR_STATE_LEFT, Suspended: state == "SUSPENDED",
	}
}

func newCollaboratorPage(c *call) error { return c.showNewCollaborator(form{}) }

func (c *call) showNewCollaborator(f form) error {
	return c.show(page{
		name: "collaborator_new", title: "collaborator.add", crumbs: partnerCrumbs("menu.collaborators"), form: f,
		data: []string{
			membershipv1.PartnerRole_PARTNER_ROLE_TECHNICAL_SUPPORT.String(),
			membershipv1.PartnerRole_PARTNER_ROLE_ACCOUNTANT.String(),
		},
	})
}

// addCollaborator invites a person as staff; the mail goes by itself (R13).
func addCollaborator(c *call) error {
	f := c.typed()
	f.need(c, "given_name", "family_name", "email", "partner_role")
	if len(f.Problems) > 0 {
		return c.showNewCollaborator(f)
	}
	requestID, err := c.requestID("collaborator")
	if err == nil {
		err = c.once(func() error { return c.add(f, requestID) })
	}
	if err != nil {
		if f, err = c.refused(f, err); err != nil {
			return err
		}
		return c.showNewCollaborator(f)
	}
	c.say(notice{Text: c.text("collaborator.added",
		"name", fullName(f.Value("given_name"), f.Value("family_name")), "email", strings.TrimSpace(f.Value("email")))})
	return c.redirect("/partner/collaborators")
}

func (c *call) add(f form, requestID string) error {
	_, err := c.Clients.Collaborators.AddCollaborator(c.ctx(), &partnersupportv1.AddCollaboratorRequest{
		PartnerId: c.org(), Email: strings.TrimSpace(f.Value("email")),
		GivenName: strings.TrimSpace(f.Value("given_name")), FamilyName: strings.TrimSpace(f.Value("family_name")),
		PartnerRole: membershipv1.PartnerRole(membershipv1.PartnerRole_value[f.Value("partner_role")]), RequestId: requestID,
	})
	if err != nil {
		return fmt.Errorf("adding the collaborator: %w", err)
	}
	return nil
}

// departure is somebody who is to be removed, and who could take over.
type departure struct {
	staffRow
	Staff []staffRow
}

func removePage(c *call) error { return c.showRemove(form{}) }

func (c *call) showRemove(f form) error {
	found, err := c.findCollaborator(c.r.PathValue("id"))
	if err != nil {
		return err
	}
	data := departure{staffRow: c.staffRow(found)}
	if data.Staff, err = c.successors(found.GetId()); err != nil {
		return err
	}
	return c.show(page{
		name: "collaborator_remove", title: "collaborator.remove", crumbs: partnerCrumbs("menu.collaborators"), form: f, data: data,
	})
}

func (c *call) findCollaborator(id string) (*partnersupportv1.Collaborator, error) {
	answer, err := c.Clients.Collaborators.GetCollaborator(c.ctx(), &partnersupportv1.GetCollaboratorRequest{
		PartnerId: c.org(), CollaboratorId: id,
	})
	if err != nil {
		return nil, fmt.Errorf("reading the collaborator: %w", err)
	}
	return answer.GetCollaborator(), nil
}

// remove ends everything that the person holds through the partner, once
// REMOVE is typed, and shows what ended (R34, R81, R82).
func remove(c *call) error {
	f := c.typed()
	requestID, err := c.requestID("remove")
	if err == nil {
		err = c.once(func() error { return c.removeNow(f, requestID) })
	}
	if err == nil {
		return c.redirect("/partner/collaborators")
	}
	if f, err = c.refused(f, err); err != nil {
		return err
	}
	return c.showRemove(f)
}

func (c *call) removeNow(f form, requestID string) error {
	done, err := c.Clients.Collaborators.RemoveCollaborator(c.ctx(), &partnersupportv1.RemoveCollaboratorRequest{
		PartnerId: c.org(), CollaboratorId: c.r.PathValue("id"), RequestId: requestID,
		Confirm: f.Value("confirm"), SuccessorId: f.Value("successor_id"),
	})
	if err != nil {
		return fmt.Errorf("removing the collaborator: %w", err)
	}
	said := c.receipt(done.GetReceipt())
	if n := int(done.GetHandOvers()); n > 0 {
		said = append(said, c.count("handover.done", n))
	}
	c.say(notice{Text: c.text("collaborator.removed"), Items: said})
	return nil
}

// receipt words what a revocation ended.
func (c *call) receipt(in *partnersupportv1.RevocationReceipt) []string {
	out := []string{
		c.count("receipt.assignments", int(in.GetAssignments())),
		c.count("receipt.requests", int(in.GetRequests())),
		c.count("receipt.grants", int(in.GetGrants())),
		c.count("receipt.visits", int(in.GetSupportSessions())),
		c.count("receipt.browsers", int(in.GetBrowserSessions())),
	}
	if at := in.GetCompleteTime(); at != nil {
		out = append(out, c.text("receipt.complete", "at", c.dateTime(at.AsTime())))
	}
	return out
}
