package wording

import (
	"maps"

	"github.com/aval-access/aval/services/membership/internal/domain"
)

// Advice is why a guest cannot get in, and what to do next.
type Advice struct{ Sentence, NextStep string }

// advice is both in both languages, and the case of the requirements.
type advice struct {
	why, next   sentence
	requirement string
}

// Advise says a diagnosis in the reader's language.
func Advise(locale string, e domain.Evidence) Advice {
	a := adviceFor()[e.Diagnose()]
	pairs := pairsOf(locale, e)
	return Advice{Sentence: a.why.in(locale, pairs...), NextStep: a.next.in(locale, pairs...)}
}

func pairsOf(locale string, e domain.Evidence) []string {
	pairs := []string{"email", e.Email, "org", e.Organization.Identification.LegalName, "others", namesElsewhere(e)}
	if len(e.Like) > 0 {
		pairs = append(pairs, "meant", e.Like[0])
	}
	if e.Latest != nil {
		pairs = append(pairs, "expire", moment(locale, e.Latest.ExpireTime), "end", moment(locale, e.Latest.EndTime))
	}
	if len(e.Mails) > 0 {
		pairs = append(pairs, "code", codeOf(e.Mails[0]), "next", moment(locale, e.Mails[0].Next))
	}
	return pairs
}

// adviceFor is every diagnosis with its words.
func adviceFor() map[domain.Diagnosis]advice {
	all := map[domain.Diagnosis]advice{}
	for _, some := range []map[domain.Diagnosis]advice{onAddresses(), onMails(), onLinks(), onEnds()} {
		maps.Copy(all, some)
	}
	return all
}

// onAddresses are those of who is there already, or was never asked.
func onAddresses() map[domain.Diagnosis]advice {
	return map[domain.Diagnosis]advice{
		domain.IsMember: {
			sentence{"{email} est déjà membre de {org}.", "{email} is a member of {org} already."},
			sentence{"Il ne reste rien à faire : la personne se connecte depuis le site, page Connexion. Si elle a oublié son mot de passe, cette page permet d'en choisir un autre.",
				"Nothing is left to do: the person signs in on the site. Who has forgotten the password chooses another one from that page."}, "R60"},
		domain.NeverInvited: {
			sentence{"Aucune invitation n'a été envoyée à {email}.", "No invitation was ever sent to {email}."},
			sentence{"Vérifiez l'adresse auprès de la personne, puis invitez-la : Ajouter un membre.",
				"Check the address with the person, then invite them: Add a member."}, "R61"},
		domain.WrongAddress: {
			sentence{"Aucune invitation n'a été envoyée à {email}, mais {meant} lui ressemble.", "No invitation was ever sent to {email}, but {meant} looks like it."},
			sentence{"Demandez à la personne laquelle est la bonne. Si l'invitation est partie à une mauvaise adresse, annulez-la et invitez la bonne.",
				"Ask the person which one is right. If the invitation went to a wrong address, cancel it and invite the right one."}, "R61"},
		domain.OthersNotAccepted: {
			sentence{"La personne a accepté une invitation, mais pas toutes ({others}).", "The person accepted one invitation, but not all of them ({others})."},
			sentence{"Qu'elle se connecte : la page Entreprises liste toutes ses invitations en attente, à accepter en une fois.",
				"Have them sign in: the page Organisations lists all their pending invitations, to accept at once."}, "R67"},
	}
}

// onMails are those of a mail that is on its way, or arrived nowhere.
func onMails() map[domain.Diagnosis]advice {
	return map[domain.Diagnosis]advice{
		domain.MailQueued: {
			sentence{"L'invitation existe ; son mail est en cours d'envoi.", "The invitation exists; its mail is being sent."},
			sentence{"Patientez quelques minutes. La personne peut aussi se connecter sans le mail si elle a déjà un mot de passe : l'invitation l'attend.",
				"Wait a few minutes. Who has a password already can also sign in without the mail: the invitation is waiting there."}, "R62"},
		domain.MailDeferred: {
			sentence{"Le serveur de messagerie de {email} a remis le mail à plus tard (code {code}).", "The mail server of {email} put the mail off (code {code})."},
			sentence{"Le mail est réessayé tout seul, la prochaine fois le {next}. Si cela dure, la boîte est peut-être pleine : faites vérifier, ou invitez une autre adresse.",
				"The mail is tried again by itself, next on {next}. If this lasts, the mailbox may be full: have it checked, or invite another address."}, "R62"},
		domain.MailBounced: {
			sentence{"Le serveur de messagerie de {email} a refusé le mail (code {code}).", "The mail server of {email} refused the mail (code {code})."},
			sentence{"Vérifiez l'adresse, lettre par lettre. Si elle est bonne, la personne doit débloquer notre expéditeur dans sa messagerie ; renouvelez ensuite l'invitation.",
				"Check the address letter by letter. If it is right, the person must unblock our sender in their mailbox; then renew the invitation."}, "R66"},
		domain.MailAccepted: {
			sentence{"Le serveur de messagerie de {email} a accepté le mail, et personne n'en a ouvert le lien.", "The mail server of {email} took the mail, and nobody opened its link."},
			sentence{"Faites regarder la boîte de réception, puis les indésirables (spams) : le mail s'y trouve presque toujours. Sinon, renouvelez l'invitation.",
				"Have the inbox looked at, then the junk folder (spam): the mail is nearly always there. Otherwise, renew the invitation."}, "R63"},
	}
}

// onLinks are those of a mail that arrived.
func onLinks() map[domain.Diagnosis]advice {
	return map[domain.Diagnosis]advice{
		domain.LinkFetched: {
			sentence{"Le lien du mail a été ouvert, peut-être par un antivirus, et personne n'a continué.", "The mail's link was fetched, perhaps by a virus scanner, and nobody went on."},
			sentence{"Le mail est donc arrivé : faites-le rechercher, indésirables compris, puis ouvrir le lien et aller au bout de la page.",
				"So the mail has arrived: have it looked for, the junk folder included, then have the link opened and the page finished."}, "R63"},
		domain.LinkOpened: {
			sentence{"Une personne a ouvert l'invitation et n'est pas allée au bout.", "A person opened the invitation and did not finish."},
			sentence{"Demandez-lui ce que la page a répondu. Le lien reste bon : qu'elle l'ouvre à nouveau, choisisse son mot de passe ou se connecte, et accepte.",
				"Ask them what the page answered. The link stays good: have them open it again, choose a password or sign in, and accept."}, "R64"},
		domain.OpenedAsOther: {
			sentence{"Le lien a été ouvert dans un navigateur connecté avec une autre adresse.", "The link was opened in a browser signed in with another address."},
			sentence{"Que la personne ouvre le lien à nouveau et appuie sur « Me déconnecter et continuer ». L'invitation l'attend toujours.",
				"Have the person open the link again and press “Sign out and go on”. The invitation is still waiting."}, "R65"},
	}
}

// onEnds are those of an invitation, a membership or an organisation whose time
// is over.
func onEnds() map[domain.Diagnosis]advice {
	return map[domain.Diagnosis]advice{
		domain.InvitationExpired: {
			sentence{"L'invitation a expiré le {expire}.", "The invitation expired on {expire}."},
			sentence{"Renouvelez-la : un nouveau mail part, et le lien de l'ancien mail fonctionne à nouveau.",
				"Renew it: a new mail leaves, and the old mail's link works again."}, "R64"},
		domain.InvitationDeclined: {
			sentence{"La personne a refusé l'invitation le {end}.", "The person declined the invitation on {end}."},
			sentence{"Parlez-lui, puis invitez-la à nouveau si elle a changé d'avis.", "Talk to them, then invite them again if they changed their mind."}, "R65"},
		domain.InvitationCancelled: {
			sentence{"L'invitation a été annulée le {end}.", "The invitation was cancelled on {end}."},
			sentence{"Invitez la personne à nouveau : Ajouter un membre. La même adresse convient aussitôt.",
				"Invite the person again: Add a member. The same address works at once."}, "R64"},
		domain.MembershipOver: {
			sentence{"La personne a été membre de {org} et ne l'est plus.", "The person was a member of {org} and no longer is."},
			sentence{"Si elle doit revenir, invitez-la à nouveau.", "If they are to come back, invite them again."}, "R65"},
		domain.OrganizationOff: {
			sentence{"{org} est suspendue : personne ne peut y entrer.", "{org} is suspended: nobody can get in."},
			sentence{"Contactez le service client avec le texte ci-dessous.", "Contact customer service with the text below."}, "R65"},
	}
}
