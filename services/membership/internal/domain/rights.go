package domain

import "strings"

// Level is how far a right reaches in a feature. Higher includes lower.
type Level int16

// The levels (R116 to R119), numbered as on the wire.
const (
	LevelNone     Level = 1
	LevelGuest    Level = 2
	LevelEditor   Level = 3
	LevelApprover Level = 4
)

// OrganizationFeature is what every member may see.
const OrganizationFeature = "aval/organization"

// InvitationsFeature is the right to see invitations, and to send them.
const InvitationsFeature = "aval/invitations"

// ApproveFeature is the right to answer consent requests.
const ApproveFeature = "aval/consent.approve"

// root is the ancestor of every feature; only whole roles hold rights there.
const root = ""

// Rights holds levels by feature path. The nearest ancestor wins.
type Rights map[string]Level

// RightsOf gives the rights that a membership speaks with: everything for
// owners and administrators, else what was conferred and the sight of the
// organisation.
func RightsOf(role Role, conferred Rights) Rights {
	if role.HoldsAll() {
		return Rights{root: LevelApprover}
	}
	out := Rights{}
	for path, level := range conferred {
		out[path] = level
	}
	out[OrganizationFeature] = max(out[OrganizationFeature], LevelGuest)
	return out
}

// At gives the level on a feature: that of its nearest ancestor, itself
// included, or LevelNone.
func (r Rights) At(path string) Level {
	for {
		if level, ok := r[path]; ok {
			return level
		}
		if path == root {
			return LevelNone
		}
		path = parent(path)
	}
}

// parent cuts the last part off.
func parent(path string) string {
	cut := strings.LastIndexByte(path, '/')
	if cut < 0 {
		return root
	}
	return path[:cut]
}
