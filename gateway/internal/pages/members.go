package pages

import (
	"fmt"
	"strconv"
	"strings"

	"google.golang.org/protobuf/types/known/timestamppb"

	authzv1 "github.com/aval-access/aval/proto/gen/aval/authz/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

// people of an organisation, and who was invited (R51 to R53).
type roster struct {
	Members     []memberRow
	Invitations []invitationRow
	// MayInvite says that the reader sees and sends invitations.
	MayInvite bool
	Next      string
}

type memberRow struct {
	ID, GivenName, FamilyName, Email, Standing string
	// Until is the date of its end, or ""; Suspended that nothing is allowed.
	Until     string
	Suspended bool
	Rights    []string
}

func membersPage(c *call) error { return c.showMembers(form{}) }

func (c *call) showMembers(f form) error {
	labels, err := c.featureLabels()
	if err != nil {
		return err
	}
	answer, err := c.Clients.Members.ListMembers(c.ctx(), &membershipv1.ListMembersRequest{
		OrganizationId: c.org(), PageToken: c.r.URL.Query().Get("page"),
	})
	if err != nil {
		return fmt.Errorf("listing the members: %w", err)
	}
	data := roster{Next: nextPage(c.r.URL.Query(), answer.GetNextPageToken())}
	for _, one := range answer.GetMembers() {
		row := memberRow{
			ID: one.GetId(), GivenName: one.GetGivenName(), FamilyName: one.GetFamilyName(), Email: one.GetEmail(),
			Suspended: one.GetState() == membershipv1.MemberState_MEMBER_STATE_SUSPENDED,
			Standing:  c.standing(one.GetRole(), one.GetPartnerRole()), Rights: c.levels(one.GetRights(), labels),
		}
		if one.GetEndTime() != nil {
			row.Until = c.date(one.GetEndTime().AsTime())
		}
		if one.GetRole() != membershipv1.Role_ROLE_MEMBER {
			row.Rights = []string{c.text("members.rights.all")}
		}
		data.Members = append(data.Members, row)
	}
	if data.Invitations, data.MayInvite, err = c.pendingInvitations(); err != nil {
		return err
	}
	return c.show(page{name: "members", title: "menu.members", crumbs: []string{"menu.settings"}, form: f, data: data})
}

// levels writes rights with the levels' own names (R116 to R119).
func (c *call) levels(in []*membershipv1.FeatureRight, labels map[string]string) []string {
	var out []string
	for _, right := range in {
		label := labels[right.GetFeature()]
		if label == "" {
			label = right.GetFeature()
		}
		out = append(out, c.text("right.line", "feature", label, "level", c.text("level."+right.GetLevel().String())))
	}
	return out
}

// newMember is the form "Ajouter un membre".
type newMember struct {
	Roles    []string
	Days     []string
	Features []featureRow
	Levels   []string
}

type featureRow struct {
	Path, Label, Picked string
	Child               bool
}

func newMemberPage(c *call) error { return c.showNewMember(form{}) }

func (c *call) showNewMember(f form) error {
	all, err := c.features()
	if err != nil {
		return err
	}
	data := newMember{
		Roles: []string{membershipv1.Role_ROLE_MEMBER.String(), membershipv1.Role_ROLE_ADMIN.String()},
		Days:  []string{"7", "1", "3", "14", "30"},
		Levels: []string{
			authzv1.Level_LEVEL_NONE.String(), authzv1.Level_LEVEL_GUEST.String(),
			authzv1.Level_LEVEL_EDITOR.String(), authzv1.Level_LEVEL_APPROVER.String(),
		},
	}
	for _, one := range all {
		if one.GetSystem() {
			continue
		}
		data.Features = append(data.Features, featureRow{
			Path: one.GetPath(), Label: c.label(one), Child: strings.Contains(one.GetPath(), "/"),
			Picked: f.Value("right." + one.GetPath()),
		})
	}
	return c.show(page{
		name: "member_new", title: "member.add", crumbs: []string{"menu.settings", "menu.members"}, form: f, data: data,
	})
}

// addMember invites. What looks odd about the address is shown first (R102,
// R103); whoever has looked sends the form again.
func addMember(c *call) error {
	f := c.typed()
	f.need(c, "given_name", "family_name", "email")
	if _, ok := c.dayEnd(f.Value("until")); f.Value("until") != "" && !ok {
		f.add("until", fault.RuleText("csv.date", c.lang))
	}
	if len(f.Problems) > 0 {
		return c.showNewMember(f)
	}
	requestID, err := c.requestID("member")
	var made *membershipv1.Invitation
	if err == nil && f.Value("confirm_warnings") == "" {
		if made, err = c.invite(f, "", true); err == nil && len(made.GetWarnings()) > 0 {
			return c.showWarned(f, made.GetWarnings())
		}
	}
	if err == nil {
		err = c.once(func() (err error) { made, err = c.invite(f, requestID, false); return err })
	}
	if err != nil {
		if f, err = c.refused(f, err); err != nil {
			return err
		}
		return c.showNewMember(f)
	}
	c.say(notice{Text: c.text("member.invited", "email", made.GetEmail(), "at", c.dateTime(made.GetExpireTime().AsTime()))})
	return c.redirect("/members")
}

func (c *call) showWarned(f form, warnings []*membershipv1.InvitationWarning) error {
	for _, one := range warnings {
		f.add("email", one.GetMessage())
	}
	f.add("confirm_warnings", c.text("member.warned"))
	return c.showNewMember(f)
}

func (c *call) invite(f form, requestID string, only bool) (*membershipv1.Invitation, error) {
	in := &membershipv1.CreateInvitationRequest{
		OrganizationId: c.org(), Email: strings.TrimSpace(f.Value("email")), RequestId: requestID, ValidateOnly: only,
		GivenName: strings.TrimSpace(f.Value("given_name")), FamilyName: strings.TrimSpace(f.Value("family_name")),
		Role: membershipv1.Role(membershipv1.Role_value[f.Value("role")]), ValidDays: daysOf(f.Value("valid_days")),
	}
	if end, ok := c.dayEnd(f.Value("until")); ok {
		in.MemberValidUntil = timestamppb.New(end)
	}
	if in.GetRole() != membershipv1.Role_ROLE_ADMIN {
		all, err := c.features()
		if err != nil {
			return nil, err
		}
		in.Rights = pickedRights(all, f)
	}
	answer, err := c.Clients.Invitations.CreateInvitation(c.ctx(), in)
	if err != nil {
		return nil, fmt.Errorf("inviting: %w", err)
	}
	return answer.GetInvitation(), nil
}

// daysOf reads one of the terms offered; 0, the default, for anything else.
func daysOf(picked string) int32 {
	days, err := strconv.ParseInt(picked, 10, 32)
	if err != nil {
		return 0
	}
	return int32(days)
}

// pickedRights are the levels chosen, and the right to allow assistance, which
// includes seeing it.
func pickedRights(all []*membershipv1.Feature, f form) []*membershipv1.FeatureRight {
	var out []*membershipv1.FeatureRight
	for _, one := range all {
		level := authzv1.Level(authzv1.Level_value[f.Value("right."+one.GetPath())])
		if one.GetSystem() || level == authzv1.Level_LEVEL_UNSPECIFIED {
			continue
		}
		out = append(out, &membershipv1.FeatureRight{Feature: one.GetPath(), Level: level})
	}
	if f.Value("approver") != "" {
		out = append(out,
			&membershipv1.FeatureRight{Feature: "aval/assistance", Level: authzv1.Level_LEVEL_GUEST},
			&membershipv1.FeatureRight{Feature: "aval/consent.approve", Level: authzv1.Level_LEVEL_APPROVER})
	}
	return out
}

// cancelInvitation takes an invitation back (R54).
func cancelInvitation(c *call) error {
	requestID, err := c.requestID("invitation-row")
	if err == nil {
		_, err = c.Clients.Invitations.CancelInvitation(c.ctx(), &membershipv1.CancelInvitationRequest{
			OrganizationId: c.org(), InvitationId: c.r.PathValue("id"), RequestId: requestID,
		})
	}
	return c.afterInvitation("member.cancelled", err)
}

// renewInvitation sends a new mail with a new term (R55).
func renewInvitation(c *call) error {
	requestID, err := c.requestID("invitation-row")
	if err == nil {
		_, err = c.Clients.Invitations.RenewInvitation(c.ctx(), &membershipv1.RenewInvitationRequest{
			OrganizationId: c.org(), InvitationId: c.r.PathValue("id"), RequestId: requestID,
		})
	}
	return c.afterInvitation("member.renewed", err)
}

func (c *call) afterInvitation(done string, err error) error {
	if err != nil {
		f, err := c.refused(c.typed(), err)
		if err != nil {
			return err
		}
		return c.showMembers(f)
	}
	c.say(notice{Text: c.text(done)})
	return c.redirect("/members")
}
