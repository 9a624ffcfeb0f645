package wording

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"strconv"
	"strings"

	"github.com/aval-access/aval/services/consent/internal/domain"
)

// Versions of the templates. Whoever changes a word raises the version: the
// evidence of every answer names it.
const (
	supportVersion    = "support/1"
	accountantVersion = "accountant/1"
	// handOver stands before the version of a text that says who is followed.
	handOver = "hand-over/1+"
	// extends stands before that of a text about more than what runs.
	extends = "extend/1+"
	// offered stands before that of a text that nobody asked with.
	offered = "offer/1+"
)

// Text is the canonical text of a request: what the page shows and what the
// hash covers.
type Text struct {
	Locale, Version, Title string
	Paragraphs             []string
	Lines                  []domain.Line
}

// Canonical renders the text of a request from the template of its role, the
// language, and what was recorded when the partner asked.
func Canonical(r domain.Record, locale string) Text {
	t := Text{Locale: Language(locale), Lines: r.Lines, Version: supportVersion}
	if r.Role == domain.Accountant {
		t.Version = accountantVersion
	}
	if r.PredecessorName != "" {
		t.Version = handOver + t.Version
	}
	if r.Extends != nil {
		t.Version = extends + t.Version
	}
	t.Title = Title(r.Role, locale)
	if r.Offered {
		t.Version, t.Title = offered+t.Version, offerTitle(r.Role, locale)
	}
	t.Paragraphs = paragraphs(r, t.Locale)
	return t
}

// Title is the fixed title of the mail and the page (R21). An accountant's
// request has one of its own (R7).
func Title(role domain.Role, locale string) string {
	if role == domain.Accountant {
		return Pick(locale, "Demande d'accès à votre compte pour la comptabilité",
			"Access request to your account for bookkeeping")
	}
	return Pick(locale, "Demande d'accès à votre compte pour l'assistance",
		"Access request to your account for assistance")
}

// offerTitle stands over what a client gives unasked.
func offerTitle(role domain.Role, locale string) string {
	if role == domain.Accountant {
		return Pick(locale, "Donner un accès pour la comptabilité", "Give access for bookkeeping")
	}
	return Pick(locale, "Donner un accès pour l'assistance", "Give access for assistance")
}

func paragraphs(r domain.Record, locale string) []string {
	out := []string{opening(r, locale), person(r, locale)}
	if r.PredecessorName != "" {
		out = append(out, takeover(r, locale))
	}
	if r.Extends != nil {
		out = append(out, more(r, locale))
	}
	if r.ClientName != "" {
		out = append(out, Pick(locale, "Votre entreprise concernée : ", "Your company concerned: ")+r.ClientName)
	}
	if r.Reason != "" {
		out = append(out, Pick(locale, "Motif indiqué : ", "Reason given: ")+r.Reason)
	}
	return append(append(out, asker(r, locale)...), untilYes(r, locale)+Pick(locale,
		" Vous pouvez arrêter l'accès à tout moment, avec effet immédiat. Tout ce qui est fait chez vous est noté, et vous pouvez le lire.",
		" You can stop the access at any time, with immediate effect. Everything that is done is written down, and you can read it."))
}

func untilYes(r domain.Record, locale string) string {
	if r.Extends != nil {
		return Pick(locale, "Tant que vous n'avez pas dit oui, rien ne change.", "Until you say yes, nothing changes.")
	}
	return Pick(locale, "Tant que vous n'avez pas dit oui, personne n'entre.", "Until you say yes, nobody enters.")
}

// more says what the person may do already, and that the yes takes its place.
func more(r domain.Record, locale string) string {
	return r.CollaboratorName() + Pick(locale, " a déjà un accès : ", " has an access already: ") +
		strings.Join(running(r, locale), Pick(locale, " ; ", "; ")) + Pick(locale,
		". Avec votre oui, ce que vous choisissez ici prend sa place au même instant. Avec votre non, il reste tel qu'il est.",
		". With your yes, what you choose here takes its place in the same instant. With your no, it stays as it is.")
}

// Running writes the access whose place the yes would take, a line each for its
// end and its rights; empty where none runs.
func Running(locale string, r domain.Record) string {
	if r.Extends == nil {
		return ""
	}
	return strings.Join(running(r, locale), "\n")
}

func running(r domain.Record, locale string) []string {
	end := Choice(locale, domain.UntilStopped)
	if until := r.Extends.Until; !until.IsZero() {
		end = Pick(locale, "jusqu'au ", "until ") + Moment(locale, until)
	}
	return append([]string{end}, Lines(locale, r.Extends.Lines)...)
}

// asker identifies the partner (R24), and says what it proposes where it asked.
func asker(r domain.Record, locale string) []string {
	if r.Offered {
		return []string{Pick(locale, "L'entreprise à qui vous le donnez : ", "The company you give it to: ") + Identity(r.Partner, locale) + "."}
	}
	return []string{
		Pick(locale, "Qui vous le demande : ", "Who is asking: ") + Identity(r.Partner, locale) + ".",
		Pick(locale, "Durée proposée par ", "Length of time proposed by ") + r.Partner.LegalName +
			Pick(locale, " : ", ": ") + Duration(locale, r.Proposed) +
			Pick(locale, ". C'est vous qui choisissez.", ". The choice is yours."),
	}
}

// opening says in the first line which software is meant, so that nobody
// thinks of their bank.
func opening(r domain.Record, locale string) string {
	software := Pick(locale, "votre logiciel de gestion", "your management software")
	if r.ProductName != "" {
		software = Pick(locale, "votre logiciel ", "your software ") + r.ProductName
	}
	if r.Offered {
		return Pick(locale, "Vous proposez à ", "You offer ") + r.Partner.LegalName + Pick(locale, " d'entrer dans ", " to enter ") + software +
			Pick(locale, ", pas votre banque. Personne ne vous l'a demandé.", ", not your bank. Nobody asked you to.")
	}
	return r.Partner.LegalName + Pick(locale, " demande à entrer dans ", " asks to enter ") + software +
		Pick(locale, ", pas votre banque.", ", not your bank.")
}

// person names the one person concerned and what for (R6, R43).
func person(r domain.Record, locale string) string {
	name := r.CollaboratorName()
	if r.Role == domain.Accountant {
		return Pick(locale,
			"Une seule personne est concernée : "+name+", pour tenir votre comptabilité. Ce n'est pas une demande d'assistance. Elle agira en son propre nom, sans connaître vos mots de passe.",
			"One person only is concerned: "+name+", to keep your books. This is not a request for support. They will act in their own name, without knowing your passwords.")
	}
	return Pick(locale,
		"Une seule personne est concernée : "+name+", pour vous aider à résoudre un problème. Elle agira en son propre nom, sans connaître vos mots de passe.",
		"One person only is concerned: "+name+", to help you solve a problem. They will act in their own name, without knowing your passwords.")
}

// takeover says whose access the yes ends (R36).
func takeover(r domain.Record, locale string) string {
	return strings.NewReplacer("{new}", r.CollaboratorName(), "{old}", r.PredecessorName).Replace(Pick(locale,
		"{new} prendrait la suite de {old}. Avec votre oui, l'accès de {old} prend fin au même instant, s'il n'est pas déjà terminé. Avec votre non, rien ne change.",
		"{new} would take over from {old}. With your yes, the access of {old} ends in the same instant, unless it is over already. With your no, nothing changes."))
}

// Identity writes all that identifies a partner (R24), on one line.
func Identity(p domain.Identification, locale string) string {
	parts := []string{p.LegalName}
	if p.RegistrationNumber != "" {
		parts = append(parts, Pick(locale, "immatriculation ", "registration ")+p.RegistrationNumber)
	}
	for _, part := range []string{p.PostalAddress, p.ContactEmail, p.ContactPhone} {
		if part = strings.TrimSpace(part); part != "" {
			parts = append(parts, strings.Join(strings.FieldsFunc(part, isNewline), ", "))
		}
	}
	return strings.Join(parts, ", ")
}

func isNewline(r rune) bool { return r == '\n' || r == '\r' }

// Hash is the SHA-256 of locale, version, title, paragraphs and lines, each
// with its length in front, in hex.
func (t Text) Hash() string {
	h := sha256.New()
	write(h, "aval/consent-text/v1", t.Locale, t.Version, t.Title)
	write(h, strconv.Itoa(len(t.Paragraphs)))
	write(h, t.Paragraphs...)
	write(h, strconv.Itoa(len(t.Lines)))
	for _, line := range t.Lines {
		write(h, line.Feature, Line(t.Locale, line), strconv.Itoa(int(line.Level)), strconv.FormatBool(line.Sensitive))
	}
	return hex.EncodeToString(h.Sum(nil))
}

func write(h hash.Hash, parts ...string) {
	for _, part := range parts {
		var size [8]byte
		binary.BigEndian.PutUint64(size[:], uint64(len(part)))
		h.Write(size[:])
		h.Write([]byte(part))
	}
}
