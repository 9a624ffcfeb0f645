package pages

import (
	"fmt"
	"net/url"
	"strings"

	"google.golang.org/protobuf/types/known/timestamppb"

	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
)

// staffSheet is one collaborator: their tag, their clients, and how they were
// tagged before (R73, R75, R79, R80).
type staffSheet struct {
	staffRow
	Kinds   []choice
	Clients []clientRow
	Tags    []tagRow
	Manages bool
}

type clientRow struct{ Name, Assignment, Dossier, Consent, State, StateText string }

type tagRow struct{ Name, Since, Until string }

func collaboratorPage(c *call) error { return c.showCollaborator(nil) }

// showCollaborator shows the sheet, with what was typed when the form comes
// back.
func (c *call) showCollaborator(typed *form) error {
	found, err := c.findCollaborator(c.r.PathValue("id"))
	if err != nil {
		return err
	}
	data := staffSheet{staffRow: c.staffRow(found), Kinds: c.tagKinds(), Manages: c.administers()}
	if data.Clients, err = c.clientsOf(found); err != nil {
		return err
	}
	if data.Tags, err = c.tagsOf(found); err != nil {
		return err
	}
	shown := c.tagForm(found)
	if typed != nil {
		shown = *typed
	}
	return c.show(page{name: "collaborator", titleText: data.Name, crumbs: partnerCrumbs("menu.collaborators"), form: shown, data: data})
}

// tagKinds are the choices of the form: none first.
func (c *call) tagKinds() []choice {
	var out []choice
	for _, kind := range []partnersupportv1.TagKind{
		partnersupportv1.TagKind_TAG_KIND_UNSPECIFIED, partnersupportv1.TagKind_TAG_KIND_EMPLOYEE,
		partnersupportv1.TagKind_TAG_KIND_FREELANCER,
	} {
		out = append(out, choice{Value: kind.String(), Label: c.text("tag." + kind.String())})
	}
	return out
}

// tagForm is the form as the tag is stored.
func (c *call) tagForm(one *partnersupportv1.Collaborator) form {
	values := url.Values{"kind": {one.GetTag().GetKind().String()}}
	if at := one.GetTag().GetUntilTime(); at != nil {
		values.Set("until_time", at.AsTime().In(c.zone).Format(dateForm))
	}
	return form{values: values}
}

// clientsOf lists the clients whom the person looks after now.
func (c *call) clientsOf(one *partnersupportv1.Collaborator) ([]clientRow, error) {
	answer, err := c.Clients.Assignments.ListAssignments(c.ctx(), &partnersupportv1.ListAssignmentsRequest{
		PartnerId: c.org(), CollaboratorId: one.GetId(), PageSize: 200,
	})
	if err != nil {
		return nil, fmt.Errorf("listing the assignments: %w", err)
	}
	var out []clientRow
	for _, a := range answer.GetAssignments() {
		if a.GetState() == partnersupportv1.AssignmentState_ASSIGNMENT_STATE_ENDED {
			continue
		}
		row := c.assignmentRow(a)
		out = append(out, clientRow{
			Name: a.GetClientName(), Assignment: a.GetId(), Dossier: a.GetDossierId(), Consent: a.GetConsentId(), State: row.State, StateText: row.StateText,
		})
	}
	return out, nil
}

func (c *call) tagsOf(one *partnersupportv1.Collaborator) ([]tagRow, error) {
	answer, err := c.Clients.Collaborators.ListCollaboratorTags(c.ctx(), &partnersupportv1.ListCollaboratorTagsRequest{
		PartnerId: c.org(), CollaboratorId: one.GetId(),
	})
	if err != nil {
		return nil, fmt.Errorf("listing the tags: %w", err)
	}
	var out []tagRow
	for _, tag := range answer.GetTags() {
		row := tagRow{Name: c.text("tag." + tag.GetKind().String()), Since: c.dateTime(tag.GetSinceTime().AsTime())}
		if at := tag.GetUntilTime(); at != nil {
			row.Until = c.dateTime(at.AsTime())
		}
		out = append(out, row)
	}
	return out, nil
}

// saveTag tags the person from now on, or takes the tag off (R73).
func saveTag(c *call) error {
	f := c.typed()
	requestID, err := c.requestID("collaborator-tag")
	if err == nil {
		err = c.once(func() error { return c.tagNow(f, requestID) })
	}
	if err == nil {
		c.say(notice{Text: c.text("tag.saved")})
		return c.redirect("/partner/collaborators/" + c.r.PathValue("id"))
	}
	if f, err = c.refused(f, err); err != nil {
		return err
	}
	return c.showCollaborator(&f)
}

func (c *call) tagNow(f form, requestID string) error {
	in := &partnersupportv1.TagCollaboratorRequest{
		PartnerId: c.org(), CollaboratorId: c.r.PathValue("id"), RequestId: requestID,
		Kind: partnersupportv1.TagKind(partnersupportv1.TagKind_value[f.Value("kind")]),
	}
	if at, ok := c.dayEnd(strings.TrimSpace(f.Value("until_time"))); ok && in.GetKind() != partnersupportv1.TagKind_TAG_KIND_UNSPECIFIED {
		in.UntilTime = timestamppb.New(at)
	}
	if _, err := c.Clients.Collaborators.TagCollaborator(c.ctx(), in); err != nil {
		return fmt.Errorf("tagging the collaborator: %w", err)
	}
	return nil
}
