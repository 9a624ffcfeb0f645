package wording

import "strings"

type sentence struct{ fr, en string }

// sentenceOf finds the sentence of an action. Where one subject has several,
// such as the endings of a consent, the action is the subject, a "#" and which.
func sentenceOf(action string) (s sentence, ok bool) {
	switch service, _, _ := strings.Cut(strings.TrimPrefix(action, "aval."), "."); service {
	case "membership":
		s, ok = membershipSentences()[action]
	case "partnersupport":
		s, ok = partnerSupportSentences()[action]
	case "consent":
		s, ok = consentSentences()[action]
	}
	return s, ok
}

func membershipSentences() map[string]sentence {
	return map[string]sentence{
		"aval.membership.v1.organization.created":   {"Votre entreprise a été enregistrée.", "Your company was registered."},
		"aval.membership.v1.invitation.created":     {"Une invitation a été envoyée.", "An invitation was sent."},
		"aval.membership.v1.invitation.renewed":     {"Une invitation a été renouvelée.", "An invitation was renewed."},
		"aval.membership.v1.invitation.cancelled":   {"Une invitation a été annulée.", "An invitation was cancelled."},
		"aval.membership.v1.membership.started":     {"{Person} a rejoint votre entreprise.", "{Person} joined your company."},
		"aval.membership.v1.membership.ended":       {"{Person} ne fait plus partie de votre entreprise.", "{Person} is in your company no longer."},
		"aval.membership.v1.membership.changed":     {"{actor} a modifié la fiche de {person}.", "{actor} changed the sheet of {person}."},
		"aval.membership.v1.membership.suspended":   {"{actor} a suspendu {person}.", "{actor} suspended {person}."},
		"aval.membership.v1.membership.restored":    {"{actor} a rétabli {person}.", "{actor} restored {person}."},
		"aval.membership.v1.organization.suspended": {"La plateforme a suspendu votre entreprise.", "The platform suspended your company."},
		"aval.membership.v1.organization.resumed":   {"La plateforme a rétabli votre entreprise.", "The platform restored your company."},
		"aval.membership.v1.seat_limit.changed":     {"La plateforme a changé le nombre de membres possible.", "The platform changed how many members are possible."},
		"aval.membership.v1.contact.added":          {"{actor} a ajouté un contact client.", "{actor} added a client contact."},
		"aval.membership.v1.contact.removed":        {"{actor} a retiré un contact client.", "{actor} removed a client contact."},
		"aval.membership.v1.invitation.declined":    {"Une invitation a été refusée.", "An invitation was declined."},
	}
}

func partnerSupportSentences() map[string]sentence {
	return map[string]sentence{
		"aval.partnersupport.v1.dossier.activated":             {"{Partner} et votre entreprise ont été mis en relation ; cela ne donne aucun accès.", "{Partner} and your company were linked; this gives no access."},
		"aval.partnersupport.v1.collaborator.entered_untagged": {"{Subject} est entré chez un client sans étiquette ; cela coûte le crédit du mois.", "{Subject} entered a client's account without a tag; this costs the month's credit."},
		"aval.partnersupport.v1.release.requested":             {"Un autre partenaire demande la libération de {subject}.", "Another partner asks that {subject} be released."},
		"aval.partnersupport.v1.release.kept":                  {"{actor} garde {subject}.", "{actor} keeps {subject}."},
		"aval.partnersupport.v1.dossier.requested":             {"{Partner} a demandé une mise en relation avec votre entreprise.", "{Partner} asked to be linked with your company."},
		"aval.partnersupport.v1.dossier.accepted":              {"{actor} a accepté la mise en relation avec {partner} ; cela ne donne aucun accès.", "{actor} accepted the link with {partner}; this gives no access."},
		"aval.partnersupport.v1.dossier.declined":              {"{actor} a refusé la mise en relation avec {partner}.", "{actor} declined the link with {partner}."},
		"aval.partnersupport.v1.dossier.ended#CLIENT":          {"{actor} a mis fin à la relation avec {partner} ; tous ses accès sont terminés.", "{actor} ended the link with {partner}; all its accesses are over."},
		"aval.partnersupport.v1.dossier.ended#PARTNER":         {"{Partner} a mis fin à sa relation avec votre entreprise ; tous ses accès sont terminés.", "{Partner} ended its link with your company; all its accesses are over."},
		"aval.partnersupport.v1.dossier.reopened":              {"{actor} a de nouveau invité {partner} ; cela ne donne aucun accès.", "{actor} invited {partner} again; this gives no access."},
		"aval.partnersupport.v1.assignment.created":            {"{Partner} souhaite que {subject} vous aide.", "{Partner} would like {subject} to help you."},
		"aval.partnersupport.v1.assignment.created#OWN":        {"{actor} a choisi {subject}, de {partner}, pour aider votre entreprise.", "{actor} chose {subject}, of {partner}, to help your company."},
		"aval.partnersupport.v1.assignment.created#EXTEND":     {"{Partner} souhaite que l'accès de {subject} dure plus longtemps ou aille plus loin.", "{Partner} would like the access of {subject} to last longer or to reach further."},
		"aval.partnersupport.v1.assignment.created#RELAY":      {"{Partner} souhaite que {subject} prenne la suite d'une autre personne.", "{Partner} would like {subject} to take over from another person."},
		"aval.partnersupport.v1.assignment.ended":              {"{Subject} ne s'occupe plus de votre entreprise pour {partner}.", "{Subject} no longer looks after your company for {partner}."},
		"aval.partnersupport.v1.collaborator.tagged":           {"{actor} a changé l'étiquette de {person}.", "{actor} changed the tag of {person}."},
		"aval.partnersupport.v1.support_session.started":       {"{Subject}, de {partner}, a commencé une visite chez vous.", "{Subject}, of {partner}, started a visit."},
		"aval.partnersupport.v1.support_session.ended":         {"Fin de la visite de {subject}, de {partner}.", "End of the visit of {subject}, of {partner}."},
		"aval.partnersupport.v1.support_session.ended#CLIENT":  {"{actor} a mis fin à la visite de {subject}, de {partner}.", "{actor} ended the visit of {subject}, of {partner}."},
	}
}

func consentSentences() map[string]sentence {
	return map[string]sentence{
		"aval.consent.v1.consent.requested#OWN":            {"{actor} a préparé un accès pour {subject}, de {partner}.", "{actor} prepared an access for {subject}, of {partner}."},
		"aval.consent.v1.consent.requested":                {"{Partner} a demandé l'accès pour {subject}.", "{Partner} asked for access for {subject}."},
		"aval.consent.v1.consent.reminded":                 {"{Partner} a rappelé sa demande d'accès pour {subject}.", "{Partner} repeated its request for access for {subject}."},
		"aval.consent.v1.consent_code.sent":                {"Un code a été envoyé à {actor}, pour répondre à {partner} depuis un nouvel appareil.", "A code was sent to {actor}, to answer {partner} from a new device."},
		"aval.consent.v1.consent.given":                    {"{actor} a autorisé l'accès de {subject}, de {partner}.", "{actor} allowed {subject}, of {partner}, to come in."},
		"aval.consent.v1.consent.given#OVERTURNED":         {"{actor} est revenu sur un refus et a autorisé l'accès de {subject}, de {partner}.", "{actor} went back on a no and authorised access for {subject}, of {partner}."},
		"aval.consent.v1.consent.recalled":                 {"La demande de {partner} pour {subject} a été envoyée de nouveau, au moment choisi par votre entreprise.", "The request of {partner} for {subject} was sent again, at the time that your company chose."},
		"aval.consent.v1.partner_block.started":            {"{actor} a signalé et bloqué {partner}, qui ne peut plus rien vous demander.", "{actor} reported and blocked {partner}, which can ask you for nothing any more."},
		"aval.consent.v1.partner_block.ended":              {"{actor} a débloqué {partner} ; cela ne donne aucun accès.", "{actor} unblocked {partner}; this gives no access."},
		"aval.consent.v1.consent.ending":                   {"La fin prochaine de l'accès de {subject}, de {partner}, a été annoncée.", "The coming end of the access of {subject}, of {partner}, was announced."},
		"aval.consent.v1.consent.partner_tried":            {"Un navigateur connecté chez {partner} a essayé de répondre à la demande pour {subject} ; il n'a pas pu.", "A browser signed in at {partner} tried to answer the request for {subject}; it could not."},
		"aval.consent.v1.consent.unreachable":              {"La demande de {partner} pour {subject} n'a trouvé personne pour y répondre.", "The request of {partner} for {subject} found nobody to answer it."},
		"aval.consent.v1.consent.paused":                   {"L'accès de {subject}, de {partner}, est en pause : personne n'entre tant que vous ne l'avez pas confirmé.", "The access of {subject}, of {partner}, pauses: nobody comes in until you confirm it."},
		"aval.consent.v1.consent.confirmation_asked":       {"{Partner} souhaite que l'accès de {subject}, en pause, soit confirmé.", "{Partner} would like the access of {subject}, which pauses, to be confirmed."},
		"aval.consent.v1.consent.narrowed":                 {"{actor} a réduit l'accès de {subject}, de {partner}.", "{actor} narrowed the access of {subject}, of {partner}."},
		"aval.consent.v1.consent.confirmed":                {"{actor} a confirmé l'accès de {subject}, de {partner}.", "{actor} confirmed the access of {subject}, of {partner}."},
		"aval.consent.v1.consent_policy.changed":           {"{actor} a changé les règles d'accès de votre entreprise.", "{actor} changed the access rules of your company."},
		"aval.consent.v1.history.read":                     {"La plateforme a lu votre historique. Motif : {object}", "The platform read your history. Reason: {object}"},
		"aval.consent.v1.consent.anniversary":              {"Le rappel annuel de qui peut entrer chez vous a été envoyé.", "The yearly note on who can come in was sent."},
		"aval.consent.v1.consent.refused":                  {"{actor} a refusé l'accès de {subject}, de {partner}.", "{actor} refused access to {subject}, of {partner}."},
		"aval.consent.v1.consent.postponed":                {"{actor} a remis à plus tard la demande de {partner} pour {subject}.", "{actor} put off the request of {partner} for {subject}."},
		"aval.consent.v1.consent.ended#EXPIRED_UNANSWERED": {"La demande de {partner} pour {subject} est restée sans réponse.", "The request of {partner} for {subject} stayed unanswered."},
		"aval.consent.v1.consent.ended#CLIENT_CANCELLED":   {"{actor} a écarté la demande de {partner} pour {subject}.", "{actor} put aside the request of {partner} for {subject}."},
		"aval.consent.v1.consent.ended#CANCELLED":          {"{Partner} a annulé sa demande pour {subject}.", "{Partner} cancelled its request for {subject}."},
		"aval.consent.v1.consent.ended#WITHDRAWN":          {"{actor} a arrêté l'accès de {subject}, de {partner}.", "{actor} stopped the access of {subject}, of {partner}."},
		"aval.consent.v1.consent.ended#TERMINATED":         {"{Partner} a mis fin à l'accès de {subject}.", "{Partner} ended the access of {subject}."},
		"aval.consent.v1.consent.ended#EXPIRED":            {"L'accès de {subject}, de {partner}, est arrivé à son terme.", "The access of {subject}, of {partner}, reached its end."},
		"aval.consent.v1.consent.ended#SUPERSEDED":         {"Une nouvelle autorisation remplace l'accès de {subject}, de {partner}.", "A new authorisation replaces the access of {subject}, of {partner}."},
		"aval.consent.v1.consent.ended#INVALIDATED":        {"La plateforme a mis fin à l'accès de {subject}, de {partner}.", "The platform ended the access of {subject}, of {partner}."},
	}
}
