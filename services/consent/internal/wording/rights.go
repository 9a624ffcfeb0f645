package wording

import (
	"github.com/aval-access/aval/services/consent/internal/domain"
)

// Line writes one right that is asked for.
func Line(locale string, line domain.Line) string {
	text := Pick(locale, line.LabelFR+" : ", line.LabelEN+": ") + level(locale, line.Level)
	if line.Sensitive {
		text += Pick(locale, ", seulement si vous cochez cette ligne", ", only if you tick this line")
	}
	return text
}

// Lines writes the rights asked for, a line each.
func Lines(locale string, lines []domain.Line) []string {
	out := make([]string, len(lines))
	for i, line := range lines {
		out[i] = Line(locale, line)
	}
	return out
}

func level(locale string, l domain.Level) string {
	switch l {
	case domain.Guest:
		return Pick(locale, "consulter", "view")
	case domain.Editor:
		return Pick(locale, "consulter et modifier", "view and change")
	case domain.Approver:
		return Pick(locale, "consulter, modifier et valider", "view, change and approve")
	default:
		return Pick(locale, "aucun droit", "no access")
	}
}
