package domain

import (
	"time"

	"github.com/aval-access/aval/services/kit/id"
)

// TeamStands tells whether a yes to the whole team lets a new person in. It
// outlives the person it was asked for, who may leave or hand over, but not what
// the client took back, nor its own end, nor a pause.
func (r Record) TeamStands(now time.Time) bool {
	if !r.Team || !r.TeamEndTime.IsZero() || !r.ExpireTime.IsZero() && !now.Before(r.ExpireTime) {
		return false
	}
	if !r.Lease.Until.IsZero() && !now.Before(r.Lease.Until) {
		return false
	}
	switch r.State {
	case Given, Terminated, Superseded:
		return true
	default:
		return false
	}
}

// IsApprovedBy tells whether the yes was given by the person themself: nobody
// lets themselves in, by a yes to a team either.
func (r Record) IsApprovedBy(approver Respondent, asker Asker) bool {
	return r.ApproverID == asker.UserID || approver.mayAnswer(asker) == SelfApproval
}

// Following is a request of somebody whose team was let in.
type Following struct {
	GrantID id.ID
	Team    Record
	Policy  Policy
	Now     time.Time
}

// share is what a new person of the team gets of what the team was given: of
// each right the lower of what they ask for and what the team has. More than was
// ever asked for the team is RightsExceedRequest.
func (r Record) share(asked []Line) ([]Right, error) {
	before, now := rightsOf(r.Lines), rightsOf(asked)
	levels := map[string]Level{}
	for _, right := range r.Granted {
		levels[right.Feature] = min(right.Level, levelAt(now, right.Feature))
	}
	for _, line := range asked {
		if !line.Sensitive && line.Level > levelAt(before, line.Feature) {
			return nil, RightsExceedRequest
		}
		if _, named := levels[line.Feature]; named {
			continue
		}
		levels[line.Feature] = min(line.Level, levelAt(r.Granted, line.Feature))
		if line.Sensitive {
			levels[line.Feature] = None
		}
	}
	return byFeature(levels), nil
}

// FollowTeam gives a new person of the team what the team was given, and until
// when: nothing wider, and confirmed when the team's yes was. The proof is that
// of the team's yes, which it names.
func (c *Consent) FollowTeam(f Following) (Grant, Step, error) {
	granted, err := f.Team.share(c.r.Lines)
	if err != nil {
		return Grant{}, Step{}, err
	}
	step, err := c.move(Give, Actor{Party: ByClient, ID: f.Team.ApproverID, Name: f.Team.ApproverName}, f.Now)
	if err != nil {
		return Grant{}, Step{}, err
	}
	step.Reason = "team"
	c.r.TeamConsentID = f.Team.ID
	c.r.Choice, c.r.Granted, c.r.GiveTime, c.r.ExpireTime = f.Team.Choice, granted, f.Now, f.Team.ExpireTime
	if f.Team.StartTime.After(f.Now) {
		c.r.StartTime = f.Team.StartTime
	}
	c.r.ApproverID, c.r.ApproverName, c.r.Evidence = f.Team.ApproverID, f.Team.ApproverName, f.Team.Evidence
	c.r.Evidence.Network, c.r.Evidence.Agent = "", "" // they are of the answer itself
	c.r.ConfirmTime = f.Team.ConfirmTime
	c.r.Lease = f.Policy.lease(c.r.begin(), c.r.ConfirmTime)
	return c.grant(f.GrantID), step, nil
}
