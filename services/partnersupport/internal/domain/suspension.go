package domain

import (
	"time"

	"github.com/aval-access/aval/services/kit/id"
)

// Suspend notes that the person, a member by this id, is denied everything for
// now. What the clients gave stays, and holds again afterwards; a second time
// changes nothing and answers false.
func (c *Collaborator) Suspend(member id.ID, now time.Time) (bool, error) {
	if err := c.Working(); err != nil {
		return false, err
	}
	if c.SuspendTime != nil {
		return false, nil
	}
	c.SuspendTime, c.MemberID = &now, member
	c.Version++
	return true, nil
}

// Restore takes a suspension back; false when there is none.
func (c *Collaborator) Restore() bool {
	if c.SuspendTime == nil {
		return false
	}
	c.SuspendTime = nil
	c.Version++
	return true
}
