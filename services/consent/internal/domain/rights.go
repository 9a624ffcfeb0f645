package domain

import (
	"cmp"
	"slices"
	"strings"
)

// Level is how far a right reaches; higher includes lower. The numbers are
// those of aval.authz.v1.Level.
type Level int

// The levels (R116 to R119).
const (
	None     Level = 1
	Guest    Level = 2
	Editor   Level = 3
	Approver Level = 4
)

// Role is the staff role that access is asked for.
type Role string

// The roles; the two are distinct requests with words of their own (R7).
const (
	TechnicalSupport Role = "TECHNICAL_SUPPORT"
	Accountant       Role = "ACCOUNTANT"
)

// Right is one level on one node of the feature tree; the nearest ancestor
// wins.
type Right struct {
	Feature string `json:"feature"`
	Level   Level  `json:"level"`
}

// Line is one right that is asked for, with its words. A sensitive line is in
// no preset: it is given only when the client ticks it.
type Line struct {
	Right
	LabelFR   string `json:"label_fr"`
	LabelEN   string `json:"label_en"`
	Sensitive bool   `json:"sensitive"`
}

// Feature is a node of the catalogue, as far as requests need it.
type Feature struct {
	Path             string
	LabelFR, LabelEN string
	Sensitive        bool
	Excluded         bool // never part of any grant
}

// Preset gives what a role asks for: support all of management and accounting
// (R31), an accountant the books and a look at management.
func (r Role) Preset() []Right {
	switch r {
	case TechnicalSupport:
		return []Right{{"management", Approver}, {"accounting", Approver}}
	case Accountant:
		return []Right{{"accounting", Approver}, {"management", Guest}}
	default:
		return nil
	}
}

// LinesOf writes the role's preset over the catalogue: a line per right, then
// one per sensitive feature underneath, which the preset does not include.
func LinesOf(role Role, catalogue []Feature) []Line {
	preset := role.Preset()
	var plain, sensitive []Line
	for _, right := range preset {
		for _, f := range catalogue {
			switch {
			case f.Excluded:
			case f.Path == right.Feature:
				plain = append(plain, lineOf(f, right.Level))
			case f.Sensitive && isUnder(f.Path, right.Feature):
				sensitive = append(sensitive, lineOf(f, right.Level))
			}
		}
	}
	return append(plain, sensitive...)
}

func lineOf(f Feature, level Level) Line {
	return Line{
		Right:     Right{Feature: f.Path, Level: level},
		LabelFR:   f.LabelFR,
		LabelEN:   f.LabelEN,
		Sensitive: f.Sensitive,
	}
}

// Lower computes what the client grants: what was asked, changed by what the
// client named. Sensitive lines stay out, in so many words, unless named.
// Anything above what was asked is RightsExceedRequest.
func Lower(asked []Line, named []Right) ([]Right, error) {
	granted := map[string]Level{}
	for _, line := range asked {
		granted[line.Feature] = line.Level
		if line.Sensitive {
			granted[line.Feature] = None
		}
	}
	for _, right := range named {
		limit, ok := nearest(asked, right.Feature)
		if !ok || right.Level > limit.Level || right.Level < None {
			return nil, RightsExceedRequest
		}
		granted[right.Feature] = right.Level
	}
	out := make([]Right, 0, len(granted))
	for feature, level := range granted {
		out = append(out, Right{Feature: feature, Level: level})
	}
	slices.SortFunc(out, func(a, b Right) int { return cmp.Compare(a.Feature, b.Feature) })
	return out, nil
}

// nearest finds the line that governs a feature: its own, or its closest
// ancestor's.
func nearest(asked []Line, feature string) (Line, bool) {
	var found Line
	for _, line := range asked {
		if isUnder(feature, line.Feature) && len(line.Feature) > len(found.Feature) {
			found = line
		}
	}
	return found, found.Feature != ""
}

// isUnder tells whether the path is the ancestor itself or below it.
func isUnder(path, ancestor string) bool {
	return path == ancestor || strings.HasPrefix(path, ancestor+"/")
}
