package wording

import (
	"time"

	"github.com/aval-access/aval/services/membership/internal/domain"
)

// Warning says what looks odd about an address.
func Warning(locale string, w domain.Warning) string {
	switch w.Kind {
	case domain.SameMailbox:
		return sentence{
			"{email} est déjà ici et arrive sans doute dans la même boîte : est-ce la même personne ?",
			"{email} is here already and probably reaches the same mailbox: is it the same person?",
		}.in(locale, "email", w.Email)
	case domain.NearAddress:
		return sentence{
			"{email} est déjà ici et ne diffère que d'un caractère : vérifiez l'orthographe.",
			"{email} is here already and differs in one character only: check the spelling.",
		}.in(locale, "email", w.Email)
	case domain.DomainTypo:
		return sentence{
			"Le domaine ressemble à une faute de frappe : vouliez-vous écrire {email} ?",
			"The domain looks misspelt: did you mean {email}?",
		}.in(locale, "email", w.Email)
	case domain.Renews:
		return sentence{
			"Une invitation était déjà en attente pour {email} : elle est renouvelée, avec un nouveau mail.",
			"An invitation was already pending for {email}: it is renewed, with a new mail.",
		}.in(locale, "email", w.Email)
	default:
		return ""
	}
}

// Linked says of a row that its person is in the organisation already.
func Linked(locale string) string {
	return sentence{
		"Cette personne fait déjà partie de votre organisation : il lui suffit de se connecter.",
		"This person is in your organisation already: they only need to sign in.",
	}.in(locale)
}

// Exhausted says of a row that too many went before it, and when the next may
// leave.
func Exhausted(locale string, at time.Time) string {
	return sentence{
		"Votre organisation a envoyé autant d'invitations qu'elle le peut en un jour. Renvoyez cette ligne à partir du {at}.",
		"Your organisation has sent as many invitations as it may in a day. Send this line again from {at} on.",
	}.in(locale, "at", moment(locale, at))
}

// Unchanged says of a row that the same is pending already.
func Unchanged(locale string) string {
	return sentence{
		"La même invitation est déjà en attente : aucun nouveau mail n'est envoyé.",
		"The same invitation is pending already: no new mail is sent.",
	}.in(locale)
}
