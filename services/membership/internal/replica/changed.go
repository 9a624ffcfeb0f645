package replica

import (
	"slices"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/accessclient/engine"
)

// partRows is how many rows one message carries at most.
const partRows = 1000

// changed are changes as messages.
type changed struct {
	whole []*membershipv1.AccessChanges
	part  *membershipv1.AccessChanges
	rows  int
}

// parts gives the messages, and begins anew.
func (c *changed) parts() []*membershipv1.AccessChanges {
	out := c.whole
	if c.part != nil {
		out = append(out, c.part)
	}
	*c = changed{}
	return out
}

func (c *changed) add(change engine.Change) {
	if c.rows == partRows {
		c.whole, c.part, c.rows = append(c.whole, c.part), nil, 0
	}
	if c.part == nil {
		c.part = &membershipv1.AccessChanges{}
	}
	c.rows++
	switch one := change.(type) {
	case engine.Entry:
		c.part.Entries = append(c.part.GetEntries(), entryToProto(one))
	case engine.Session:
		c.part.Sessions = append(c.part.GetSessions(), &membershipv1.AccessChanges_Session{
			Id: one.ID[:], Account: one.Account[:], Subject: one.Subject[:], Grant: one.Grant[:],
			UntilMicros: one.Until, Over: one.Over,
		})
	case engine.Account:
		c.part.Accounts = append(c.part.GetAccounts(), &membershipv1.AccessChanges_Account{Id: one.ID[:], Suspended: one.Suspended})
	case engine.Feature:
		c.part.Features = append(c.part.GetFeatures(), &membershipv1.AccessChanges_Feature{
			Path: one.Path, Retired: one.Retired, Sensitive: one.Sensitive, Excluded: one.Excluded,
		})
	case engine.Preset:
		c.part.Presets = append(c.part.GetPresets(), &membershipv1.AccessChanges_Preset{Role: one.Role, Rights: slices.Clone(one.Rights)})
	}
}

func entryToProto(e engine.Entry) *membershipv1.AccessChanges_Entry {
	out := &membershipv1.AccessChanges_Entry{
		Id: e.ID[:], Account: e.Account[:], Subject: e.Subject[:], Rights: slices.Clone(e.Rights),
		FromMicros: e.From, UntilMicros: e.Until, Over: e.Over,
	}
	if e.Grant != nil {
		out.Grant = &membershipv1.AccessChanges_Grant{Partner: e.Grant.Partner[:], Consent: e.Grant.Consent[:], Role: e.Grant.Role}
	}
	return out
}
