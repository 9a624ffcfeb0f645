// Package wording holds what partner support says to people in both languages
// and no registered reason says.
package wording

import "github.com/aval-access/aval/services/kit/fault"

// WaysOut are the three of a conflict, in their order (R85 to R87).
func WaysOut(locale string) []string {
	if fault.Language(locale) == "en" {
		return []string{
			"Ask the first partner to remove this person's access to the client in its account. Your request is passed on without naming you.",
			"Create a new address for this person on your own domain, and add it as collaborator.",
			"Ask this person for another address.",
		}
	}
	return []string{
		"Demandez au premier partenaire de retirer l'accès de cette personne à ce client dans son compte. Votre demande lui est transmise sans vous nommer.",
		"Créez pour cette personne une nouvelle adresse sur votre propre domaine, et ajoutez-la comme collaborateur.",
		"Demandez une autre adresse à cette personne.",
	}
}
