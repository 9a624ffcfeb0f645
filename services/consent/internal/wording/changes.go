package wording

import (
	"strings"
	"time"
)

// Change is one value that a fact changed, in words of the contract.
type Change struct{ What, Before, After string }

// changesText lists the changes behind a sentence.
func changesText(locale string, changes []Change) string {
	if len(changes) == 0 {
		return ""
	}
	parts := make([]string, len(changes))
	for i, c := range changes {
		parts[i] = whatChanged(locale, c.What) + Pick(locale, " : ", ": ") + value(locale, c.Before) + " → " + value(locale, c.After)
	}
	return " " + strings.Join(parts, Pick(locale, " ; ", "; ")) + "."
}

// whatChanged names a field; a feature by its path.
func whatChanged(locale, what string) string {
	switch what {
	case "role":
		return Pick(locale, "rôle", "role")
	case "partner_role":
		return Pick(locale, "rôle chez les clients", "role at clients")
	case "tag":
		return Pick(locale, "étiquette", "tag")
	case "end_time":
		return Pick(locale, "fin", "end")
	case "seat_limit":
		return Pick(locale, "membres possibles", "members possible")
	default:
		return what
	}
}

// value says a word of the contract; what is none, such as a number, as it is.
func value(locale, word string) string {
	if at, err := time.Parse(time.RFC3339, word); err == nil {
		return Moment(locale, at)
	}
	switch word {
	case "", "NONE":
		return Pick(locale, "Aucun", "None")
	case "GUEST":
		return Pick(locale, "Invité", "Guest")
	case "EDITOR":
		return Pick(locale, "Éditeur", "Editor")
	case "APPROVER":
		return Pick(locale, "Approbateur", "Approver")
	case "OWNER":
		return Pick(locale, "Propriétaire", "Owner")
	case "ADMIN":
		return Pick(locale, "Administrateur", "Administrator")
	case "MEMBER":
		return Pick(locale, "Membre", "Member")
	case "TECHNICAL_SUPPORT":
		return Pick(locale, "Support technique", "Technical support")
	case "ACCOUNTANT":
		return Pick(locale, "Comptable", "Accountant")
	case "EMPLOYEE":
		return Pick(locale, "Employé du partenaire", "Partner employee")
	case "FREELANCER":
		return Pick(locale, "Indépendant", "Freelancer")
	default:
		return word
	}
}
