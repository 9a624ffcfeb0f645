package domain

import (
	"time"

	"github.com/aval-access/aval/services/kit/id"
)

// Yes is a yes in full.
type Yes struct {
	GrantID  id.ID
	By       Respondent
	For      Asker
	Duration Duration
	// Rights are those that the client named, lowered or ticked.
	Rights   []Right
	Evidence Evidence
	// Start is when the access begins; zero: at once.
	Start time.Time
	// Policy is the client's.
	Policy Policy
	// Overturn says that the no was seen and is turned into this yes.
	Overturn bool
	// Team lets the whole team of the partner in.
	Team bool
	// CurrentHash is the hash of the text in the answer's language today.
	CurrentHash string
	Now         time.Time
}

// No is a no, or a not-now.
type No struct {
	By     Respondent
	For    Asker
	NotNow bool
	// RemindAfter is when to ask this approver again after a not-now; 0: never.
	RemindAfter time.Duration
	// Reason is a category; empty is fine.
	Reason   string
	Evidence Evidence
	Now      time.Time
}

// Give records the yes and makes the grant. A yes on what neither waits nor may
// be overturned is NotPending.
func (c *Consent) Give(y Yes) (Grant, Step, error) {
	end, granted, err := c.checkYes(y)
	if err != nil {
		return Grant{}, Step{}, err
	}
	event := Give
	if c.r.State == Refused {
		event = Overturn
	}
	step, err := c.move(event, Actor{Party: ByClient, ID: y.By.UserID, Name: y.By.Name}, y.Now)
	if err != nil {
		return Grant{}, Step{}, err
	}
	c.r.Choice, c.r.Granted, c.r.Team = y.Duration.Choice, granted, y.Team
	c.r.GiveTime, c.r.ExpireTime, c.r.RefuseTime, c.r.StartTime = y.Now, end, time.Time{}, y.Start
	c.r.ApproverID, c.r.ApproverName, c.r.Evidence = y.By.UserID, y.By.Name, y.By.vouch(y.Evidence)
	c.r.ConfirmTime, c.r.Paused = c.r.begin(), false
	c.r.Lease = y.Policy.lease(c.r.ConfirmTime, c.r.ConfirmTime)
	return c.grant(y.GrantID), step, nil
}

func (c *Consent) checkYes(y Yes) (time.Time, []Right, error) {
	overturns := y.Overturn && c.r.MayOverturn(y.By, y.Now)
	if c.StateAt(y.Now) != Requested && !overturns {
		return time.Time{}, nil, NotPending
	}
	if err := y.By.mayAnswer(y.For); err != nil {
		return time.Time{}, nil, err
	}
	if y.Team && !y.By.Administrator {
		return time.Time{}, nil, TeamTooWide
	}
	if y.Evidence.TextHash != y.CurrentHash {
		return time.Time{}, nil, TextChanged
	}
	start, err := y.start()
	if err != nil {
		return time.Time{}, nil, err
	}
	end, err := y.Duration.End(start)
	if err != nil {
		return time.Time{}, nil, err
	}
	if err := y.By.mayGiveUntil(end, start); err != nil {
		return time.Time{}, nil, err
	}
	granted, err := Lower(c.r.Lines, y.Rights)
	return end, granted, err
}

// start is when the access begins, from which its duration counts.
func (y Yes) start() (time.Time, error) {
	if y.Start.IsZero() {
		return y.Now, nil
	}
	if y.Start.Before(y.Now) || y.Start.After(y.Now.Add(maxStartAhead)) {
		return time.Time{}, StartOutOfRange
	}
	return y.Start, nil
}

func (c *Consent) grant(grantID id.ID) Grant {
	return Grant{
		ID: grantID, ConsentID: c.r.ID, ClientID: c.r.ClientID, PartnerID: c.r.PartnerID, UserID: c.r.UserID,
		Role: c.r.Role, Rights: c.r.Granted, State: GrantActive,
		ValidFrom: c.r.begin(), ValidUntil: c.r.ExpireTime, Scheduled: !c.r.StartTime.IsZero(),
		LeaseUntil: c.r.Lease.Until, Version: 1,
	}
}

// Decline records the no; with NotNow the request stays open, without a
// cool-down.
func (c *Consent) Decline(n No) (Step, error) {
	if c.StateAt(n.Now) != Requested {
		return Step{}, NotPending
	}
	if err := n.By.mayAnswer(n.For); err != nil {
		return Step{}, err
	}
	event := Refuse
	if n.NotNow {
		event = Postpone
	}
	if n.RemindAfter > 0 && !n.Now.Add(n.RemindAfter).Before(c.r.RequestExpireTime) {
		return Step{}, ReminderTooLate
	}
	step, err := c.move(event, Actor{Party: ByClient, ID: n.By.UserID, Name: n.By.Name}, n.Now)
	if err != nil || n.NotNow {
		return step, err
	}
	step.Reason = n.Reason
	c.r.RefuseTime = n.Now
	c.r.ApproverID, c.r.ApproverName, c.r.Evidence = n.By.UserID, n.By.Name, n.By.vouch(n.Evidence)
	return step, nil
}
