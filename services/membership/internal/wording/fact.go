package wording

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aval-access/aval/services/membership/internal/domain"
)

// Fact is one thing that is known; the zero time where no one moment is.
type Fact struct {
	Time time.Time
	Text string
}

// Facts says what is known, oldest first.
func Facts(locale string, e domain.Evidence) []Fact {
	var out []Fact
	out = append(out, ofMember(locale, e)...)
	out = append(out, ofInvitation(locale, e)...)
	for _, mail := range e.Mails {
		out = append(out, ofMail(locale, mail)...)
	}
	out = append(out, ofSight(locale, e.Sight)...)
	slices.SortStableFunc(out, func(a, b Fact) int { return a.Time.Compare(b.Time) })
	for _, other := range e.Elsewhere {
		s := sentence{"{name} : invitation en attente.", "{name}: invitation pending."}
		if other.Member {
			s = sentence{"{name} : déjà membre.", "{name}: a member already."}
		}
		out = append(out, Fact{Text: s.in(locale, "name", other.Name)})
	}
	return out
}

func ofMember(locale string, e domain.Evidence) []Fact {
	if e.Member == nil {
		return nil
	}
	out := []Fact{{e.Member.CreateTime, sentence{"Devenue membre.", "Became a member."}.in(locale)}}
	if until := e.Member.ValidUntil; !until.IsZero() {
		out = append(out, Fact{until, sentence{"Fin prévue de l'accès.", "Planned end of the access."}.in(locale)})
	}
	return out
}

func ofInvitation(locale string, e domain.Evidence) []Fact {
	i := e.Latest
	if i == nil {
		return nil
	}
	out := []Fact{{i.CreateTime, sentence{"Invitation créée.", "Invitation made."}.in(locale)}}
	if e.InviterName != "" {
		out[0].Text = sentence{"Invitation créée ou renouvelée en dernier par {name}.", "Invitation made, or last renewed, by {name}."}.in(locale, "name", e.InviterName)
	}
	if !i.RenewTime.IsZero() {
		out = append(out, Fact{i.RenewTime, sentence{
			"Renouvelée ({n} fois en tout) ; les liens des mails précédents mènent à la plus récente.",
			"Renewed ({n} times in all); the links of earlier mails lead on to the newest.",
		}.in(locale, "n", strconv.Itoa(int(i.Generation)))})
	}
	if s, ok := endings()[i.State]; ok {
		at := i.EndTime
		if i.State == domain.Expired {
			at = i.ExpireTime
		}
		out = append(out, Fact{at, s.in(locale)})
	} else {
		out = append(out, Fact{i.ExpireTime, sentence{"Fin de validité.", "End of validity."}.in(locale)})
	}
	return out
}

func endings() map[domain.InvitationState]sentence {
	return map[domain.InvitationState]sentence{
		domain.Accepted:  {"Acceptée.", "Accepted."},
		domain.Declined:  {"Refusée par la personne.", "Declined by the person."},
		domain.Cancelled: {"Annulée.", "Cancelled."},
		domain.Expired:   {"Expirée.", "Expired."},
	}
}

func ofMail(locale string, m domain.Mail) []Fact {
	out := []Fact{{m.CreateTime, sentence{"Mail composé.", "Mail composed."}.in(locale)}}
	code := codeOf(m)
	switch m.State {
	case domain.Sent:
		out = append(out, Fact{m.SentTime, sentence{"Mail accepté par le serveur destinataire (code {code}).", "Mail accepted by the recipient's server (code {code})."}.in(locale, "code", code)})
	case domain.Deferred:
		out = append(out, Fact{m.TryTime, sentence{"Mail remis à plus tard par le serveur destinataire (code {code}).", "Mail put off by the recipient's server (code {code})."}.in(locale, "code", code)})
	case domain.Bounced:
		out = append(out, Fact{m.TryTime, sentence{"Mail refusé par le serveur destinataire (code {code}).", "Mail refused by the recipient's server (code {code})."}.in(locale, "code", code)})
	case domain.Uncertain:
		out = append(out, Fact{m.TryTime, sentence{"Mail transmis, réponse du serveur perdue ; renvoyé une fois.", "Mail handed over, the server's answer lost; sent once more."}.in(locale)})
	case domain.Waiting:
	}
	return out
}

func ofSight(locale string, s domain.Sight) []Fact {
	n := strconv.FormatInt(s.Fetches, 10)
	var out []Fact
	for _, seen := range []struct {
		at   time.Time
		said sentence
	}{
		{s.FirstFetch, sentence{"Lien ouvert une première fois, peut-être par un antivirus.", "Link fetched for the first time, perhaps by a virus scanner."}},
		{s.LastFetch, sentence{"Lien ouvert en dernier ({n} fois en tout, antivirus compris).", "Link fetched last ({n} times in all, virus scanners included)."}},
		{s.Opened, sentence{"Lien ouvert par une personne.", "Link opened by a person."}},
		{s.OpenedByOther, sentence{"Lien ouvert dans un navigateur connecté avec une autre adresse.", "Link opened in a browser signed in with another address."}},
	} {
		if !seen.at.IsZero() {
			out = append(out, Fact{seen.at, seen.said.in(locale, "n", n)})
		}
	}
	return out
}

func codeOf(m domain.Mail) string {
	if m.Code == 0 {
		return "–"
	}
	return strconv.Itoa(int(m.Code))
}

func namesElsewhere(e domain.Evidence) string {
	var names []string
	for _, other := range e.Elsewhere {
		names = append(names, other.Name)
	}
	return strings.Join(names, ", ")
}
