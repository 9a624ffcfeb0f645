package wording

import "strings"

// Fact is one entry of an account's history, as far as its sentence needs it.
// Names that are not known are empty.
type Fact struct {
	// Action is an event's subject, or a product's own word.
	Action string
	// Actor is who acted, Subject whom the fact is about, Partner the partner
	// concerned.
	Actor, Subject, Partner string
	Feature, Object         string
	// Changes is what the fact changed.
	Changes []Change
	// Silent: no product recorded anything of a visit that ended.
	Silent bool
	// Refused and Failed tell how an action in a product ended.
	Refused, Failed bool
}

// Sentence says the fact in the reader's language.
func Sentence(locale string, f Fact) string {
	if !strings.HasPrefix(f.Action, "aval.") {
		return activity(locale, f)
	}
	t, ok := sentenceOf(f.Action)
	if !ok {
		return Pick(locale, "Un événement a été noté : ", "An event was recorded: ") + f.Action + "."
	}
	text := Pick(locale, t.fr, t.en)
	return strings.NewReplacer(
		"{Person}", orElse(f.Subject, Pick(locale, "Une personne", "A person")),
		"{person}", orElse(f.Subject, Pick(locale, "une personne", "a person")),
		"{actor}", orElse(f.Actor, Pick(locale, "Une personne de votre entreprise", "Somebody of your company")),
		"{subject}", orElse(f.Subject, Pick(locale, "la personne désignée", "the person named")),
		"{Subject}", orElse(f.Subject, Pick(locale, "La personne désignée", "The person named")),
		"{object}", f.Object,
		"{partner}", orElse(f.Partner, Pick(locale, "votre partenaire", "your partner")),
		"{Partner}", orElse(f.Partner, Pick(locale, "Votre partenaire", "Your partner")),
	).Replace(text) + changesText(locale, f.Changes) + silenceText(locale, f)
}

// silenceText says so where a product recorded nothing: an empty list is no proof
// that nothing was done.
func silenceText(locale string, f Fact) string {
	if !f.Silent {
		return ""
	}
	return Pick(locale, " Le logiciel n'a rien noté de ce qui a été fait.", " The product recorded nothing of what was done.")
}

// activity says what somebody did in a product, in the product's own words.
func activity(locale string, f Fact) string {
	who := orElse(f.Actor, Pick(locale, "Une personne de votre entreprise", "Somebody of your company"))
	if f.Partner != "" {
		who += Pick(locale, ", de ", ", of ") + f.Partner + ","
	}
	text := who + Pick(locale, " a fait « ", " did “") + f.Action + Pick(locale, " »", "”")
	if f.Object != "" {
		text += Pick(locale, " sur ", " on ") + f.Object
	}
	text += " (" + f.Feature + ")"
	switch {
	case f.Refused:
		return text + Pick(locale, " : refusé.", ": refused.")
	case f.Failed:
		return text + Pick(locale, " : sans succès.", ": without success.")
	default:
		return text + "."
	}
}

func orElse(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
