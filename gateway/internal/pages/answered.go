package pages

import (
	"strings"
	"time"

	authzv1 "github.com/aval-access/aval/proto/gen/aval/authz/v1"
	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
)

// answered is the recorded answer: what was agreed, and how to stop it.
type answered struct {
	ID      string
	State   string
	Text    string
	Given   bool
	Who     string
	Partner string
	Phone   string
	Mail    string
	By      string
	At      *time.Time
	Paused  *time.Time
	Confirm string
	Start   *time.Time
	End     *time.Time
	Over    *time.Time
	Rights  []string
	Stop    string
	Receipt string
	Link    bool
	// Scope is the key of what else there is to know of whom the yes lets in.
	Scope string
	// Change leads to the question, for who may turn the no into a yes.
	Change   string
	Timeline []step
}

// step is one line of a timeline.
type step struct {
	Text, By, Why string
	At            time.Time
}

// showAnswered shows the answer behind a link.
func (c *call) showAnswered(a asked) error {
	labels := map[string]string{}
	for _, line := range a.text.GetRights() {
		labels[line.GetFeature()], _, _ = strings.Cut(line.GetLabel(), " : ")
		labels[line.GetFeature()], _, _ = strings.Cut(labels[line.GetFeature()], ": ")
	}
	data := c.answered(a.consent, labels)
	data.Link = a.link
	if a.mayOverturn {
		data.Change = c.r.URL.Path + "?change=yes"
	}
	return c.show(page{
		look: a.look, name: "answered", title: "answered." + data.State + ".title", bare: a.link, crumbs: crumbsUnless(a.link), data: data,
	})
}

// answered words one consent with the labels of its features.
func (c *call) answered(in *consentv1.Consent, labels map[string]string) answered {
	state := strings.TrimPrefix(in.GetState().String(), "CONSENT_STATE_")
	partner := in.GetPartner()
	out := answered{
		ID: in.GetId(), State: state, Text: c.text("answered." + state + ".text"),
		Given: in.GetState() == consentv1.ConsentState_CONSENT_STATE_GIVEN,
		Who:   in.GetCollaboratorName(), Partner: partner.GetLegalName(),
		Phone: partner.GetContactPhone(), Mail: partner.GetContactEmail(),
		By: in.GetApproverName(), At: moment(in.GetGiveTime()), Paused: moment(in.GetPauseTime()), Confirm: "/assistance/" + in.GetId() + "/confirm",
		Start: moment(in.GetStartTime()), End: moment(in.GetExpireTime()), Over: moment(in.GetRevokeTime()),
		Stop: "/assistance/" + in.GetId() + "/stop", Receipt: "/assistance/" + in.GetId() + "/receipt", Rights: c.rights(in.GetGrantedRights(), labels),
	}
	switch {
	case in.GetTeamConsentId() != "":
		out.Scope = "answered.by_team"
	case in.GetScope() == consentv1.ConsentScope_CONSENT_SCOPE_PARTNER_TEAM:
		out.Scope = "answered.team"
	}
	for _, one := range in.GetTimeline() {
		out.Timeline = append(out.Timeline, c.step(one))
	}
	return out
}

func (c *call) step(in *consentv1.Transition) step {
	out := step{Text: c.text("timeline." + stepWord(in)), At: in.GetTime().AsTime(), By: in.GetActorName()}
	if out.By == "" {
		out.By = c.text("party." + in.GetParty().String())
	}
	if key := "why." + in.GetReason(); in.GetReason() != "" && c.has(key) {
		out.Why = c.text(key)
	}
	return out
}

// stepWord names a step: by the state that it leads to, or, where that stays, by
// what happened to it.
func stepWord(in *consentv1.Transition) string {
	switch {
	case in.GetFrom() != in.GetTo():
		return strings.TrimPrefix(in.GetTo().String(), "CONSENT_STATE_")
	case in.GetTo() == consentv1.ConsentState_CONSENT_STATE_REQUESTED:
		return "POSTPONED"
	case in.GetReason() == "narrow":
		return "narrowed"
	case in.GetParty() == consentv1.Party_PARTY_CLIENT:
		return "confirmed"
	default:
		return "paused"
	}
}

// rights writes what was given, a line each; nothing for what was taken out.
func (c *call) rights(in []*membershipv1.FeatureRight, labels map[string]string) []string {
	var out []string
	for _, right := range in {
		if right.GetLevel() <= authzv1.Level_LEVEL_NONE {
			continue
		}
		label := labels[right.GetFeature()]
		if label == "" {
			label = right.GetFeature()
		}
		out = append(out, c.text("right.line", "feature", label, "level", c.text("reach."+right.GetLevel().String())))
	}
	return out
}
