package pages

import (
	"fmt"
	"net/url"
	"strings"

	"google.golang.org/protobuf/types/known/fieldmaskpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	authzv1 "github.com/aval-access/aval/proto/gen/aval/authz/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
)

// sheet is one member: who they are, what they may, and why.
type sheet struct {
	ID, Name, Email, Etag string
	Standing              string
	State                 string
	Roles, Levels         []string
	Role                  string
	Features              []sheetRow
	Presets               []presetChoice
	Effective             []effectiveRow
	// Kept are lines that the form does not offer.
	Kept []sheetRow
	// Changes says that the reader may change the sheet.
	Changes, Suspended, Ended bool
}

// sheetRow is the choice of a level on one feature.
type sheetRow struct {
	Path, Label, Picked string
	Child               bool
}

type presetChoice struct {
	Key, Label string
	Picked     bool
}

type effectiveRow struct{ Label, Level, Why, Reach string }

func sheetPage(c *call) error { return c.showSheet(nil) }

// showSheet shows the member, with what was typed when the form comes back.
func (c *call) showSheet(f *form) error {
	answer, err := c.Clients.Members.GetMember(c.ctx(), &membershipv1.GetMemberRequest{
		OrganizationId: c.org(), MemberId: c.r.PathValue("id"),
	})
	if err != nil {
		return fmt.Errorf("reading the member: %w", err)
	}
	m := answer.GetMember()
	presets, err := c.Clients.Features.ListRolePresets(c.ctx(), &membershipv1.ListRolePresetsRequest{PageSize: 200})
	if err != nil {
		return fmt.Errorf("listing the presets: %w", err)
	}
	shown := c.sheetForm(m, presets.GetPresets())
	if f != nil {
		shown = *f
	}
	data, err := c.sheetOf(m, shown)
	if err != nil {
		return err
	}
	for _, one := range presets.GetPresets() {
		label := one.GetLabelFr()
		if c.lang == "en" {
			label = one.GetLabelEn()
		}
		data.Presets = append(data.Presets, presetChoice{
			Key: one.GetKey(), Label: label, Picked: one.GetKey() == c.r.URL.Query().Get("preset"),
		})
	}
	return c.show(page{
		name: "member", titleText: data.Name, crumbs: []string{"menu.settings", "menu.members"}, form: shown, data: data,
	})
}

// sheetForm is the form as the member is stored, or with the rights of the
// preset that the address names.
func (c *call) sheetForm(m *membershipv1.Member, presets []*membershipv1.RolePreset) form {
	values := url.Values{
		"given_name": {m.GetGivenName()}, "family_name": {m.GetFamilyName()}, "phone": {m.GetPhone()}, "role": {m.GetRole().String()},
	}
	if at := m.GetEndTime(); at != nil {
		values.Set("end_date", at.AsTime().In(c.zone).Format(dateForm))
	}
	rights := m.GetRights()
	for _, one := range presets {
		if one.GetKey() == c.r.URL.Query().Get("preset") {
			rights = one.GetRights()
			values.Set("role", membershipv1.Role_ROLE_MEMBER.String())
		}
	}
	for _, right := range rights {
		values.Set("right."+right.GetFeature(), right.GetLevel().String())
	}
	if values.Get("right.aval/consent.approve") == authzv1.Level_LEVEL_APPROVER.String() {
		values.Set("approver", "yes")
	}
	return form{values: values}
}

func (c *call) sheetOf(m *membershipv1.Member, f form) (sheet, error) {
	out := sheet{
		ID: m.GetId(), Name: fullName(m.GetGivenName(), m.GetFamilyName()), Email: m.GetEmail(), Etag: m.GetEtag(),
		Standing: c.standing(m.GetRole(), m.GetPartnerRole()), State: m.GetState().String(),
		Role: f.Value("role"), Changes: c.administers(), Levels: levelNames(),
		Suspended: m.GetState() == membershipv1.MemberState_MEMBER_STATE_SUSPENDED,
		Ended:     m.GetState() == membershipv1.MemberState_MEMBER_STATE_ENDED,
		Roles:     []string{membershipv1.Role_ROLE_MEMBER.String(), membershipv1.Role_ROLE_ADMIN.String()},
	}
	if c.current.GetRole() == membershipv1.Role_ROLE_OWNER || m.GetRole() == membershipv1.Role_ROLE_OWNER {
		out.Roles = append(out.Roles, membershipv1.Role_ROLE_OWNER.String())
	}
	if out.Name == "" {
		out.Name = out.Email
	}
	effective, err := c.Clients.Rights.ListEffectiveRights(c.ctx(), &membershipv1.ListEffectiveRightsRequest{
		OrganizationId: c.org(), MemberId: m.GetId(), PageSize: 200,
	})
	if err != nil {
		return out, fmt.Errorf("listing the effective rights: %w", err)
	}
	labels := map[string]string{}
	for _, one := range effective.GetRights() {
		labels[one.GetFeature().GetPath()] = c.label(one.GetFeature())
	}
	for _, right := range m.GetRights() {
		if strings.HasPrefix(right.GetFeature(), "aval/") && !offered(right.GetFeature()) {
			out.Kept = append(out.Kept, sheetRow{Path: right.GetFeature(), Picked: right.GetLevel().String()})
		}
	}
	for _, one := range effective.GetRights() {
		feature := one.GetFeature()
		if !feature.GetSystem() {
			path := feature.GetPath()
			out.Features = append(out.Features, sheetRow{
				Path: path, Label: labels[path], Child: strings.Contains(path, "/"), Picked: f.Value("right." + path),
			})
		}
		out.Effective = append(out.Effective, effectiveRow{
			Label: labels[feature.GetPath()], Level: c.text("level." + one.GetLevel().String()),
			Why:   c.text("origin."+one.GetOrigin().String(), "feature", labels[one.GetOriginFeature()]),
			Reach: c.text("reach." + one.GetGrantReach().String()),
		})
	}
	return out, nil
}

// offered tells Aval's own rights that the box for approvers stands for.
func offered(path string) bool { return path == "aval/consent.approve" || path == "aval/assistance" }

func levelNames() []string {
	return []string{
		authzv1.Level_LEVEL_NONE.String(), authzv1.Level_LEVEL_GUEST.String(),
		authzv1.Level_LEVEL_EDITOR.String(), authzv1.Level_LEVEL_APPROVER.String(),
	}
}

// saveSheet stores the sheet as it is typed. Of two who edit the same one the
// second is told (ETAG_MISMATCH).
func saveSheet(c *call) error {
	f := c.typed()
	requestID, err := c.requestID("member-sheet")
	if err == nil {
		err = c.once(func() error { return c.storeSheet(f, requestID) })
	}
	return c.afterSheet(f, "sheet.saved", err)
}

func (c *call) storeSheet(f form, requestID string) error {
	all, err := c.features()
	if err != nil {
		return err
	}
	in := &membershipv1.UpdateMemberRequest{
		OrganizationId: c.org(), MemberId: c.r.PathValue("id"), Etag: f.Value("etag"), RequestId: requestID,
		Member: &membershipv1.MemberChanges{
			GivenName: f.Value("given_name"), FamilyName: f.Value("family_name"), Phone: f.Value("phone"),
			Role: membershipv1.Role(membershipv1.Role_value[f.Value("role")]),
		},
		UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"given_name", "family_name", "phone", "role", "end_time"}},
	}
	if at, ok := c.dayEnd(f.Value("end_date")); ok {
		in.Member.EndTime = timestamppb.New(at)
	}
	if in.GetMember().GetRole() == membershipv1.Role_ROLE_MEMBER {
		in.Member.Rights = append(pickedRights(all, f), keptRights(f)...)
		in.UpdateMask.Paths = append(in.UpdateMask.Paths, "rights")
	}
	if _, err := c.Clients.Members.UpdateMember(c.ctx(), in); err != nil {
		return fmt.Errorf("changing the member: %w", err)
	}
	return nil
}

// keptRights are Aval's own that the form does not offer and only carries.
func keptRights(f form) []*membershipv1.FeatureRight {
	var out []*membershipv1.FeatureRight
	for name := range f.values {
		path, ok := strings.CutPrefix(name, "kept.")
		level := authzv1.Level(authzv1.Level_value[f.Value(name)])
		if ok && level != authzv1.Level_LEVEL_UNSPECIFIED {
			out = append(out, &membershipv1.FeatureRight{Feature: path, Level: level})
		}
	}
	return out
}

func suspendMember(c *call) error {
	requestID, err := c.requestID("member-act")
	if err == nil {
		_, err = c.Clients.Members.SuspendMember(c.ctx(), &membershipv1.SuspendMemberRequest{
			OrganizationId: c.org(), MemberId: c.r.PathValue("id"), RequestId: requestID,
		})
	}
	return c.afterSheet(c.typed(), "sheet.suspended", err)
}

func restoreMember(c *call) error {
	requestID, err := c.requestID("member-act")
	if err == nil {
		_, err = c.Clients.Members.RestoreMember(c.ctx(), &membershipv1.RestoreMemberRequest{
			OrganizationId: c.org(), MemberId: c.r.PathValue("id"), RequestId: requestID,
		})
	}
	return c.afterSheet(c.typed(), "sheet.restored", err)
}

// removeMember ends the membership (R113), once the box beside it is ticked.
func removeMember(c *call) error {
	f := c.typed()
	if f.Value("sure") == "" {
		f.add("sure", c.text("sheet.sure.missing"))
		return c.showSheet(&f)
	}
	requestID, err := c.requestID("member-act")
	if err == nil {
		_, err = c.Clients.Members.RemoveMember(c.ctx(), &membershipv1.RemoveMemberRequest{
			OrganizationId: c.org(), MemberId: c.r.PathValue("id"), RequestId: requestID,
		})
	}
	if err == nil {
		c.say(notice{Text: c.text("sheet.removed")})
		return c.redirect("/members")
	}
	return c.afterSheet(f, "", err)
}

// moveMember begins a change of the member's address (R112), which they end by
// the link and their password.
func moveMember(c *call) error {
	f := c.typed()
	_, err := c.requestID("member-act")
	if err == nil {
		_, err = c.Clients.Members.StartMemberEmailChange(c.ctx(), &membershipv1.StartMemberEmailChangeRequest{
			OrganizationId: c.org(), MemberId: c.r.PathValue("id"), NewEmail: f.Value("new_email"),
		})
	}
	return c.afterSheet(f, "sheet.email.sent", err)
}

func (c *call) afterSheet(f form, done string, err error) error {
	if err != nil {
		f, err := c.refused(f, err)
		if err != nil {
			return err
		}
		return c.showSheet(&f)
	}
	c.say(notice{Text: c.text(done)})
	return c.redirect("/members/" + c.r.PathValue("id"))
}
