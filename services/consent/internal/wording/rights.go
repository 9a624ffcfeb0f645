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

// Request names who asks to enter where, on one line.
func Request(locale string, r domain.Record) string {
	line := r.CollaboratorName() + Pick(locale, ", chez ", ", at ") + r.ClientName
	if r.Role == domain.Accountant {
		line += Pick(locale, ", pour la comptabilité", ", for bookkeeping")
	}
	if r.Extends != nil {
		line += Pick(locale, ", pour prolonger ou élargir son accès", ", for a longer or wider access")
	}
	if r.Reason != "" {
		line += Pick(locale, " : ", ": ") + r.Reason
	}
	return line
}
