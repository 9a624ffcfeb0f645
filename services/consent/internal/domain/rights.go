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
	levels := map[string]Level{}
	for _, line := range asked {
		levels[line.Feature] = line.Level
		if line.Sensitive {
			levels[line.Feature] = None
		}
	}
	limits := rightsOf(asked)
	for _, right := range named {
		limit, ok := nearest(limits, right.Feature)
		if !ok || right.Level > limit.Level || right.Level < None {
			return nil, RightsExceedRequest
		}
		levels[right.Feature] = right.Level
	}
	return byFeature(levels), nil
}

func byFeature(levels map[string]Level) []Right {
	out := make([]Right, 0, len(levels))
	for feature, level := range levels {
		out = append(out, Right{Feature: feature, Level: level})
	}
	slices.SortFunc(out, func(a, b Right) int { return cmp.Compare(a.Feature, b.Feature) })
	return out
}

func rightsOf(lines []Line) []Right {
	out := make([]Right, len(lines))
	for i, line := range lines {
		out[i] = line.Right
	}
	return out
}

// nearest finds the right that governs a feature: its own, or its closest
// ancestor's.
func nearest(rights []Right, feature string) (Right, bool) {
	var found Right
	for _, right := range rights {
		if isUnder(feature, right.Feature) && len(right.Feature) > len(found.Feature) {
			found = right
		}
	}
	return found, found.Feature != ""
}

// SensitiveLine finds the line of its own that a feature stands on; false where
// it stands on none.
func SensitiveLine(asked []Line, feature string) (Line, bool) {
	right, _ := nearest(rightsOf(asked), feature)
	at := slices.IndexFunc(asked, func(line Line) bool { return line.Sensitive && line.Right == right })
	if at < 0 {
		return Line{}, false
	}
	return asked[at], true
}

// levelAt is the level that rights give on a feature.
func levelAt(rights []Right, feature string) Level {
	right, _ := nearest(rights, feature)
	return max(right.Level, None)
}

// isUnder tells whether the path is the ancestor itself or below it.
func isUnder(path, ancestor string) bool {
	return path == ancestor || strings.HasPrefix(path, ancestor+"/")
}
