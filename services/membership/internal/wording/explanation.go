// Package wording puts decisions into words, in French and English.
package wording

import (
	"strings"
	"time"

	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/membership/internal/domain"
)

// text is a sentence in both languages.
type text struct{ fr, en string }

func (t text) in(locale string) string {
	if fault.Language(locale) == "en" {
		return t.en
	}
	return t.fr
}

// Level is a level's own name (R116 to R119).
func Level(l domain.Level, locale string) string {
	t, ok := map[domain.Level]text{
		domain.LevelGuest:    {"Invité", "Guest"},
		domain.LevelEditor:   {"Éditeur", "Editor"},
		domain.LevelApprover: {"Approbateur", "Approver"},
	}[l]
	if !ok {
		t = text{"Aucun", "None"}
	}
	return t.in(locale)
}

// Answer says the decision in one sentence.
func Answer(a domain.Answer, locale string) string {
	if a.Allowed() {
		return text{"Oui : cette personne peut le faire.", "Yes: this person may do it."}.in(locale)
	}
	t, ok := map[domain.Denial]text{
		domain.NoAccess:               {"Non : cette personne n'a pas d'accès ici en ce moment.", "No: this person has no access here at the moment."},
		domain.LevelTooLow:            {"Non : ses droits ne vont pas assez loin pour cette fonctionnalité.", "No: their rights do not reach far enough for this feature."},
		domain.SupportSessionRequired: {"Non : l'accès est autorisé, mais aucune visite n'est en cours.", "No: the access is allowed, but no visit is running."},
		domain.Excluded:               {"Non : aucun accès d'assistance n'atteint cette fonctionnalité.", "No: no assistance access reaches this feature."},
		domain.FeatureUnknown:         {"Non : le catalogue n'a pas cette fonctionnalité, ou ne l'a plus.", "No: the catalogue has no such feature, or no longer."},
		domain.AccountSuspended:       {"Non : cette organisation est suspendue.", "No: this organisation is suspended."},
	}[a.Denial]
	if !ok {
		t = text{"Non.", "No."}
	}
	return t.in(locale)
}

// Step says what one rule found.
func Step(s domain.Step, locale string) string {
	t := sentences()[s.Code]
	chosen := t.in(locale)
	out := strings.NewReplacer("{feature}", s.Feature, "{level}", Level(s.Level, locale)).Replace(chosen)
	if s.Until.IsZero() {
		return out
	}
	return out + text{" Fin : ", " End: "}.in(locale) + s.Until.UTC().Format(time.RFC3339) + "."
}

func sentences() map[domain.StepCode]text {
	return map[domain.StepCode]text{
		domain.StepFeatureUnknown:   {"Le catalogue n'a pas cette fonctionnalité.", "The catalogue has no such feature."},
		domain.StepFeatureRetired:   {"Cette fonctionnalité a été retirée du catalogue : plus personne ne l'atteint.", "This feature was taken out of the catalogue: nobody reaches it any more."},
		domain.StepAccountSuspended: {"L'organisation est suspendue : personne n'y entre.", "The organisation is suspended: nobody enters."},
		domain.StepNothing:          {"Cette personne n'est ni membre de l'organisation, ni autorisée par elle.", "This person is neither a member of the organisation nor allowed in by it."},
		domain.StepMember:           {"Cette personne est membre de l'organisation.", "This person is a member of the organisation."},
		domain.StepMemberSuspended:  {"Ce membre est suspendu : ses droits ne valent plus tant qu'il n'est pas rétabli.", "This member is suspended: their rights do not hold until they are restored."},
		domain.StepMemberOver:       {"Cette appartenance est arrivée à son terme.", "This membership has reached its end."},
		domain.StepRole:             {"Propriétaires et administrateurs ont tous les droits ({level}).", "Owners and administrators hold every right ({level})."},
		domain.StepLine:             {"La ligne la plus proche, « {feature} », donne {level}.", "The nearest line, “{feature}”, gives {level}."},
		domain.StepNoLine:           {"Aucune ligne ne donne de droit sur « {feature} » : {level}.", "No line gives a right on “{feature}”: {level}."},
		domain.StepGrant:            {"L'organisation a autorisé un accès d'assistance à cette personne.", "The organisation allowed this person an assistance access."},
		domain.StepGrantOver:        {"Cet accès n'est pas en vigueur : il n'a pas commencé, ou il est terminé.", "This access is not in force: it has not begun, or is over."},
		domain.StepPartnerOut:       {"La personne n'agit plus pour le partenaire, ou le partenaire est suspendu.", "The person no longer acts for the partner, or the partner is suspended."},
		domain.StepExcluded:         {"« {feature} » n'est jamais ouverte à l'assistance.", "“{feature}” is never open to assistance."},
		domain.StepClientLine:       {"Le client a accordé {level} (« {feature} »).", "The client granted {level} (“{feature}”)."},
		domain.StepRoleLine:         {"Le rôle de la personne permet {level} (« {feature} »).", "The person's role allows {level} (“{feature}”)."},
		domain.StepVisit:            {"Une visite doit être en cours sous cet accès.", "A visit must be running under this access."},
	}
}
