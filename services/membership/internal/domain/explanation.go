package domain

import "time"

// Step is one rule that a decision looked at.
type Step struct {
	Code   StepCode
	Passed bool
	// Feature and Level are those that the step speaks of, where it speaks of
	// one.
	Feature string
	Level   Level
	Until   time.Time
}

// StepCode names a rule; stable.
type StepCode string

// The rules, in the order in which a decision goes through them.
const (
	StepFeatureUnknown   StepCode = "FEATURE_UNKNOWN"
	StepFeatureRetired   StepCode = "FEATURE_RETIRED"
	StepAccountSuspended StepCode = "ACCOUNT_SUSPENDED"
	StepNothing          StepCode = "NOTHING_TO_DO_WITH_ACCOUNT"
	StepMember           StepCode = "MEMBER"
	StepMemberSuspended  StepCode = "MEMBER_SUSPENDED"
	StepMemberOver       StepCode = "MEMBERSHIP_OVER"
	StepRole             StepCode = "ROLE_HOLDS_ALL"
	StepLine             StepCode = "NEAREST_LINE"
	StepNoLine           StepCode = "NO_LINE"
	StepGrant            StepCode = "GRANT"
	StepGrantOver        StepCode = "GRANT_OVER"
	StepPartnerOut       StepCode = "PARTNER_OR_COLLABORATOR_OUT"
	StepExcluded         StepCode = "EXCLUDED_FROM_GRANTS"
	StepClientLine       StepCode = "CLIENT_GRANTED"
	StepRoleLine         StepCode = "STAFF_ROLE_ALLOWS"
	StepVisit            StepCode = "SUPPORT_SESSION"
)

// Case is all that a decision reads about a subject in an account.
type Case struct {
	Question Question
	Feature  *Feature // nil: the catalogue has none
	// AccountWorks tells that the account is not suspended.
	AccountWorks bool
	Entries      []Entry
	Now          time.Time
}

// Entry is one access entry of the subject, live or past its date.
type Entry struct {
	Source     Source
	Rights     Rights
	ValidFrom  time.Time
	ValidUntil time.Time // zero: no end
	Suspended  bool
	// Preset is what the staff role allows, PartnerWorks that the partner and
	// the subject's membership there work, Visit that the session named is live
	// under it: of a grant alone.
	Preset       Rights
	PartnerWorks bool
	Visit        bool
}

// Explain goes the decision's way again and tells each step. The decision
// itself is the store's; a test keeps the two in agreement.
func (c Case) Explain() []Step {
	if c.Feature == nil {
		return []Step{{Code: StepFeatureUnknown}}
	}
	if c.Feature.Retired() {
		return []Step{{Code: StepFeatureRetired}}
	}
	if len(c.Entries) == 0 {
		return []Step{{Code: StepNothing}}
	}
	best, bestPassed := []Step(nil), -1
	for _, e := range c.Entries {
		steps := c.walk(e)
		if passed := passes(steps); passed > bestPassed {
			best, bestPassed = steps, passed
		}
	}
	if !c.AccountWorks {
		return append([]Step{{Code: StepAccountSuspended}}, best...)
	}
	return best
}

// passes ranks a way by how far it got; one that got through is beyond all.
func passes(steps []Step) int {
	for i, s := range steps {
		if !s.Passed {
			return i
		}
	}
	return len(steps) + 100
}

func (c Case) walk(e Entry) []Step {
	if e.Source == FromMembership {
		return c.walkMembership(e)
	}
	return c.walkGrant(e)
}

func (c Case) walkMembership(e Entry) []Step {
	steps := []Step{{Code: StepMember, Passed: true, Until: e.ValidUntil}}
	switch {
	case e.over(c.Now):
		return append(steps, Step{Code: StepMemberOver, Until: e.ValidUntil})
	case e.Suspended:
		return append(steps, Step{Code: StepMemberSuspended})
	}
	return append(steps, c.line(e.Rights, StepLine))
}

func (c Case) walkGrant(e Entry) []Step {
	steps := []Step{{Code: StepGrant, Passed: true, Until: e.ValidUntil}}
	switch {
	case e.over(c.Now) || e.Suspended || c.Now.Before(e.ValidFrom):
		return append(steps, Step{Code: StepGrantOver, Until: e.ValidUntil})
	case !e.PartnerWorks:
		return append(steps, Step{Code: StepPartnerOut})
	case c.Feature.Excluded:
		return append(steps, Step{Code: StepExcluded, Feature: c.Feature.Path})
	}
	client := *c.Feature
	client.Apart = client.Apart || client.Sensitive
	granted := Case{Question: c.Question, Feature: &client}.line(e.Rights, StepClientLine)
	allowed := c.line(e.Preset, StepRoleLine)
	return append(steps, granted, allowed, Step{Code: StepVisit, Passed: e.Visit})
}

func (e Entry) over(now time.Time) bool { return !e.ValidUntil.IsZero() && !now.Before(e.ValidUntil) }

// line tells what the nearest line says of the feature.
func (c Case) line(r Rights, code StepCode) Step {
	level, from := c.Feature.level(r)
	out := Step{Code: code, Passed: level >= c.Question.Level, Feature: from, Level: level}
	switch {
	case from == nowhere:
		out.Feature = c.Feature.Path
		if code == StepLine {
			out.Code = StepNoLine
		}
	case from == root && code == StepLine:
		out.Code, out.Feature = StepRole, ""
	}
	return out
}
